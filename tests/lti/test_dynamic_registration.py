import json
from dataclasses import replace

import pytest
from fakes import products
from fakes.lms_server import DEPLOYMENT, HTML, LmsServer, Reply
from fakes.platform import encoded
from fakes.service_calls import client_for

from lti_mentoring.lti.access import ALL_SCOPES, GRADE_SCOPES, SCOPE_REGISTRATION, SCOPE_ROSTER, SCOPE_SCORE
from lti_mentoring.lti.dynamic_registration import (
    TOOL_CONFIGURATION,
    PlatformConfiguration,
    Registered,
    RegistrationRefused,
    ToolDescription,
    fetch_configuration,
    fetch_registration,
    is_for_mending,
    read_configuration,
    read_registration_response,
    register,
    registration_request,
)
from lti_mentoring.lti.http import PlatformAnswerUnreadable, PlatformClient, PlatformRefused, PlatformUnavailable
from lti_mentoring.plugins import load_quirks

TOOL = ToolDescription(
    name="Mentoring",
    description="Mentorship in the course.",
    login_url="https://www.tool.test/lti/login",
    launch_url="https://www.tool.test/lti/launch",
    jwks_url="https://www.tool.test/lti/jwks.json",
    home_url="https://www.tool.test/",
    custom={"context_history": "$Context.id.history"},
)
CATALOGUE = load_quirks(())
NEEDED = {*GRADE_SCOPES, SCOPE_ROSTER}
HERE = products.MOODLE.url
EXTENSION = products.PLATFORM
MOODLE = products.MOODLE.configuration
SCHOOL = "https://school.instructure.com"
SSO = "https://sso.canvaslms.com"
CANVAS = products.CANVAS_CLOUD.configuration
MOODLE_JOINS, CANVAS_JOINS = CATALOGUE.of("moodle").joining, CATALOGUE.of("canvas").joining


def read(document, url=HERE):
    return read_configuration(document, url, CATALOGUE)


def ask(configuration, tool=TOOL):
    return registration_request(configuration, tool, CATALOGUE.of(configuration.product_family).joining)


def fetch(client, url, token):
    return fetch_configuration(client, url, token, CATALOGUE)


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
    found = read(MOODLE)
    assert (found.issuer, found.registration_url) == (MOODLE["issuer"], MOODLE["registration_endpoint"])
    assert (found.product_family, found.version) == ("moodle", "4.5.6 (Build: 20250811)")
    assert found.scopes > NEEDED
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
    found = read(CANVAS, url)
    assert (found.product_family, found.institution_name) == ("canvas", "Test University")


@pytest.mark.parametrize("url", ["https://developer.blackboard.com/.well-known/x", "https://blackboard.com/x"])
def test_a_description_may_lie_below_its_issuer(url):
    assert read(MOODLE | {"issuer": "https://blackboard.com"}, url).issuer == "https://blackboard.com"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"issuer": "https://evil.test"}, "issuer_foreign"),
        ({"issuer": "https://moodle.test.evil.test"}, "issuer_foreign"),
        ({"issuer": "https://s.test"}, "issuer_foreign"),
        ({"issuer": "https://canvas.instructure.com"}, "issuer_foreign"),
        ({"issuer": "https://moodle.test?x=1"}, "issuer_malformed"),
        ({"issuer": "https://moodle.test/#x"}, "issuer_malformed"),
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
        read(MOODLE | changed)
    assert caught.value.code == code


