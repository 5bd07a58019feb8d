import gzip
import json
import socket
import ssl
import threading
import zlib
from time import monotonic

import pytest
import trustme
from fakes.lms_server import HTML, LmsServer, Reply
from fakes.service_calls import QUICK, client_for

from lti_mentoring.lti.http import (
    PlatformAnswerUnreadable,
    PlatformClient,
    PlatformRefused,
    PlatformUnavailable,
    Timeouts,
    breather,
    expand,
    max_age,
    retry_after,
)
from lti_mentoring.lti.network import Call, Gate

SECRET = "a-text-that-must-not-leak"


@pytest.fixture
def lms():
    with LmsServer() as server:
        yield server


@pytest.fixture
def client(lms):
    return client_for(lms)


def failing(lms, client, *replies, kind):
    lms.reply("/thing", *replies)
    with pytest.raises(kind) as caught:
        client.get(f"{lms.url}/thing?key={SECRET}")
    assert SECRET not in str(caught.value) + repr(caught.value) + repr(caught.value.facts)
    assert SECRET not in str(caught.value.__cause__)
    return caught.value


# ------------------------------------------------------------------ what is sent


def test_a_request_carries_exact_types_our_name_and_no_more(lms, client):
    lms.reply("/thing", Reply.json({}))
    client.send_json(
        "PUT", f"{lms.url}/thing", {"a": 1}, content_type="application/x+json", accept="text/y", token="t-1"
    )
    seen = lms.requests[0]
    assert seen.method == "PUT"
    assert seen.json == {"a": 1}
    assert {name: seen.headers[name] for name in ("content-type", "accept", "authorization")} == {
        "content-type": "application/x+json",
        "accept": "text/y",
        "authorization": "Bearer t-1",
    }
    assert seen.headers["user-agent"].startswith("lti-mentoring")
    assert set(seen.headers) == {
        "host",
        "user-agent",
        "accept",
        "accept-encoding",
        "content-type",
        "content-length",
        "authorization",
    }


def test_a_form_is_sent_under_its_exact_type(lms, client):
    lms.reply("/thing", Reply.json({}))
    client.post_form(f"{lms.url}/thing", {"scope": "a b"})
    assert lms.requests[0].form == {"scope": "a b"}
    assert lms.requests[0].headers["content-type"] == "application/x-www-form-urlencoded"


def test_one_platforms_cookies_are_not_sent_back(lms, client):
    lms.reply("/thing", Reply.json({}, Set_Cookie="session=1; Path=/"), Reply.json({}))
    client.get(f"{lms.url}/thing")
    client.get(f"{lms.url}/thing")
    assert "cookie" not in lms.requests[1].headers


def test_numbers_that_are_not_json_are_never_sent(lms, client):
    with pytest.raises(ValueError, match="JSON compliant"):
        client.send_json("POST", f"{lms.url}/thing", {"score": float("nan")})
    assert lms.requests == []


@pytest.mark.parametrize("token", ["", "two words", "line\r\nX-Other: 1", "ü", "\x00"])
def test_a_token_that_cannot_stand_in_a_header_is_not_sent(lms, client, token):
    with pytest.raises(PlatformRefused) as caught:
        client.get(f"{lms.url}/thing", token=token)
    assert (caught.value.reason_code, lms.requests) == ("token_malformed", [])


def test_several_threads_share_one_client(lms):
    client = client_for(lms)
    lms.always("/thing", Reply.json({"ok": True}))
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(client.get(f"{lms.url}/thing").json())) for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [{"ok": True}] * 12


# ------------------------------------------------------------------ what is read


