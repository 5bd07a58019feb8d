from dataclasses import replace

import pytest
from fakes.lms_server import DEPLOYMENT, HTML, LmsServer, Reply
from fakes.service_calls import client_for

from lti_mentoring.lti.access import ALL_SCOPES, SCOPE_ROSTER, SCOPE_SCORE
from lti_mentoring.lti.dynamic_registration import (
    TOOL_CONFIGURATION,
    Registered,
    RegistrationRefused,
    ToolDescription,
    fetch_configuration,
    read_configuration,
    read_registration_response,
    register,
    registration_request,
)
from lti_mentoring.lti.http import PlatformAnswerUnreadable, PlatformClient, PlatformRefused, PlatformUnavailable

TOOL = ToolDescription(
    name="Mentoring",
    description="Mentorship in the course.",
    login_url="https://www.tool.test/lti/login",
    launch_url="https://www.tool.test/lti/launch",
    jwks_url="https://www.tool.test/lti/jwks.json",
    home_url="https://www.tool.test/",
    custom={"context_history": "$Context.id.history"},
)
HERE = "https://lms.test/mod/lti/openid-configuration.php"
EXTENSION = "https://purl.imsglobal.org/spec/lti-platform-configuration"
MOODLE = {
    "issuer": "https://lms.test",
    "authorization_endpoint": "https://lms.test/mod/lti/auth.php",
    "token_endpoint": "https://lms.test/mod/lti/token.php",
    "jwks_uri": "https://lms.test/mod/lti/certs.php",
    "registration_endpoint": "https://lms.test/mod/lti/openid-registration.php",
    "scopes_supported": [*ALL_SCOPES, "openid"],
    "claims_supported": ["sub", "iss", "name", "given_name", "family_name", "email"],
    EXTENSION: {
        "product_family_code": "moodle",
        "version": "4.5.6 (Build: 20250811)",
        "messages_supported": [{"type": "LtiResourceLinkRequest"}, {"type": "LtiDeepLinkingRequest"}],
    },
}
SCHOOL = "https://school.instructure.com"
SSO = "https://sso.canvaslms.com"
CANVAS = {
    "issuer": "https://canvas.instructure.com",
    "authorization_endpoint": f"{SSO}/api/lti/authorize_redirect",
    "token_endpoint": f"{SSO}/login/oauth2/token",
    "jwks_uri": f"{SSO}/api/lti/security/jwks",
    "registration_endpoint": f"{SCHOOL}/api/lti/registrations",
    "scopes_supported": [SCOPE_SCORE, SCOPE_ROSTER, "https://canvas.instructure.com/lti/public_jwk/scope/update"],
    "claims_supported": ["sub", "picture", "email", "name", "given_name", "family_name", "locale"],
    EXTENSION: {
        "product_family_code": "canvas",
        "version": "vCloud",
        "messages_supported": [
            {"type": "LtiResourceLinkRequest", "placements": ["course_navigation"]},
            {"type": "LtiDeepLinkingRequest", "placements": ["assignment_selection"]},
        ],
        "https://canvas.instructure.com/lti/account_name": "Test University",
    },
}


@pytest.fixture
def lms():
    with LmsServer() as server:
        yield server


@pytest.fixture
def client(lms):
    return client_for(lms)


def configuration_url(lms):
    return f"{lms.url}/.well-known/openid-configuration"


# ------------------------------------------------------------------ read


def test_moodles_description_is_read():
    found = read_configuration(MOODLE, HERE)
    assert (found.issuer, found.registration_url) == (MOODLE["issuer"], MOODLE["registration_endpoint"])
    assert (found.product_family, found.version) == ("moodle", "4.5.6 (Build: 20250811)")
    assert set(ALL_SCOPES) < found.scopes
    assert found.messages == ("LtiResourceLinkRequest", "LtiDeepLinkingRequest")
    assert found.institution_name is None


@pytest.mark.parametrize(
    "url",
    [
        f"{SCHOOL}/api/lti/security/openid-configuration",
        f"{SSO}/api/lti/security/openid-configuration",
        "https://canvas.school.test/api/lti/security/openid-configuration",
    ],
)
def test_canvas_cloud_speaks_for_every_school_with_one_issuer(url):
    found = read_configuration(CANVAS, url)
    assert (found.product_family, found.institution_name) == ("canvas", "Test University")


