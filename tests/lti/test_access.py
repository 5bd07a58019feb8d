import threading
from datetime import timedelta

import pytest
from fakes.lms_server import HTML, LmsServer, Reply
from fakes.service_calls import (
    NOON,
    QUICK,
    Clock,
    MemoryTokenCache,
    RecordingSigner,
    Registration,
    access_for,
    client_for,
)

from lti_mentoring.lti.access import (
    ALL_SCOPES,
    ASSERTION_TYPE,
    DEPLOYMENT_CLAIM,
    NOT_GRANTED,
    SCOPE_ROSTER,
    SCOPE_SCORE,
    AccessToken,
    TokenKey,
)
from lti_mentoring.lti.http import PlatformAnswerUnreadable, PlatformRefused, PlatformUnavailable


@pytest.fixture
def lms():
    with LmsServer() as server:
        yield server


@pytest.fixture
def client(lms):
    return client_for(lms)


def asked(lms):
    return len(lms.seen("/token"))


def call(lms, client, access):
    return access.authorised(lambda token: client.get(f"{lms.url}/lineitems", token=token))


def test_we_prove_who_we_are_with_a_short_assertion(lms, client):
    signer = RecordingSigner()
    access_for(lms, client, scopes=(SCOPE_SCORE, SCOPE_ROSTER), signer=signer).token()
    assert lms.requests[0].form == {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": "signed-1",
        "scope": f"{SCOPE_SCORE} {SCOPE_ROSTER}",
    }
    claims = signer.claims[0]
    assert len(claims.pop("jti")) >= 22
    assert claims == {
        "iss": "client-1",
        "sub": "client-1",
        "aud": lms.token_url,
        "iat": int(NOON.timestamp()),
        "exp": int(NOON.timestamp()) + 300,
        DEPLOYMENT_CLAIM: "deployment-1",
    }


def test_every_assertion_has_a_number_of_its_own(lms, client):
    signer = RecordingSigner()
    for _ in range(3):
        access_for(lms, client, signer=signer).token()
    assert len({claims["jti"] for claims in signer.claims}) == 3


@pytest.mark.parametrize(
    "audience", ["https://api.brightspace.com/auth/token", "https://canvas.test/login/oauth2/token/"]
)
def test_the_audience_is_the_configured_one_letter_by_letter(lms, client, audience):
    signer = RecordingSigner()
    registration = Registration(lms.token_url, token_audience=audience)
    access_for(lms, client, signer=signer, registration=registration).token()
    assert signer.claims[0]["aud"] == audience


def test_a_token_is_kept_until_a_minute_before_its_end(lms, client):
    lms.expires_in, clock = 3600, Clock()
    access = access_for(lms, client, clock=clock)
    first = access.token()
    assert first.expires_at == NOON + timedelta(seconds=3540)
    clock.pass_seconds(3539)
    assert access.token() == first
    clock.pass_seconds(1)
    assert access.token() != first
    assert asked(lms) == 2


@pytest.mark.parametrize(
    ("said", "seconds"),
    [(None, 300), ("600", 540), (10, 5), (0, 0), (-5, 0), (True, 300), ("soon", 300), (1e300, 86_340), ([], 300)],
)
def test_the_life_of_a_token_is_read_leniently(lms, client, said, seconds):
    lms.expires_in = said
    assert access_for(lms, client).token().expires_at == NOON + timedelta(seconds=seconds)


def test_a_platform_may_grant_less_than_was_asked(lms, client):
    lms.granted = {SCOPE_SCORE}
    assert access_for(lms, client).granted() == {SCOPE_SCORE}


@pytest.mark.parametrize("scope", [{}, {"scope": ""}, {"scope": None}, {"scope": list(ALL_SCOPES)}])
def test_a_platform_that_does_not_say_what_it_granted_granted_all(lms, client, scope):
    lms.reply("/token", Reply.json({"access_token": "t", "expires_in": 3600} | scope))
    assert access_for(lms, client).granted() == set(ALL_SCOPES)


def test_what_was_not_asked_for_is_not_taken(lms, client):
    lms.reply("/token", Reply.json({"access_token": "t", "scope": f"{SCOPE_SCORE} admin"}))
    assert access_for(lms, client, scopes=[SCOPE_SCORE]).granted() == {SCOPE_SCORE}


def test_tokens_of_two_registrations_of_one_issuer_are_never_mixed(lms, client):
    cache = MemoryTokenCache()
    one = access_for(lms, client, cache=cache).token()
    two = access_for(lms, client, cache=cache, registration=Registration(lms.token_url, id=2)).token()
    few = access_for(lms, client, cache=cache, scopes=[SCOPE_SCORE]).token()
    again = access_for(lms, client, cache=cache, scopes=reversed(ALL_SCOPES)).token()
    assert len({one.value, two.value, few.value}) == 3
    assert again == one


def test_forgetting_what_is_not_kept_is_quiet():
    MemoryTokenCache().drop(TokenKey.of(1, "d", []), AccessToken("gone", frozenset(), NOON))


def test_one_401_brings_a_new_token_and_the_call_again(lms, client):
    access = access_for(lms, client)
    assert call(lms, client, access).json() == []
    lms.revoke_tokens()
    assert call(lms, client, access).json() == []
    assert (asked(lms), len(lms.seen("/lineitems"))) == (2, 3)
    assert call(lms, client, access).json() == []
    assert asked(lms) == 2