def test_a_json_object_comes_with_how_long_it_may_be_kept(lms, client):
    lms.reply("/thing", Reply.json({"keys": []}, Cache_Control="public, max-age=300"), Reply.json({"keys": []}))
    assert client.get_json(f"{lms.url}/thing") == ({"keys": []}, 300)
    assert client.get_json(f"{lms.url}/thing") == ({"keys": []}, None)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("", None),
        ("no-store, max-age=5", 0),
        ("no-cache", 0),
        ("s-maxage=9", None),
        ('MAX-AGE="60"', 60),
        ("max-age=x", None),
        ("private,max-age = 7", 7),
    ],
)
def test_cache_control_is_read(header, seconds):
    assert max_age(header) == seconds


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "deflate", "identity", "GZIP"])
def test_compressed_answers_are_read(lms, client, encoding):
    body = json.dumps({"name": "Ådne"}).encode()
    packed = {"deflate": zlib.compress, "identity": bytes}.get(encoding, gzip.compress)(body)
    lms.reply("/thing", Reply(200, packed, {"Content-Encoding": encoding}))
    assert client.get(f"{lms.url}/thing").json() == {"name": "Ådne"}


def test_a_chunked_answer_is_read(lms, client):
    chunks = b"5\r\n[1,2,\r\n2\r\n3]\r\n0\r\n\r\n"
    lms.reply("/thing", Reply(200, chunks, {"Transfer-Encoding": "chunked", "Content-Length": None}))
    assert client.get(f"{lms.url}/thing").json() == [1, 2, 3]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (HTML.body, "html"),
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"\xff\xfe", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b'{"a": NaN}', "not_json"),
        (b"[1]", "shape"),
        (b"null", "shape"),
    ],
)
def test_junk_counts_as_unavailable_with_a_code_of_its_own(lms, client, body, reason):
    lms.reply("/thing", Reply(200, body))
    with pytest.raises(PlatformAnswerUnreadable) as caught:
        client.get_json(f"{lms.url}/thing")
    assert isinstance(caught.value, PlatformUnavailable)
    assert (caught.value.code, caught.value.reason) == ("platform_answer_unreadable", reason)


def test_a_page_that_calls_itself_html_is_html(lms, client):
    lms.reply("/thing", Reply(200, b"Down for maintenance", {"Content-Type": "text/html"}))
    with pytest.raises(PlatformAnswerUnreadable) as caught:
        client.get_json(f"{lms.url}/thing")
    assert caught.value.reason == "html"


def test_json_may_begin_with_a_byte_order_mark(lms, client):
    lms.reply("/thing", Reply(200, b'\xef\xbb\xbf{"a": 1}'))
    assert client.get_json(f"{lms.url}/thing")[0] == {"a": 1}


def test_a_body_is_in_no_repr(lms, client):
    lms.reply("/thing", Reply.json({"email": SECRET}))
    assert SECRET not in repr(client.get(f"{lms.url}/thing"))


# ------------------------------------------------------------------ statuses


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, "bad_request"),
        (401, "unauthorised"),
        (403, "forbidden"),
        (404, "not_found"),
        (409, "conflict"),
        (410, "gone"),
        (412, "precondition_failed"),
        (418, "refused"),
        (422, "unprocessable"),
    ],
)
def test_a_refusal_is_not_worth_repeating(lms, client, status, reason):
    refused = failing(lms, client, Reply(status, SECRET.encode()), kind=PlatformRefused)
    assert (refused.platform_status, refused.reason_code, refused.host) == (status, reason, "127.0.0.1")
    assert refused.facts["platform_status"] == status


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504])
def test_a_fault_of_the_server_may_pass(lms, client, status):
    fault = failing(lms, client, Reply(status, SECRET.encode(), {"Retry-After": "7"}), kind=PlatformUnavailable)
    assert (fault.reason, fault.platform_status, fault.retry_after) == ("server_error", status, 7)