@pytest.mark.parametrize("url", ["https://developer.blackboard.com/.well-known/x", "https://blackboard.com/x"])
def test_a_description_may_lie_below_its_issuer(url):
    assert read_configuration(MOODLE | {"issuer": "https://blackboard.com"}, url).issuer == "https://blackboard.com"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"issuer": "https://evil.test"}, "issuer_foreign"),
        ({"issuer": "https://lms.test.evil.test"}, "issuer_foreign"),
        ({"issuer": "https://s.test"}, "issuer_foreign"),
        ({"issuer": "https://canvas.instructure.com"}, "issuer_foreign"),
        ({"issuer": "https://lms.test?x=1"}, "issuer_malformed"),
        ({"issuer": "https://lms.test/#x"}, "issuer_malformed"),
        ({"issuer": "lms.test"}, "configuration_incomplete"),
        ({"issuer": None}, "configuration_incomplete"),
        ({"issuer": "http://lms.test"}, "address_not_https"),
        ({"token_endpoint": "http://lms.test/token"}, "address_not_https"),
        ({"registration_endpoint": "http://lms.test/r"}, "address_not_https"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "configuration_incomplete"),
        ({"jwks_uri": "https://[/"}, "configuration_incomplete"),
        ({"jwks_uri": 5}, "configuration_incomplete"),
        ({"registration_endpoint": ""}, "configuration_incomplete"),
    ],
)
def test_a_description_that_cannot_be_its_issuers_is_refused(changed, code):
    with pytest.raises(RegistrationRefused) as caught:
        read_configuration(MOODLE | changed, HERE)
    assert caught.value.code == code


