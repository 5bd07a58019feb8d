"""The login: what is accepted, what is sent on, what is remembered."""

import hashlib
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from fakes.border import LAUNCH_URL, NOON, TARGET, FakeTool
from fakes.platform import FakePlatform
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_mentoring.lti.adapters import BrowserBinding, Form, KnownPlatforms
from lti_mentoring.lti.errors import LoginRefused, LTIError
from lti_mentoring.lti.login import _Login, cookie_name_for, is_ours


@pytest.fixture
def platform():
    return FakePlatform()


@pytest.fixture
def tool(platform):
    return FakeTool(platform)


def asked(begun):
    """Return the authentication request's parameters, each sent once."""
    found = parse_qs(urlsplit(begun.url).query, keep_blank_values=True, strict_parsing=True)
    assert all(len(values) == 1 for values in found.values())
    return {name: values[0] for name, values in found.items()}


def refusal(tool, params):
    with pytest.raises(LoginRefused) as refused:
        tool.login(params)
    assert tool.transactions.kept == {}
    return refused.value.code, refused.value.status


def test_the_browser_is_sent_to_the_platform_with_the_whole_authentication_request(tool, platform):
    begun = tool.login(platform.login_params(TARGET))
    sent = asked(begun)
    assert begun.url.startswith("https://lms.example/auth?")
    assert sent.pop("state") == begun.state
    assert len(sent.pop("nonce")) == 43
    assert sent == {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": "client-1",
        "redirect_uri": LAUNCH_URL,
        "login_hint": "user-1",
        "lti_message_hint": '{"cmid": 7, "launchid": "x"}',
    }


def test_the_login_is_remembered_for_ten_minutes_with_only_a_hash_of_the_browsers_secret(tool, platform):
    begun = tool.login(platform.login_params(TARGET))
    kept = tool.transactions.kept[begun.state]
    assert kept.nonce == asked(begun)["nonce"]
    assert kept.browser_secret_hash == hashlib.sha256(begun.browser_secret.encode()).hexdigest()
    assert (kept.registration_id, kept.target_link_uri, kept.lti_deployment_id) == (1, TARGET, "1")
    assert (kept.created_at, kept.expires_at) == (NOON, NOON + timedelta(minutes=10))


def test_every_login_has_secrets_of_its_own(tool, platform):
    begun = [tool.login(platform.login_params(TARGET)) for _ in range(3)]
    nonces = {kept.nonce for kept in tool.transactions.kept.values()}
    secrets = {one.state for one in begun} | {one.browser_secret for one in begun} | nonces
    assert len(secrets) == 9
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", secret) for secret in secrets)
    assert len({one.cookie_name for one in begun}) == 3


def test_the_cookie_is_named_by_the_state_and_bound_to_the_host_over_https(tool, platform):
    begun = tool.login(platform.login_params(TARGET))
    assert begun.cookie_name == f"__Host-lti-{begun.state}"
    assert cookie_name_for("s", secure=False) == "lti-s"


def test_a_hint_goes_back_unaltered(tool, platform):
    hint = ' a+b&c=d%20"é\n{"x": [1]}'
    assert asked(tool.login(platform.login_params(TARGET, lti_message_hint=hint)))["lti_message_hint"] == hint


def test_an_empty_hint_goes_back_empty_and_a_missing_one_stays_missing(tool, platform):
    assert asked(tool.login(platform.login_params(TARGET, lti_message_hint="")))["lti_message_hint"] == ""
    assert "lti_message_hint" not in asked(tool.login(platform.login_params(TARGET, lti_message_hint=None)))


def test_an_authentication_address_keeps_its_own_query_and_loses_what_would_contradict_ours(platform):
    platform.auth_url = "https://lms.example/auth?school=a%26b&client_id=other&empty=#part"
    begun = FakeTool(platform).login(platform.login_params(TARGET))
    assert asked(begun) | {"school": "a&b", "empty": "", "client_id": "client-1"} == asked(begun)
    assert begun.url.count("?") == 1
    assert "#" not in begun.url


def test_without_a_client_id_the_only_registration_of_the_issuer_is_meant(tool, platform):
    assert asked(tool.login(platform.login_params(TARGET, client_id=None)))["client_id"] == "client-1"
    assert KnownPlatforms(tool.registrations).find_registration_by_issuer(platform.issuer).get_client_id() == "client-1"


def test_without_a_client_id_two_registrations_of_one_issuer_are_not_guessed_between(platform):
    tool = FakeTool(platform, FakePlatform(client_id="client-2"))
    assert refusal(tool, platform.login_params(TARGET, client_id=None)) == ("client_id_missing", 400)
    assert asked(tool.login(platform.login_params(TARGET, client_id="client-2")))["client_id"] == "client-2"


def test_canvas_may_call_the_deployment_by_its_other_name(tool, platform):
    begun = tool.login(platform.login_params(TARGET, lti_deployment_id=None, deployment_id="106:8865"))
    assert tool.transactions.kept[begun.state].lti_deployment_id == "106:8865"