def test_too_many_requests_says_when_to_come_back(lms, client):
    fault = failing(lms, client, Reply(429, headers={"Retry-After": "30"}), kind=PlatformUnavailable)
    assert (fault.reason, fault.retry_after) == ("throttled", 30)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(403, b"403 Forbidden (Rate Limit Exceeded)"),
        Reply(403, headers={"X-Rate-Limit-Remaining": "0.0"}),
        Reply(403, headers={"X-Rate-Limit-Remaining": "-12.5"}),
    ],
)
def test_canvas_throttles_with_403(lms, client, reply):
    assert failing(lms, client, reply, kind=PlatformUnavailable).reason == "throttled"


def test_a_403_with_room_left_is_a_refusal(lms, client):
    reply = Reply(403, headers={"X-Rate-Limit-Remaining": "599.9"})
    assert failing(lms, client, reply, kind=PlatformRefused).reason_code == "forbidden"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("", None), ("5", 5), (" 60 ", 60), ("99999999", 86400), ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("-1", None)],
)
def test_retry_after_is_read_as_seconds(text, seconds):
    assert retry_after(text) == seconds


SENT = "Mon, 23 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("until", "sent", "seconds"),
    [
        ("Mon, 23 Nov 2026 12:00:40 GMT", SENT, 40),
        ("Mon, 23 Nov 2026 13:00:40 +0100", SENT, 40),
        ("Monday, 23-Nov-26 12:00:40 GMT", SENT, 40),
        ("Mon, 23 Nov 2026 11:59:00 GMT", SENT, 0),
        ("Mon, 23 Nov 9999 12:00:00 GMT", SENT, 86_400),
        ("Mon, 23 Nov 2026 12:00:40 GMT", "", None),
        ("Mon, 23 Nov 2026 12:00:40 GMT", "yesterday", None),
        ("Mon, 99 Nov 2026 12:00:40 GMT", SENT, None),
    ],
)
def test_retry_after_as_a_date_is_told_by_the_platforms_own_clock(until, sent, seconds):
    assert retry_after(until, sent) == seconds


@pytest.mark.parametrize(
    ("left", "seconds"),
    [("600.0", None), ("100", None), ("60", 4.0), ("0", 10.0), ("-90.5", 19.05), ("-99999", 60.0), ("x", None)],
)
def test_a_bucket_that_is_nearly_used_up_is_given_time(lms, client, left, seconds):
    lms.reply("/thing", Reply(200, headers={"X-Rate-Limit-Remaining": left}))
    assert breather(client.get(f"{lms.url}/thing")) == seconds


class RecordingWatch:
    def __init__(self, fault=None):
        self.fault, self.heard = fault, []

    def before(self):
        if self.fault:
            raise self.fault

    def answered(self, answer):
        self.heard.append(answer.status)


def test_whoever_watches_hears_each_answer_good_or_bad_and_only_of_its_own_calls(lms, client):
    watch = RecordingWatch()
    lms.reply("/thing", Reply(200), Reply(404), Reply(drop=True))
    watched = client.watched_by(watch)
    watched.get(f"{lms.url}/thing")
    for kind in (PlatformRefused, PlatformUnavailable):
        with pytest.raises(kind):
            watched.get(f"{lms.url}/thing")
    with pytest.raises(PlatformRefused):
        client.get(f"{lms.url}/thing")
    assert watch.heard == [200, 404]


def test_what_the_watch_does_not_agree_to_is_not_called(lms, client):
    with pytest.raises(PlatformUnavailable):
        client.watched_by(RecordingWatch(PlatformUnavailable("lane_paused"))).get(f"{lms.url}/thing")
    assert lms.requests == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(lms, client, status):
    refused = failing(lms, client, Reply(status, headers={"Location": f"{lms.url}/other"}), kind=PlatformRefused)
    assert refused.reason_code == "redirected"
    assert [item.path for item in lms.requests] == ["/thing"]


def test_an_unexpected_success_is_not_an_answer(lms, client):
    assert failing(lms, client, Reply(204), kind=PlatformAnswerUnreadable).reason == "unexpected_status"


# ------------------------------------------------------------------ time and size