@pytest.mark.parametrize("field", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_nobody_speaks_for_canvas_with_addresses_of_their_own(field):
    with pytest.raises(RegistrationRefused) as caught:
        read_configuration(CANVAS | {field: "https://evil.test/x"}, "https://evil.test/configuration")
    assert caught.value.code == "issuer_foreign"


@pytest.mark.parametrize("extension", [None, {}, [], {"messages_supported": "x"}, {"messages_supported": [1, {}]}])
def test_a_description_without_details_is_read(extension):
    bare = {name: value for name, value in MOODLE.items() if "supported" not in name} | {EXTENSION: extension}
    found = read_configuration(bare, HERE)
    assert (found.product_family, found.scopes, found.messages) == ("", frozenset(), ())


def test_messages_may_be_named_plainly():
    found = read_configuration(MOODLE | {EXTENSION: {"messages_supported": ["LtiResourceLinkRequest"]}}, HERE)
    assert found.messages == ("LtiResourceLinkRequest",)


# ------------------------------------------------------------------ asked


def test_moodle_is_asked_in_its_own_shape():
    body = registration_request(read_configuration(MOODLE, HERE), TOOL)
    tool = body.pop(TOOL_CONFIGURATION)
    assert body == {
        "application_type": "web",
        "grant_types": ["client_credentials", "implicit"],
        "response_types": ["id_token"],
        "redirect_uris": ["https://www.tool.test/lti/launch"],
        "initiate_login_uri": "https://www.tool.test/lti/login",
        "client_name": "Mentoring",
        "jwks_uri": "https://www.tool.test/lti/jwks.json",
        "client_uri": "https://www.tool.test/",
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(ALL_SCOPES),
    }
    assert tool == {
        "domain": "tool.test",
        "target_link_uri": "https://www.tool.test/lti/launch",
        "description": "Mentorship in the course.",
        "custom_parameters": {"context_history": "$Context.id.history"},
        "claims": ["iss", "sub", "name", "given_name", "family_name", "email"],
        "messages": [
            {"type": kind, "target_link_uri": "https://www.tool.test/lti/launch", "label": "Mentoring"}
            for kind in ("LtiResourceLinkRequest", "LtiDeepLinkingRequest")
        ],
    }


def test_canvas_is_asked_with_placements_and_a_privacy_level():
    configuration = read_configuration(CANVAS, f"{SCHOOL}/c")
    body = registration_request(configuration, TOOL)
    tool = body[TOOL_CONFIGURATION]
    assert body["scope"].split() == [SCOPE_SCORE, SCOPE_ROSTER]
    assert tool["https://canvas.instructure.com/lti/privacy_level"] == "public"
    assert tool["https://canvas.instructure.com/lti/tool_id"] == "lti_mentoring"
    link, picker = tool["messages"]
    assert link["placements"] == ["course_navigation"]
    assert link["https://canvas.instructure.com/lti/course_navigation/default_enabled"] is False
    assert link["https://canvas.instructure.com/lti/visibility"] == "members"
    assert picker["placements"] == ["assignment_selection", "link_selection"]


def test_only_what_the_platform_has_is_asked_for():
    configuration = replace(
        read_configuration(MOODLE, HERE),
        scopes=frozenset({SCOPE_ROSTER}),
        messages=("LtiResourceLinkRequest", "LtiEulaRequest"),
        claims=frozenset({"sub", "email"}),
    )
    body = registration_request(configuration, TOOL)
    tool = body[TOOL_CONFIGURATION]
    assert (body["scope"], tool["claims"]) == (SCOPE_ROSTER, ["sub", "email"])
    assert [message["type"] for message in tool["messages"]] == ["LtiResourceLinkRequest"]


def test_a_platform_that_says_nothing_is_asked_for_all_that_we_use():
    nothing = replace(read_configuration(MOODLE, HERE), scopes=frozenset(), messages=(), claims=frozenset())
    body = registration_request(nothing, TOOL)
    assert body["scope"].split() == list(ALL_SCOPES)
    assert len(body[TOOL_CONFIGURATION]["messages"]) == 2
    assert "locale" in body[TOOL_CONFIGURATION]["claims"]


def test_what_we_say_of_ourselves_is_sent_where_there_is_something():
    full = replace(
        TOOL,
        logo_url="https://tool.test/logo.png",
        policy_url="https://tool.test/privacy",
        terms_url="https://tool.test/terms",
        contacts=("it@school.test",),
    )
    body = registration_request(read_configuration(MOODLE, HERE), full)
    assert (body["logo_uri"], body["policy_uri"], body["tos_uri"], body["contacts"]) == (
        "https://tool.test/logo.png",
        "https://tool.test/privacy",
        "https://tool.test/terms",
        ["it@school.test"],
    )


# ------------------------------------------------------------------ granted


@pytest.mark.parametrize(
    ("answer", "registered"),
    [
        (
            {"client_id": "c-1", "scope": f"{SCOPE_SCORE} x", TOOL_CONFIGURATION: {"deployment_id": "4"}},
            Registered("c-1", "4", frozenset({SCOPE_SCORE, "x"})),
        ),
        ({"client_id": "c-1", "scope": ""}, Registered("c-1", None, frozenset())),
        ({"client_id": 10000000000001}, Registered("10000000000001", None, frozenset({"asked"}))),
        ({"client_id": "c", TOOL_CONFIGURATION: {"deployment_id": 4}}, Registered("c", "4", frozenset({"asked"}))),
        ({"client_id": "c", TOOL_CONFIGURATION: []}, Registered("c", None, frozenset({"asked"}))),
        ({"client_id": "c", TOOL_CONFIGURATION: {"deployment_id": ""}}, Registered("c", None, frozenset({"asked"}))),
    ],
)
def test_what_was_granted_is_read_back(answer, registered):
    assert read_registration_response(answer, asked=frozenset({"asked"})) == registered


@pytest.mark.parametrize("answer", [{}, {"client_id": ""}, {"client_id": None}, {"client_id": {}}])
def test_an_answer_without_a_client_id_is_no_registration(answer):
    with pytest.raises(RegistrationRefused) as caught:
        read_registration_response(answer)
    assert caught.value.code == "client_id_missing"


# ------------------------------------------------------------------ over the wire


def test_a_registration_with_moodle_goes_the_whole_way(lms, client):
    configuration = fetch_configuration(client, configuration_url(lms), "once-only")
    registered = register(client, configuration, registration_request(configuration, TOOL), "once-only")
    assert registered == Registered("client-from-platform", DEPLOYMENT, frozenset(ALL_SCOPES))
    assert [item.headers["authorization"] for item in lms.requests] == ["Bearer once-only"] * 2
    assert lms.requests[1].headers["content-type"] == "application/json"


def test_a_registration_with_canvas_waits_for_the_deployment(lms, client):
    lms.product, lms.deployment_in_answer = "canvas", False
    configuration = fetch_configuration(client, configuration_url(lms), "once-only")
    body = registration_request(configuration, TOOL)
    assert register(client, configuration, body, "once-only").deployment_id is None
    assert "placements" in lms.requests[1].json[TOOL_CONFIGURATION]["messages"][0]


@pytest.mark.parametrize("token", [None, ""])
def test_without_a_token_none_is_sent(lms, client, token):
    configuration = fetch_configuration(client, configuration_url(lms), token)
    register(client, configuration, registration_request(configuration, TOOL), token)
    assert [("authorization" in item.headers) for item in lms.requests] == [False, False]


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(401), PlatformRefused),
        (Reply(404), PlatformRefused),
        (Reply(302, headers={"Location": "http://169.254.169.254/"}), PlatformRefused),
        (Reply(500), PlatformUnavailable),
        (Reply(drop=True), PlatformUnavailable),
        (HTML, PlatformAnswerUnreadable),
        (Reply.json([]), PlatformAnswerUnreadable),
    ],
)
def test_a_platform_that_fails_registers_nothing(lms, client, reply, kind):
    configuration = fetch_configuration(client, configuration_url(lms), None)
    lms.reply("/.well-known/openid-configuration", reply)
    lms.reply("/register", reply)
    with pytest.raises(kind):
        fetch_configuration(client, configuration_url(lms), None)
    with pytest.raises(kind):
        register(client, configuration, registration_request(configuration, TOOL), None)


@pytest.mark.parametrize("token", ["two words", "a\r\nX: 1"])
def test_a_token_that_cannot_stand_in_a_header_fetches_nothing(lms, client, token):
    with pytest.raises(PlatformRefused):
        fetch_configuration(client, configuration_url(lms), token)
    assert lms.requests == []


@pytest.mark.parametrize("url", ["http://lms.test/c", "https://127.0.0.1/c", "https://169.254.169.254/latest", "x"])
def test_a_configuration_inside_our_network_is_not_fetched(url):
    with pytest.raises(PlatformRefused) as caught:
        fetch_configuration(PlatformClient(), url, None)
    assert caught.value.platform_status is None
