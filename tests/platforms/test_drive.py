"""The browser that the journeys drive: forms as browsers send them, cookies as browsers keep them."""

import pytest
from platforms.drive import Browser, is_below, parsed
from werkzeug import Request, Response

PAGE = """<!doctype html><title> A page </title><base href="/deep/">
<p>Read   me</p><a href="next?x=1">on</a><a>nowhere</a>
<form action="send" method="post">
  <input type="hidden" name="token" value="t&quot;1"><input name="text" value="old"><input type="file" name="file">
  <input type="checkbox" name="box" value="a" checked><input type="checkbox" name="box" value="b">
  <input type="radio" name="pick" value="1"><input type="radio" name="pick" value="2" checked>
  <input name="off" value="x" disabled>
  <select name="one"><option value="p">P</option><option value="q">Q</option></select>
  <select name="many" multiple><option value="m" selected>M</option><option value="n" selected>N</option></select>
  <select name="dead" disabled><option value="z">Z</option></select>
  <textarea name="words">
line 1
line 2</textarea>
  <button name="act" value="save">Save</button><button type="button" name="act" value="no">No</button>
  <input type="submit" name="act" value="drop">
</form>
<form action="/search" id="find"><input name="q" value="1"></form><input form="find" name="r" value="2">"""


@pytest.fixture
def browser():
    with Browser() as one:
        yield one


@pytest.fixture
def seen(httpserver):
    """Every request that arrives at /see."""
    found = []

    def handler(request: Request):
        request.uploaded = {name: upload.read() for name, upload in request.files.items()}
        request.close()
        found.append(request)
        return Response("ok")

    for path in ("/see", "/deep/send", "/search"):
        httpserver.expect_request(path).respond_with_handler(handler)
    return found