def test_a_second_401_is_the_answer(lms, client):
    lms.always("/lineitems", Reply(401))
    with pytest.raises(PlatformRefused) as caught:
        call(lms, client, access_for(lms, client))
    assert (caught.value.platform_status, asked(lms), len(lms.seen("/lineitems"))) == (401, 2, 2)


def test_another_refusal_asks_for_no_new_token(lms, client):
    lms.reply("/lineitems", Reply(403))
    with pytest.raises(PlatformRefused):
        call(lms, client, access_for(lms, client))
    assert (asked(lms), len(lms.seen("/lineitems"))) == (1, 1)


def test_a_token_that_another_worker_brought_meanwhile_stays(lms, client):
    cache = MemoryTokenCache()
    access = access_for(lms, client, cache=cache)
    other = access_for(lms, client, cache=cache)

    def send(token):
        if token == "token-1":
            key = TokenKey.of(1, "deployment-1", ALL_SCOPES)
            cache.drop(key, cache.load(key))
            other.token()
            raise PlatformRefused(401, "unauthorised")
        return token

    assert access.authorised(send) == "token-2"
    assert asked(lms) == 2


def test_many_threads_ask_for_one_token(lms):
    client = client_for(lms)
    lms.reply(
        "/token",
        Reply.json(
            {"access_token": "only"},
        ),
    )
    access = access_for(lms, client)
    found = []
    threads = [threading.Thread(target=lambda: found.append(access.token().value)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found, asked(lms)) == (["only"] * 8, 1)


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply.json({"error": "invalid_client"}, 401), "invalid_client"),
        (Reply.json({"error": "invalid_scope"}, 400), "invalid_scope"),
        (Reply.json({"error": "invalid_request"}, 400), "invalid_request"),
        (Reply.json({"error": "Exception in /srv/moodle: secret"}, 400), "token_refused"),
        (Reply.json({"error": {"a": 1}}, 400), "token_refused"),
        (Reply.json(["no"], 400), "token_refused"),
        (Reply(400), "token_refused"),
        (Reply(401, HTML.body, HTML.headers), "token_refused"),
    ],
)
def test_a_refused_token_says_why_in_known_words_only(lms, client, reply, code):
    lms.reply("/token", reply)
    with pytest.raises(PlatformRefused) as caught:
        access_for(lms, client).token()
    assert (caught.value.reason_code, "secret" in str(caught.value)) == (code, False)


def test_no_scope_left_is_a_refusal(lms, client):
    lms.granted = {"something else"}
    with pytest.raises(PlatformRefused) as caught:
        access_for(lms, client).token()
    assert caught.value.reason_code == "invalid_scope"


@pytest.mark.parametrize(
    ("reply", "kind", "reason"),
    [
        (Reply(500), PlatformUnavailable, "server_error"),
        (Reply(503, HTML.body, HTML.headers), PlatformUnavailable, "server_error"),
        (Reply(wait=3), PlatformUnavailable, "timeout"),
        (Reply(drop=True), PlatformUnavailable, "connection"),
        (HTML, PlatformAnswerUnreadable, "html"),
        (Reply.json({}), PlatformAnswerUnreadable, "no_access_token"),
        (Reply.json({"access_token": ""}), PlatformAnswerUnreadable, "no_access_token"),
        (Reply.json({"access_token": 5}), PlatformAnswerUnreadable, "no_access_token"),
        (Reply.json([]), PlatformAnswerUnreadable, "shape"),
    ],
)
def test_a_token_endpoint_out_of_order_may_mend(lms, client, reply, kind, reason):
    cache = MemoryTokenCache()
    lms.reply("/token", reply)
    with pytest.raises(kind) as caught:
        access_for(lms, client_for(lms, timeouts=QUICK) if reply.wait else client, cache=cache).token()
    assert caught.value.reason == reason
    lms.mend("/token")
    assert access_for(lms, client, cache=cache).token().value.startswith("token-")


def test_a_redirecting_token_endpoint_gets_no_assertion_elsewhere(lms, client):
    lms.reply("/token", Reply(307, headers={"Location": f"{lms.url}/elsewhere"}))
    with pytest.raises(PlatformRefused) as caught:
        access_for(lms, client).token()
    assert (caught.value.reason_code, lms.seen("/elsewhere")) == ("redirected", [])


def test_what_was_not_granted_is_not_asked_for(lms, client):
    lms.granted = {SCOPE_ROSTER}
    access = access_for(lms, client)
    with pytest.raises(PlatformRefused) as caught:
        access.authorised(lambda token: client.get(f"{lms.url}/lineitems", token=token), SCOPE_SCORE)
    assert (caught.value.reason_code, lms.seen("/lineitems")) == (NOT_GRANTED, [])
    assert access.granted() == {SCOPE_ROSTER}


def test_while_another_process_asks_we_wait_for_its_token(lms, client):
    cache, key = MemoryTokenCache(), TokenKey.of(1, "deployment-1", ALL_SCOPES)
    theirs = AccessToken("theirs", frozenset(ALL_SCOPES), NOON + timedelta(hours=1))
    access = access_for(lms, client, cache=cache, pause=lambda _seconds: cache.save(key, theirs))
    assert cache.begin(key)
    assert (access.token(), asked(lms)) == (theirs, 0)


def test_who_asks_in_vain_lets_the_next_one_ask(lms, client):
    cache = MemoryTokenCache()
    lms.reply("/token", Reply(500))
    with pytest.raises(PlatformUnavailable):
        access_for(lms, client, cache=cache).token()
    assert access_for(lms, client, cache=cache).token().value == "token-2"


def test_a_token_is_in_no_repr(lms, client):
    assert "token-1" not in repr(access_for(lms, client).token())