def test_a_server_that_says_nothing_is_given_up(lms):
    assert failing(lms, client_for(lms, timeouts=QUICK), Reply(wait=3), kind=PlatformUnavailable).reason == "timeout"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b"x" * 1000, drip=0.05),
        Reply(200, headers={"X-Long": "x" * 1000}, drip_head=0.05),
        Reply(200, b"x" * 1000, {"Transfer-Encoding": "chunked", "Content-Length": None}, drip=0.05),
    ],
    ids=["body", "head", "chunk"],
)
def test_bytes_that_drip_do_not_outlast_the_deadline(lms, reply):
    begun = monotonic()
    assert failing(lms, client_for(lms, timeouts=QUICK), reply, kind=PlatformUnavailable).reason == "deadline"
    assert monotonic() - begun < 5


def test_a_connection_that_breaks_is_unavailable(lms, client):
    assert failing(lms, client, Reply(drop=True), kind=PlatformUnavailable).reason == "connection"
    short = Reply(200, b"short", {"Content-Length": "100", "Connection": "close"})
    assert failing(lms, client, short, kind=PlatformUnavailable).reason == "connection"


def test_a_closed_port_is_unavailable():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        with pytest.raises(PlatformUnavailable) as caught:
            PlatformClient(allowed_private_hosts={"127.0.0.1"}).get(f"http://127.0.0.1:{port}/")
    assert caught.value.reason == "connection"


def test_a_server_that_never_accepts_is_given_up():
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(3)]
        try:
            for sock in waiting:
                sock.setblocking(False)
                sock.connect_ex(("127.0.0.1", port))
            client = PlatformClient(allowed_private_hosts={"127.0.0.1"}, timeouts=Timeouts(0.1, 0.1, 0.3))
            with pytest.raises(PlatformUnavailable) as caught:
                client.get(f"http://127.0.0.1:{port}/")
        finally:
            for sock in waiting:
                sock.close()
    assert caught.value.reason == "timeout"


@pytest.mark.parametrize("length", [None, "5000"])
def test_an_answer_that_is_too_large_is_dropped(lms, length):
    client = client_for(lms, max_bytes=1000)
    headers = {"Content-Length": length} if length else {"Content-Length": None, "Connection": "close"}
    fault = failing(lms, client, Reply(200, b"x" * 5000, headers), kind=PlatformAnswerUnreadable)
    assert fault.reason == "too_large"


def test_a_small_answer_that_unpacks_to_a_large_one_is_dropped(lms):
    client = client_for(lms, max_bytes=100_000)
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < 100_000
    fault = failing(lms, client, Reply(200, bomb, {"Content-Encoding": "gzip"}), kind=PlatformAnswerUnreadable)
    assert fault.reason == "too_large"


@pytest.mark.parametrize(("raw", "encoding"), [(b"x", "br"), (b"not packed", "gzip"), (b"x", "gzip, gzip")])
def test_an_encoding_that_we_did_not_ask_for_is_unreadable(raw, encoding):
    with pytest.raises(ValueError, match="encoding"):
        expand(raw, encoding, 100)