@pytest.mark.parametrize("field", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_nobody_speaks_for_canvas_with_addresses_of_their_own(field):
    with pytest.raises(RegistrationRefused) as caught:
        read(CANVAS | {field: "https://evil.test/x"}, "https://evil.test/configuration")
    assert caught.value.code == "issuer_foreign"


@pytest.mark.parametrize("extension", [None, {}, [], {"messages_supported": "x"}, {"messages_supported": [1, {}]}])
def test_a_description_without_details_is_read(extension):
    bare = {name: value for name, value in MOODLE.items() if "supported" not in name} | {EXTENSION: extension}
    found = read(bare)
    assert (found.product_family, found.scopes, found.messages) == ("", frozenset(), ())


def test_messages_may_be_named_plainly():
    found = read(MOODLE | {EXTENSION: {"messages_supported": ["LtiResourceLinkRequest"]}})
    assert found.messages == ("LtiResourceLinkRequest",)


# ------------------------------------------------------------------ asked


def test_moodle_is_asked_in_its_own_shape():
    body = ask(read(MOODLE))
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
        "scope": " ".join((*GRADE_SCOPES, SCOPE_ROSTER)),
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
    configuration = read(CANVAS, f"{SCHOOL}/c")
    body = ask(configuration)
    tool = body[TOOL_CONFIGURATION]
    assert body["scope"].split() == [*GRADE_SCOPES, SCOPE_ROSTER, SCOPE_REGISTRATION]
    assert tool["https://canvas.instructure.com/lti/privacy_level"] == "public"
    assert tool["https://canvas.instructure.com/lti/tool_id"] == "lti_mentoring"
    link, picker = tool["messages"]
    assert link["placements"] == ["course_navigation"]
    assert link["https://canvas.instructure.com/lti/course_navigation/default_enabled"] is False
    assert link["https://canvas.instructure.com/lti/visibility"] == "members"
    assert picker["placements"] == ["assignment_selection"]  # it has no place for link_selection


def test_only_what_the_platform_has_is_asked_for():
    configuration = replace(
        read(MOODLE),
        scopes=frozenset({SCOPE_ROSTER}),
        messages=("LtiResourceLinkRequest", "LtiEulaRequest"),
        claims=frozenset({"sub", "email"}),
    )
    body = ask(configuration)
    tool = body[TOOL_CONFIGURATION]
    assert (body["scope"], tool["claims"]) == (SCOPE_ROSTER, ["sub", "email"])
    assert [message["type"] for message in tool["messages"]] == ["LtiResourceLinkRequest"]


def test_a_platform_that_says_nothing_is_asked_for_all_that_we_use():
    nothing = replace(read(MOODLE), scopes=frozenset(), messages=(), claims=frozenset())
    body = ask(nothing)
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
    body = ask(read(MOODLE), full)
    assert (body["logo_uri"], body["policy_uri"], body["tos_uri"], body["contacts"]) == (
        "https://tool.test/logo.png",
        "https://tool.test/privacy",
        "https://tool.test/terms",
        ["it@school.test"],
    )


# ------------------------------------------------------------------ every product


@pytest.fixture(params=products.PRODUCTS)
def product(request):
    return products.PRODUCTS[request.param]


def test_a_product_is_asked_only_for_what_it_says_it_has(product):
    said = product.configuration
    body = ask(read(said, product.url))
    kinds = {one if isinstance(one, str) else one["type"] for one in said[EXTENSION]["messages_supported"]}
    assert set(body["scope"].split()) <= set(said["scopes_supported"])
    assert {message["type"] for message in body[TOOL_CONFIGURATION]["messages"]} <= kinds
    assert set(body[TOOL_CONFIGURATION]["claims"]) <= set(said["claims_supported"])
    assert {"name", "email"} <= set(body[TOOL_CONFIGURATION]["claims"])
    assert json.loads(json.dumps(body)) == body


def test_only_canvas_is_sent_what_is_canvass_own(product):
    body = json.dumps(ask(read(product.configuration, product.url)))
    assert ("canvas.instructure.com/lti/" in body) == (product is products.CANVAS_CLOUD)
    assert ("placements" in body) == (product is products.CANVAS_CLOUD)


@pytest.mark.parametrize(
    ("product", "audience"),
    [
        ("Moodle", None),
        ("Canvas", None),  # names a bare host there, and wants the token address
        ("Blackboard", None),
        ("Brightspace", "https://api.brightspace.com/auth/token"),
        ("Sakai", None),
    ],
    indirect=["product"],
)
def test_assertions_are_made_out_to_whom_the_product_wants(product, audience):
    assert read(product.configuration, product.url).token_audience == audience


def test_an_audience_that_a_platform_names_is_taken_and_brightspace_s_is_known_without():
    named = MOODLE | {"authorization_server": "https://audience.test"}
    assert read(named).token_audience == "https://audience.test"
    silent = {
        name: value for name, value in products.BRIGHTSPACE.configuration.items() if name != "authorization_server"
    }
    assert read(silent, products.BRIGHTSPACE.url).token_audience == "https://api.brightspace.com/auth/token"


@pytest.mark.parametrize(
    ("product", "deployment", "missing"),
    [
        ("Moodle", "7", set()),
        ("Canvas", None, set()),
        ("Blackboard", None, {SCOPE_ROSTER, products.LINE_ITEM_READ}),  # its portal lists neither
        ("Brightspace", "7862b2ce-79a0-77da-b2dd-7c77c4bb6e39", set()),
        ("Sakai", "1", set()),
    ],
    indirect=["product"],
)
def test_what_a_product_answers_is_read(product, deployment, missing):
    body = ask(read(product.configuration, product.url))
    found = read_registration_response(product.answer(body), asked=body["scope"].split())
    assert (found.deployment_id, NEEDED - found.granted_scopes) == (deployment, missing)
    assert found.client_id == product.answer(body)["client_id"]


def test_canvas_tells_where_it_keeps_the_registration_and_sometimes_the_deployment():
    body = ask(read(CANVAS, products.CANVAS_CLOUD.url))
    answer = products.CANVAS_CLOUD.answer(body, deployment_id="106:8865aa05b4b79b64a91a86042e43af5ea8ae79eb")
    found = read_registration_response(answer)
    assert found.deployment_id == "106:8865aa05b4b79b64a91a86042e43af5ea8ae79eb"
    assert found.client_uri == "https://school.instructure.com/api/lti/registrations/9"


def test_scopes_that_canvas_s_administrator_cut_are_not_taken_for_granted():
    body = ask(read(CANVAS, products.CANVAS_CLOUD.url))
    found = read_registration_response(products.CANVAS_CLOUD.answer(body, scope=f"{SCOPE_SCORE} openid"))
    assert set(ALL_SCOPES) & found.granted_scopes == {SCOPE_SCORE}


def test_moodle_holds_the_domain_against_the_launch_address_without_www():
    """registration_helper.php: ``domain_targetlinkuri_mismatch`` otherwise; lti_get_domain_from_url cuts the www."""
    tool = ask(read(MOODLE))[TOOL_CONFIGURATION]
    host = tool["target_link_uri"].split("/")[2]
    assert (tool["domain"], host) == ("tool.test", "www.tool.test")


def test_a_description_is_kept_whole(product):
    found = read(product.configuration, product.url)
    assert PlatformConfiguration.unpacked(json.loads(json.dumps(found.packed()))) == found


# ------------------------------------------------------------------ mending


@pytest.mark.parametrize(
    ("claims", "mends"),
    [({"scope": "reg-update", "sub": "7"}, True), ({"scope": "reg", "sub": "x"}, False), ({}, False)],
)
def test_moodle_s_token_says_whether_it_is_for_mending(claims, mends):
    token = ".".join(map(encoded, ({"alg": "RS256"}, claims, b"signature")))
    assert is_for_mending(token, MOODLE_JOINS) is mends
    assert is_for_mending(token, CANVAS_JOINS) is False


@pytest.mark.parametrize("token", [None, "", "opaque", "a.b.c"])
def test_a_token_that_says_nothing_is_for_registering(token):
    assert is_for_mending(token, MOODLE_JOINS) is False


def test_what_moodle_has_of_us_is_read_with_a_token_for_mending(lms, client):
    configuration = fetch(client, configuration_url(lms), None)
    lms.reply(
        "/register", Reply.json({"client_id": "c", "scope": SCOPE_SCORE, TOOL_CONFIGURATION: {"deployment_id": "7"}})
    )
    assert fetch_registration(client, configuration, "t") == Registered("c", "7", frozenset({SCOPE_SCORE}))
    (asked,) = lms.seen("/register")
    assert (asked.method, asked.headers["authorization"]) == ("GET", "Bearer t")


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
    configuration = fetch(client, configuration_url(lms), "once-only")
    registered = register(client, configuration, ask(configuration), "once-only")
    assert registered == Registered("client-from-platform", DEPLOYMENT, frozenset(ALL_SCOPES))
    assert [item.headers["authorization"] for item in lms.requests] == ["Bearer once-only"] * 2
    assert lms.requests[1].headers["content-type"] == "application/json"


def test_a_registration_with_canvas_waits_for_the_deployment(lms, client):
    lms.product, lms.deployment_in_answer = "canvas", False
    configuration = fetch(client, configuration_url(lms), "once-only")
    body = ask(configuration)
    assert register(client, configuration, body, "once-only").deployment_id is None
    assert "placements" in lms.requests[1].json[TOOL_CONFIGURATION]["messages"][0]


@pytest.mark.parametrize("token", [None, ""])
def test_without_a_token_none_is_sent(lms, client, token):
    configuration = fetch(client, configuration_url(lms), token)
    register(client, configuration, ask(configuration), token)
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
    configuration = fetch(client, configuration_url(lms), None)
    lms.reply("/.well-known/openid-configuration", reply)
    lms.reply("/register", reply)
    with pytest.raises(kind):
        fetch(client, configuration_url(lms), None)
    with pytest.raises(kind):
        register(client, configuration, ask(configuration), None)


@pytest.mark.parametrize("token", ["two words", "a\r\nX: 1"])
def test_a_token_that_cannot_stand_in_a_header_fetches_nothing(lms, client, token):
    with pytest.raises(PlatformRefused):
        fetch(client, configuration_url(lms), token)
    assert lms.requests == []


@pytest.mark.parametrize("url", ["http://lms.test/c", "https://127.0.0.1/c", "https://169.254.169.254/latest", "x"])
def test_a_configuration_inside_our_network_is_not_fetched(url):
    with pytest.raises(PlatformRefused) as caught:
        fetch(PlatformClient(), url, None)
    assert caught.value.platform_status is None


def test_submission_review_is_asked_for_only_where_the_platform_names_it():
    def asked(*named):
        body = ask(read(MOODLE | {EXTENSION: {"messages_supported": list(named)}}))
        return [message["type"] for message in body[TOOL_CONFIGURATION]["messages"]]

    assert asked("LtiResourceLinkRequest", "LtiSubmissionReviewRequest") == [
        "LtiResourceLinkRequest",
        "LtiSubmissionReviewRequest",
    ]
    assert "LtiSubmissionReviewRequest" not in asked("LtiResourceLinkRequest")
    assert "LtiSubmissionReviewRequest" not in asked()
