"""Platforms' keys: fetched seldom, kept while good, refetched once for a key that we do not know."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from fakes.border import NOON, TARGET, FakeTool
from fakes.platform import FakePlatform, public_jwk, rsa_key

from lti_mentoring.errors import MentoringError
from lti_mentoring.lti.errors import LaunchRefused
from lti_mentoring.lti.faults import PlatformAnswerUnreadable, PlatformRefused, PlatformUnavailable
from lti_mentoring.lti.platform_keys import KeyFinder, KeyMemory, published_keys, read_keys
from lti_mentoring.lti.registrations import StoredKeySet

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def platform():
    return FakePlatform()


@pytest.fixture
def tool(platform):
    return FakeTool(platform)


def refusal(tool, platform, now=NOON, **answer):
    """Return the code of a refusal, and what else the log says of the keys."""
    with pytest.raises(LaunchRefused) as refused:
        tool.walk(platform, now=now, **answer)
    assert (refused.value.status, refused.value.facts["jwks_url"]) == (401, platform.jwks_url)
    facts = refused.value.facts
    return refused.value.code, facts.get("reason"), facts.get("platform_status")


def code(tool, platform, now=NOON, **answer):
    with pytest.raises(LaunchRefused) as refused:
        tool.walk(platform, now=now, **answer)
    assert refused.value.status == 401
    return refused.value.code


def new_process(tool):
    tool.memory = KeyMemory()


# ------------------------------------------------------------------ when it is fetched
def test_the_keys_are_fetched_once_for_many_launches_and_not_even_looked_up_again(tool, platform):
    for _ in range(3):
        tool.walk(platform)
    assert (tool.fetch.fetched, tool.store.loads) == ([platform.jwks_url], 1)


def test_another_process_uses_what_one_has_fetched(tool, platform):
    tool.walk(platform)
    new_process(tool)
    tool.walk(platform, now=NOON + MINUTE)
    assert len(tool.fetch.fetched) == 1


@pytest.mark.parametrize(
    ("max_age", "kept"),
    [
        (None, HOUR),
        (0, 5 * MINUTE),
        (-7, 5 * MINUTE),
        (600, 10 * MINUTE),
        (10**9, 24 * HOUR),
        (10**30, 24 * HOUR),
    ],
)
def test_keys_are_kept_as_long_as_the_platform_says_within_five_minutes_and_a_day(tool, platform, max_age, kept):
    tool.fetch.max_age = max_age
    tool.walk(platform)
    tool.walk(platform, now=NOON + kept - SECOND)
    assert len(tool.fetch.fetched) == 1
    tool.walk(platform, now=NOON + kept)
    assert len(tool.fetch.fetched) == 2


def test_a_key_that_we_do_not_know_is_looked_for_once(tool, platform):
    tool.walk(platform)
    platform.rotate()
    later = NOON + 2 * MINUTE
    assert tool.walk(platform, now=later).subject == "user-1"
    assert tool.walk(platform, now=later).subject == "user-1"
    assert len(tool.fetch.fetched) == 2


def test_unknown_keys_make_us_fetch_no_more_than_once_a_minute(tool, platform):
    tool.walk(platform)
    for seconds in range(0, 60, 7):
        assert code(tool, platform, NOON + seconds * SECOND, header={"kid": "made-up"}) == "kid_unknown"
    assert len(tool.fetch.fetched) == 1
    for _ in range(3):
        assert code(tool, platform, NOON + MINUTE, header={"kid": "made-up"}) == "kid_unknown"
    assert len(tool.fetch.fetched) == 2
    new_process(tool)
    assert code(tool, platform, NOON + MINUTE, header={"kid": "made-up"}) == "kid_unknown"
    assert len(tool.fetch.fetched) == 2


def test_a_key_that_is_published_no_longer_opens_nothing_once_the_set_was_fetched_again(tool, platform):
    tool.walk(platform)
    old, old_kid = platform.key, platform.kid
    platform.rotate()
    tool.walk(platform, now=NOON + MINUTE)
    assert code(tool, platform, NOON + MINUTE, key=old, header={"kid": old_kid}) == "kid_unknown"


def test_what_another_process_fetched_meanwhile_saves_the_cool_down(tool, platform):
    tool.walk(platform)
    first = tool.memory
    platform.rotate()
    new_process(tool)
    tool.walk(platform, now=NOON + MINUTE)
    tool.memory = first
    tool.walk(platform, now=NOON + MINUTE + SECOND)
    assert len(tool.fetch.fetched) == 2


def test_many_at_once_after_a_rotation_cause_one_fetch_and_all_come_in(tool, platform):
    tool.walk(platform)
    platform.rotate()
    later = NOON + 2 * MINUTE
    forms = [platform.answer(tool.login(platform.login_params(TARGET), now=later).url, now=later, target=TARGET)
             for _ in range(8)]  # fmt: skip
    together = Barrier(8)

    def launch(form):
        together.wait()
        return tool.launch(form, now=later).subject

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(launch, forms)) == ["user-1"] * 8
    assert len(tool.fetch.fetched) == 2


# ------------------------------------------------------------------ when the platform does not answer well
FAILURES = {
    "404": (PlatformRefused(404, "not_found"), "not_found", 404),
    "500": (PlatformUnavailable("server_error", platform_status=500), "server_error", 500),
    "HTML": (PlatformAnswerUnreadable("html", platform_status=200), "html", 200),
    "redirect": (PlatformRefused(302, "redirected"), "redirected", 302),
    "slow": (PlatformUnavailable("timeout"), "timeout", None),
    "a failure without a reason": (MentoringError(), "error", None),
    "an error in JSON": ({"error": "maintenance"}, "keys_missing", None),
    "keys that are no list": ({"keys": {"kid": "k"}}, "keys_not_list", None),
    "keys that are no objects": ({"keys": ["k", None, 7]}, "keys_not_objects", None),
    "no keys": ({"keys": []}, "keys_empty", None),
    "only keys for other uses": ({"keys": [{"kty": "EC", "kid": "k"}]}, "keys_unusable", None),
}


@pytest.mark.parametrize(("answer", "reason", "status"), FAILURES.values(), ids=FAILURES.keys())
def test_without_any_keys_nobody_is_let_in_and_the_log_says_why_for_the_minute_in_which_nobody_asks_again(
    tool, platform, answer, reason, status
):
    tool.fetch.answers[platform.jwks_url] = answer
    for seconds in (0, 1, 59):
        assert refusal(tool, platform, NOON + seconds * SECOND) == ("platform_keys_unavailable", reason, status)
        new_process(tool)
    assert len(tool.fetch.fetched) == 1
    tool.fetch.answers[platform.jwks_url] = platform.jwks
    assert tool.walk(platform, now=NOON + MINUTE).subject == "user-1"


@pytest.mark.parametrize(("answer", "reason", "status"), FAILURES.values(), ids=FAILURES.keys())
def test_the_keys_that_we_hold_stay_good_for_a_day_while_the_platform_cannot_be_asked(
    tool, platform, answer, reason, status
):
    tool.walk(platform)
    tool.fetch.answers[platform.jwks_url] = answer
    last = NOON + HOUR + 24 * HOUR
    for later in (NOON + HOUR, NOON + HOUR + SECOND, NOON + 20 * HOUR, last - SECOND):
        assert tool.walk(platform, now=later).subject == "user-1"
    assert refusal(tool, platform, last) == ("platform_keys_unavailable", reason, status)


def test_every_failure_is_told_from_every_other():
    told = [(reason, status) for _, reason, status in FAILURES.values()]
    assert len(set(told)) == len(FAILURES)


def test_a_key_that_we_do_not_know_is_refused_with_why_newer_ones_could_not_be_had(tool, platform):
    tool.walk(platform)
    platform.rotate()
    tool.fetch.answers[platform.jwks_url] = PlatformUnavailable("server_error", platform_status=503)
    assert refusal(tool, platform, NOON + MINUTE) == ("kid_unknown", "server_error", 503)
    tool.fetch.answers[platform.jwks_url] = platform.jwks
    assert refusal(tool, platform, NOON + 2 * MINUTE, header={"kid": "made-up"}) == ("kid_unknown", None, None)


def test_a_set_without_the_key_is_told_from_no_set_at_all(tool, platform):
    tool.fetch.answers[platform.jwks_url] = {"keys": [public_jwk(rsa_key(2), "another")]}
    assert code(tool, platform) == "kid_unknown"


# ------------------------------------------------------------------ what is in it
@pytest.mark.parametrize("members", [{"alg": None, "use": None}, {"key_ops": ["verify"]}, {"x5c": ["x"], "d": 7}])
def test_a_key_need_not_say_what_it_is_for(tool, platform, members):
    tool.fetch.answers[platform.jwks_url] = {"keys": [public_jwk(platform.key, platform.kid, **members)]}
    assert tool.walk(platform).subject == "user-1"


GOOD = public_jwk(rsa_key(1), "good")
UNUSABLE = {
    "no RSA key": {"kty": "EC"},
    "for encryption": {"use": "enc"},
    "for another algorithm": {"alg": "RS384"},
    "for signing": {"key_ops": ["sign"]},
    "operations in one word": {"key_ops": "verify"},
    "a number as its name": {"kid": 7},
    "an empty name": {"kid": ""},
    "an endless name": {"kid": "k" * 300},
    "no name": {"kid": None},
    "no modulus": {"n": None},
    "a modulus that is no text": {"n": 7},
    "a modulus that is not encoded": {"n": "ä"},
    "an endless modulus": {"n": "A" * 100_000},
    "a modulus too long": {"n": "_" * 1500},
    "no exponent": {"e": None},
    "an even exponent": {"e": "AQAA"},
    "an endless exponent": {"e": "AQAB" * 10},
}


@pytest.mark.parametrize("members", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_a_key_that_cannot_be_used_takes_no_other_with_it(members):
    assert set(read_keys([{**GOOD, "kid": "bad", **members}, GOOD])) == {"good"}


def test_a_short_key_is_not_used(tool, platform):
    assert read_keys([public_jwk(rsa_key(7, 1024), "short")]) == {}
    tool.fetch.answers[platform.jwks_url] = {"keys": [public_jwk(rsa_key(7, 1024), platform.kid), GOOD]}
    assert code(tool, platform) == "kid_unknown"


def test_the_same_key_twice_counts_once():
    assert len(read_keys([GOOD, {**GOOD, "x5t": "x"}])["good"]) == 1


def test_two_keys_of_one_name_are_both_tried(tool, platform):
    pair = [public_jwk(rsa_key(2), platform.kid), public_jwk(platform.key, platform.kid)]
    tool.fetch.answers[platform.jwks_url] = {"keys": pair}
    assert tool.walk(platform).subject == "user-1"
    assert tool.walk(platform, key=rsa_key(2)).subject == "user-1"
    assert code(tool, platform, key=rsa_key(3)) == "signature_wrong"


def test_only_so_many_keys_are_read():
    assert len(published_keys({"keys": [GOOD] * 500})) == 100


def test_a_set_that_did_not_change_is_not_read_again():
    platform, memory = FakePlatform(), KeyMemory()
    tool = FakeTool(platform)
    finder = KeyFinder(tool.store, tool.fetch, memory)
    first = finder.candidates(platform.jwks_url, platform.kid, now=NOON)
    again = finder.candidates(platform.jwks_url, platform.kid, now=NOON + 2 * HOUR)
    assert len(tool.fetch.fetched) == 2
    assert again[0] is first[0]


# ------------------------------------------------------------------ while another process fetches
def test_while_another_process_fetches_we_wait_for_what_it_brings(tool, platform):
    url, pauses = platform.jwks_url, []

    def other_process_is_done(seconds):
        pauses.append(seconds)
        tool.store.save(StoredKeySet(url, tuple(platform.jwks()["keys"]), NOON, NOON + HOUR, NOON))

    assert tool.store.begin(url)
    finder = KeyFinder(tool.store, tool.fetch, tool.memory, other_process_is_done)
    assert finder.candidates(url, platform.kid, now=NOON)
    assert (len(pauses), tool.fetch.fetched) == (1, [])


def test_a_key_that_is_old_serves_while_another_process_looks_for_newer_ones(tool, platform):
    tool.walk(platform)
    assert tool.store.begin(platform.jwks_url)
    assert tool.walk(platform, now=NOON + 2 * HOUR).subject == "user-1"
    assert len(tool.fetch.fetched) == 1


def test_a_key_that_is_old_serves_while_another_thread_looks_for_newer_ones(tool, platform):
    tool.walk(platform)
    with tool.memory.lock_for(platform.jwks_url):
        assert tool.walk(platform, now=NOON + 2 * HOUR).subject == "user-1"
    assert len(tool.fetch.fetched) == 1


def test_a_fetch_that_never_ends_is_not_waited_for_for_ever(tool, platform):
    pauses = []
    tool.store.begin(platform.jwks_url)
    finder = KeyFinder(tool.store, tool.fetch, tool.memory, pauses.append)
    with pytest.raises(LaunchRefused) as refused:
        finder.candidates(platform.jwks_url, platform.kid, now=NOON)
    assert (refused.value.code, refused.value.facts["reason"]) == ("platform_keys_unavailable", "still_being_fetched")
    assert round(sum(pauses)) == 10