# ------------------------------------------------------------------ where calls may go


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://lms.test/", "address_not_https"),
        ("ftp://lms.test/", "address_not_https"),
        ("file:///etc/passwd", "address_malformed"),
        ("javascript:alert(1)", "address_malformed"),
        ("https:///path", "address_malformed"),
        ("https://user:pass@lms.test/", "address_malformed"),
        ("https://lms.test:port/", "address_malformed"),
        ("https://[::1/", "address_malformed"),
        ("https://lms.test/a b", "address_malformed"),
        ("https://lms.test/\r\nX: 1", "address_malformed"),
        ("", "address_malformed"),
        ("https://*/", "address_malformed"),
        ("https://lms.test@10.0.0.1/", "address_malformed"),
        ("https://:secret@lms.test/", "address_malformed"),
        ("https://lms.test:22/", "address_port"),
        ("https://lms.test:25/", "address_port"),
        ("https://lms.test:80/", "address_port"),
        ("https://lms.test:0/", "address_port"),
        ("https://lms.test:65536/", "address_malformed"),
    ],
)
def test_what_is_no_https_address_is_not_called(url, reason):
    with pytest.raises(PlatformRefused) as caught:
        PlatformClient().get(url)
    assert (caught.value.reason_code, caught.value.platform_status) == (reason, None)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "[::1]",
        "[::]",
        "[fe80::1]",
        "[fd00::1]",
        "[ff02::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[::ffff:169.254.169.254]",
        "[::ffff:a9fe:a9fe]",
        "[64:ff9b::a9fe:a9fe]",
        "[fd00:ec2::254]",
        "[::127.0.0.1]",
        "[2001:0:7f00:1::]",
        "100.100.100.200",
        "192.0.0.192",
        "168.63.129.16",
        "[::ffff:168.63.129.16]",
        "198.18.0.1",
    ],
)
def test_addresses_inside_a_network_are_not_called(host):
    with pytest.raises(PlatformRefused) as caught:
        PlatformClient().get(f"https://{host}/")
    assert caught.value.reason_code == "address_not_public"


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0"])
def test_numbers_that_mean_an_address_inside_are_not_called(host):
    """The machine's resolver reads them as addresses; what is checked is what it made of them."""
    client = PlatformClient(
        resolve=lambda name, port: [(socket.AF_INET, (socket.inet_ntoa(socket.inet_aton(name)), port))]
    )
    with pytest.raises(PlatformRefused) as caught:
        client.get(f"https://{host}/")
    assert caught.value.reason_code == "address_not_public"


def test_a_name_that_changes_its_address_between_look_and_call_is_looked_up_once():
    """DNS rebinding: the first answer is public, the second would be inside; the first is the one connected to."""
    answers = iter(["93.184.216.34", "127.0.0.1"])
    gate = Gate((), lambda host, port: [(socket.AF_INET, (next(answers), port))])
    assert gate.addresses("rebinding.test", 443) == [(socket.AF_INET, ("93.184.216.34", 443))]
    with pytest.raises(PlatformRefused):
        gate.addresses("rebinding.test", 443)


def test_a_client_for_some_hosts_calls_and_looks_up_no_other(lms):
    asked = []

    def resolve(host, port):
        asked.append(host)
        return [(socket.AF_INET, ("127.0.0.1", lms.port))]

    client = PlatformClient(allowed_private_hosts={"lms.test", "other.test"}, resolve=resolve)
    lms.always("/thing", Reply.json({}))
    confined = client.only({"LMS.test"})
    assert confined.get("http://lms.test/thing").status == 200
    with pytest.raises(PlatformRefused) as caught:
        confined.get("http://other.test/thing")
    assert (caught.value.reason_code, asked) == ("address_not_listed", ["lms.test"])
    assert client.get("http://other.test/thing").status == 200


def test_a_name_that_cannot_be_resolved_is_unavailable():
    def nowhere(host, port):
        raise socket.gaierror(socket.EAI_NONAME, SECRET)

    with pytest.raises(PlatformUnavailable) as caught:
        PlatformClient(resolve=nowhere).get("https://lms.test/")
    assert (caught.value.reason, SECRET in str(caught.value)) == ("dns", False)


def test_a_name_that_no_name_server_could_know_is_unavailable():
    with pytest.raises(PlatformUnavailable) as caught:
        PlatformClient().get(f"https://{'x' * 70}.localhost/")
    assert caught.value.reason == "dns"


def test_the_address_that_was_checked_is_the_one_that_is_called(lms):
    asked = []

    def resolve(host, port):
        asked.append((host, port))
        return [(socket.AF_INET, ("127.0.0.1", lms.port))]

    client = PlatformClient(allowed_private_hosts={"LMS.test"}, resolve=resolve)
    lms.reply("/thing", Reply.json({}))
    client.get("http://lms.test/thing")
    assert asked == [("lms.test", 80)]
    assert lms.requests[0].headers["host"] == "lms.test"