def html(httpserver, path, text, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    httpserver.expect_request(path).respond_with_data(text, content_type="text/html", headers=named)
    return httpserver.url_for(path)


def test_a_page_is_read_as_a_person_and_a_browser_see_it(browser, httpserver):
    page = browser.get(html(httpserver, "/page", PAGE))
    assert (page.title, page.status, page.path) == ("A page", 200, "/page")
    assert page.text.startswith("Read me on")
    assert page.link("next") == httpserver.url_for("/deep/next?x=1")
    form = page.form("send")
    assert form.action == httpserver.url_for("/deep/send")
    assert form.fields == [("token", 't"1'), ("text", "old"), ("box", "a"), ("pick", "2"), ("one", "p"), ("many", "m"),
                           ("many", "n"), ("words", "line 1\nline 2")]  # fmt: skip
    assert form.choices["pick"] == ["1", "2"]
    assert form["words"].startswith("line 1")
    assert not page.sends_itself


def test_a_form_is_sent_with_changes_and_the_button_pressed(browser, httpserver, seen):
    page = browser.get(html(httpserver, "/page", PAGE))
    browser.submit(page.form("send"), text="new", box=["a", "b"], pick=None, button="save")
    sent = seen[0].form
    assert (sent["text"], sent.getlist("box"), sent["act"], sent["token"]) == ("new", ["a", "b"], "save", 't"1')
    assert "pick" not in sent
    assert seen[0].headers["Referer"] == httpserver.url_for("/page")


def test_a_get_form_becomes_a_query(browser, httpserver, seen):
    page = browser.get(html(httpserver, "/page", PAGE))
    browser.submit(page.form(has="q"), q="ä b")
    assert seen[0].args.to_dict() == {"q": "ä b", "r": "2"}


def test_a_file_is_sent_as_multipart(browser, httpserver, seen):
    multipart = PAGE.replace('action="send"', 'action="send" enctype="multipart/form-data"')
    page = browser.get(html(httpserver, "/page", multipart))
    browser.submit(page.form("send"), files={"file": ("a.txt", b"bytes", "text/plain")})
    assert seen[0].uploaded == {"file": b"bytes"}
    assert seen[0].form["text"] == "old"


def test_a_form_or_a_link_that_is_not_there_is_named(browser, httpserver):
    page = browser.get(html(httpserver, "/page", PAGE))
    with pytest.raises(AssertionError, match="No form to '/missing'"):
        page.form("/missing")
    with pytest.raises(AssertionError, match="No link to '/missing'"):
        page.link("/missing")


@pytest.mark.parametrize(
    "how",
    [
        "<form action=/see method=post data-autosubmit></form>",
        "<form action=/see method=post></form><script>document.forms[0].submit()</script>",
    ],
)
def test_a_page_that_sends_itself_is_followed(browser, httpserver, seen, how):
    page = browser.open(html(httpserver, "/begin", how))
    assert (page.path, len(seen)) == ("/see", 1)


def test_pages_that_send_themselves_for_ever_are_an_error(browser, httpserver):
    address = html(httpserver, "/begin", "<form action=/begin data-autosubmit></form>")
    with pytest.raises(AssertionError, match="keep sending themselves"):
        browser.open(address)


@pytest.mark.parametrize(("status", "method"), [(302, "GET"), (303, "GET"), (307, "POST")])
def test_redirects_keep_the_method_or_not(browser, httpserver, seen, status, method):
    httpserver.expect_request("/go").respond_with_data("", status=status, headers={"Location": "/see"})
    assert browser.post(httpserver.url_for("/go"), data={"a": "1"}).path == "/see"
    assert seen[0].method == method


def test_redirects_for_ever_are_an_error(browser, httpserver):
    httpserver.expect_request("/go").respond_with_data("", status=302, headers={"Location": "/go"})
    with pytest.raises(AssertionError, match="More than"):
        browser.get(httpserver.url_for("/go"))


def cookie_header(browser, httpserver, line, seen):
    """Return what a browser sends back after ``line`` was set."""
    httpserver.expect_request("/set").respond_with_data("ok", headers={"Set-Cookie": line})
    browser.get(httpserver.url_for("/set"))
    browser.get(httpserver.url_for("/see"))
    return seen[-1].headers.get("Cookie")


def test_a_secure_cookie_comes_back_over_loopback(browser, httpserver, seen):
    line = "__Host-a=1; Secure; HttpOnly; SameSite=None; Partitioned; Path=/"
    assert cookie_header(browser, httpserver, line, seen) == "__Host-a=1"
    assert browser.cookie("__Host-a").http_only


@pytest.mark.parametrize(
    ("line", "third_party", "sent"),
    [
        ("a=1; Secure; SameSite=None; Partitioned; Path=/", "partitioned", "a=1"),
        ("a=1; Secure; SameSite=None; Path=/", "partitioned", None),
        ("a=1; Secure; SameSite=None; Path=/", "all", "a=1"),
        ("a=1; Secure; SameSite=None; Partitioned; Path=/", "none", None),
        ("a=1; Path=/", "all", None),
        ("a=1; SameSite=None; Path=/", "all", None),
        ("a=1; Secure; SameSite=Lax; Partitioned; Path=/", "partitioned", None),
    ],
)
def test_in_a_frame_of_another_site_only_the_right_cookies_live(httpserver, seen, line, third_party, sent):
    with Browser(framed_by="elsewhere.example", third_party=third_party) as browser:
        assert cookie_header(browser, httpserver, line, seen) == sent


def test_a_page_framed_by_its_own_site_keeps_any_cookie(httpserver, seen):
    with Browser(framed_by=httpserver.host) as browser:
        assert cookie_header(browser, httpserver, "a=1; Path=/", seen) == "a=1"


@pytest.mark.parametrize("line", ["a=2; Max-Age=0; Path=/", "a=2; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/"])
def test_a_cookie_can_be_taken_back(browser, httpserver, seen, line):
    httpserver.expect_request("/first").respond_with_data("ok", headers={"Set-Cookie": "a=1; Path=/"})
    browser.get(httpserver.url_for("/first"))
    assert browser.cookie("a").value == "1"
    assert cookie_header(browser, httpserver, line, seen) is None


def test_a_cookie_is_read_with_its_attributes():
    cookie = parsed("a=b=c; Path=/x; Expires=Thu, 01 Jan 2099 00:00:00 GMT", "h")
    assert (cookie.value, cookie.path, cookie.is_over) == ("b=c", "/x", False)
    assert is_below("/x/y", "/x")
    assert is_below("/x/y", "/x/")
    assert not is_below("/xy", "/x")
    assert is_below("", "/")