@pytest.mark.parametrize("deployment_id", [None, ""])
def test_a_login_need_not_name_a_deployment(tool, platform, deployment_id):
    begun = tool.login(platform.login_params(TARGET, lti_deployment_id=deployment_id))
    assert tool.transactions.kept[begun.state].lti_deployment_id is None


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"iss": None}, ("iss_missing", 400)),
        ({"iss": "  "}, ("iss_missing", 400)),
        ({"iss": "https://lms.example/" + "x" * 500}, ("iss_malformed", 400)),
        ({"iss": "https://lms.example\x00"}, ("iss_malformed", 400)),
        ({"iss": "https://other.example"}, ("platform_unknown", 400)),
        ({"iss": "https://lms.example/"}, ("platform_unknown", 400)),
        ({"iss": "https://other.example", "client_id": None}, ("platform_unknown", 400)),
        ({"client_id": "client-2"}, ("platform_unknown", 400)),
        ({"client_id": "c" * 256}, ("client_id_malformed", 400)),
        ({"login_hint": None}, ("login_hint_missing", 400)),
        ({"login_hint": "h" * 9000}, ("login_hint_malformed", 400)),
        ({"login_hint": "\ud800"}, ("login_hint_malformed", 400)),
        ({"lti_message_hint": "\ud800"}, ("lti_message_hint_malformed", 400)),
        ({"lti_message_hint": "h" * 9000}, ("lti_message_hint_malformed", 400)),
        ({"target_link_uri": None}, ("target_link_uri_missing", 400)),
        ({"target_link_uri": "https://evil.example/lti/launch"}, ("target_not_ours", 400)),
        ({"target_link_uri": "https://tool.example/" + "x" * 3000}, ("target_link_uri_malformed", 400)),
        ({"lti_deployment_id": "d" * 256}, ("deployment_malformed", 400)),
        ({"lti_deployment_id": " "}, ("deployment_malformed", 400)),
    ],
)
def test_a_login_that_cannot_be_begun_is_refused_and_nothing_is_kept(tool, platform, change, expected):
    assert refusal(tool, platform.login_params(TARGET, **change)) == expected


def test_a_registration_that_was_switched_off_begins_no_login(platform):
    assert refusal(FakeTool(platform, active=False), platform.login_params(TARGET)) == ("registration_disabled", 403)


def test_a_registration_that_waits_for_the_operator_begins_no_login(platform):
    assert refusal(FakeTool(platform, waits=True), platform.login_params(TARGET)) == ("registration_waiting", 403)


@pytest.mark.parametrize("auth_url", ["javascript:alert(1)", "/auth", "https://", "https://[bad/auth"])
def test_a_registration_without_a_usable_address_begins_no_login(platform, auth_url):
    assert refusal(FakeTool(platform, auth_url=auth_url), platform.login_params(TARGET)) == ("auth_url_malformed", 400)


@pytest.mark.parametrize(
    "url",
    [
        LAUNCH_URL,
        f"{LAUNCH_URL}?track=7&x=%2F..%2F",
        "https://TOOL.example/lti/launch",
        "https://tool.example/pick/",
        "https://tool.example/pick/7",
        "https://root.example",
        "https://root.example/?a=1",
    ],
)
def test_our_own_addresses_may_be_opened(url):
    assert is_ours(url, frozenset({LAUNCH_URL, "https://tool.example/pick/", "https://root.example"}))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/lti/launch",
        "//tool.example/lti/launch",
        "http://tool.example/lti/launch",
        "https://tool.example:8443/lti/launch",
        "https://tool.example.evil.example/lti/launch",
        "https://tool.example@evil.example/lti/launch",
        "https://user:secret@tool.example/lti/launch",
        "https://tool.example/lti/launch/more",
        "https://tool.example/lti/launcher",
        "https://tool.example/lti/launch#part",
        "https://tool.example/pick",
        "https://tool.example/pick/../admin",
        "https://tool.example/pick/%2e%2E/admin",
        "https://tool.example/pick/..%2fadmin",
        "https://tool.example/pick/..%5Cadmin",
        "https://tool.example/pick/\\admin",
        "https://tool.example/lti/launch\r\nX: y",
        "https://tool.example:x/lti/launch",
        "https://[::1/lti/launch",
        "javascript:alert(1)//tool.example/lti/launch",
    ],
)
def test_no_other_address_may_be_opened(url):
    assert not is_ours(url, frozenset({LAUNCH_URL, "https://tool.example/pick/"}))


def test_the_librarys_other_doors_are_shut(tool):
    platforms = KnownPlatforms(tool.registrations)
    login = _Login(Form({}), tool.registrations, tool.transactions, frozenset(), NOON, by_page=False)
    assert not platforms.check_iss_has_one_client("https://lms.example")
    assert Form({}).is_secure()
    assert Form({}).session == {}
    for door in (
        lambda: platforms.find_deployment("https://lms.example", "1"),
        lambda: platforms.find_deployment_by_params("https://lms.example", "1", "client-1"),
        lambda: BrowserBinding().set_cookie("state", "secret"),
        lambda: login.get_redirect("https://lms.example/auth"),
    ):
        with pytest.raises(NotImplementedError):
            door()


NAMES = [
    "lti_storage_target",
    "iss",
    "login_hint",
    "target_link_uri",
    "client_id",
    "lti_message_hint",
    "lti_deployment_id",
]


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), st.text(st.characters(codec=None)), max_size=6))
def test_no_login_whatever_it_holds_breaks_us(change):
    platform = FakePlatform()
    assert outcome(FakeTool(platform), platform.login_params(TARGET) | change) in {platform.auth_url, 400, 403}


def outcome(tool, params):
    """Return where the browser is sent, or the refusal's status; let every other error through."""
    try:
        return tool.login(params).url.partition("?")[0]
    except LTIError as refused:
        return refused.status