def test_a_name_that_also_points_inside_is_called_outside_only(lms):
    tried = []

    def resolve(host, port):
        tried.append(host)
        return [(socket.AF_INET, ("10.0.0.1", port)), (socket.AF_INET, ("169.254.169.254", port))]

    with pytest.raises(PlatformRefused) as caught:
        PlatformClient(resolve=resolve).get("https://lms.test/")
    assert (caught.value.reason_code, tried) == ("address_not_public", ["lms.test"])


def test_of_several_addresses_only_the_public_ones_are_left():
    inside, outside = (socket.AF_INET, ("10.0.0.1", 443)), (socket.AF_INET6, ("2606:4700::1111", 443, 0, 0))
    assert Gate((), lambda host, port: [inside, outside]).addresses("lms.test", 443) == [outside]


def test_a_call_that_ran_out_of_time_connects_nowhere(lms):
    over = Call(Gate({"127.0.0.1"}), Timeouts(), deadline=monotonic() - 1)
    with pytest.raises(PlatformUnavailable) as caught:
        over.connect("127.0.0.1", lms.port)
    assert caught.value.reason == "timeout"


def test_a_kept_connection_starts_with_its_full_time_again(lms):
    lms.always("/thing", Reply.json({}))
    client = client_for(lms, timeouts=Timeouts(5, 5, 10))
    for _ in range(3):
        client.send_json("POST", f"{lms.url}/thing", {"text": "x" * 1_000_000})
    assert len(lms.requests) == 3


def test_another_address_is_tried_when_the_first_is_closed(lms):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        both = [(socket.AF_INET, closed.getsockname()), (socket.AF_INET, ("127.0.0.1", lms.port))]
        client = PlatformClient(allowed_private_hosts={"lms.test"}, resolve=lambda host, port: both)
        lms.reply("/thing", Reply.json([1]))
        assert client.get("http://lms.test/thing").json() == [1]


def test_only_the_listed_port_of_a_private_host_is_open(lms):
    with pytest.raises(PlatformRefused):
        PlatformClient(allowed_private_hosts={"127.0.0.1:1"}).get(f"{lms.url}/thing")


# ------------------------------------------------------------------ TLS


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


def tls_server(authority, name):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return LmsServer(ssl_context=context)


def test_tls_is_checked_against_the_name_though_the_address_is_pinned(authority, tmp_path):
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    with tls_server(authority, "lms.test") as lms:
        options = {
            "allowed_private_hosts": {"lms.test", "other.test"},
            "resolve": lambda host, port: [(socket.AF_INET, ("127.0.0.1", lms.port))],
        }
        client = PlatformClient(ca_bundle=str(bundle), **options)
        lms.always("/thing", Reply.json({"safe": True}))
        assert client.get("https://lms.test/thing").json() == {"safe": True}
        with pytest.raises(PlatformUnavailable) as other:
            client.get("https://other.test/thing")
        with pytest.raises(PlatformUnavailable) as unknown:
            PlatformClient(**options).get("https://lms.test/thing")
    assert (other.value.reason, unknown.value.reason) == ("tls", "tls")


def test_drip_over_tls_ends_at_the_deadline_too(authority, tmp_path):
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    with tls_server(authority, "lms.test") as lms:
        client = PlatformClient(
            allowed_private_hosts={"lms.test"},
            resolve=lambda host, port: [(socket.AF_INET, ("127.0.0.1", lms.port))],
            ca_bundle=str(bundle),
            timeouts=Timeouts(0.3, 0.2, 0.4),
        )
        lms.reply("/thing", Reply(200, b"x" * 1000, drip=0.05))
        with pytest.raises(PlatformUnavailable) as caught:
            client.get("https://lms.test/thing")
    assert caught.value.reason == "deadline"
