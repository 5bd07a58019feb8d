"""The launch: each way to be refused, with its own code; and what a good one says."""

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta

import pytest
from factories.bad_launches import BAD_CLAIMS, BAD_HEADERS, BAD_TOKENS, OTHER, OURS
from fakes.border import NOON, TARGET, FakeTool
from fakes.platform import (
    ADMINISTRATOR,
    CONTEXT,
    CUSTOM,
    DEEP_LINKING,
    DEPLOYMENT_ID,
    DESIGNER,
    FACULTY,
    FOR_USER,
    GRADEBOOK,
    MENTOR,
    MESSAGE_TYPE,
    MISSING,
    PLATFORM,
    PRESENTATION,
    RESOURCE_LINK,
    ROLE_SCOPE_MENTOR,
    ROLES,
    ROSTER,
    STUDENT,
    TARGET_LINK_URI,
    TEACHING_ASSISTANT,
    VERSION,
    FakePlatform,
    encoded,
    rsa_key,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_mentoring.lti.errors import LaunchRefused, LTIError
from lti_mentoring.lti.launch import _NO_NETWORK
from lti_mentoring.lti.messages import (
    ContextClaims,
    DeepLinkingSettings,
    GradebookEndpoint,
    MessageType,
    PersonClaims,
    PlatformInstance,
    Presentation,
    ResourceLinkClaims,
    RosterEndpoint,
)
from lti_mentoring.lti.registrations import DeploymentState

MOMENT = int(NOON.timestamp())


@pytest.fixture
def platform():
    return FakePlatform()


@pytest.fixture
def tool(platform):
    return FakeTool(platform)


def refusal(go, *args, **kwargs):
    """Return the code and status of a refusal; anything else than a refusal fails the test."""
    with pytest.raises(LaunchRefused) as refused:
        go(*args, **kwargs)
    return refused.value.code, refused.value.status


# ------------------------------------------------------------------ claims, one wrong at a time
BAD_TIMES = [
    ({"exp": MOMENT - 60}, "exp_passed", 401),
    ({"iat": MOMENT + 61}, "iat_in_future", 401),
    ({"iat": MOMENT - 661, "exp": MOMENT + 10**9}, "iat_too_old", 401),
    ({"nbf": MOMENT + 61}, "nbf_in_future", 401),
]


@pytest.mark.parametrize(("change", "code", "status"), BAD_CLAIMS + BAD_TIMES)
def test_a_launch_with_one_wrong_claim_is_refused_with_its_own_code(tool, platform, change, code, status):
    assert refusal(tool.walk, platform, change=change) == (code, status)
    assert tool.transactions.kept == {}
    assert set(tool.store.kept) == {platform.jwks_url}


GOOD_CLAIMS = [
    {"aud": [OURS]},
    {"azp": OURS},
    {"aud": [OURS, OURS], "azp": OURS},
    {"iat": MOMENT + 59},
    {"iat": MOMENT - 659, "exp": MOMENT + 1},
    {"iat": MOMENT + 0.5, "exp": MOMENT - 59},
    {"nbf": MOMENT + 59},
    {"nbf": None},
    {CONTEXT: None},
    {CONTEXT: {}},
    {PRESENTATION: None, CUSTOM: None, PLATFORM: None, ROSTER: None, GRADEBOOK: None},
]


@pytest.mark.parametrize("change", GOOD_CLAIMS)
def test_a_launch_within_what_the_standard_allows_is_let_in(tool, platform, change):
    assert tool.walk(platform, change=change).subject == "user-1"


def test_further_audiences_are_let_in_where_the_registration_trusts_them(platform):
    tool = FakeTool(platform, trusted_audiences=frozenset({OTHER}))
    assert tool.walk(platform, change={"aud": [OTHER, OURS], "azp": OURS}).subject == "user-1"
    assert refusal(tool.walk, platform, change={"aud": [OTHER, OURS]}) == ("azp_missing", 400)


# ------------------------------------------------------------------ the token itself
@pytest.mark.parametrize(("header", "expected"), BAD_HEADERS)
def test_a_token_with_a_wrong_header_is_refused(tool, platform, header, expected):
    assert refusal(tool.walk, platform, header=header) == expected


def test_the_log_says_which_algorithm_was_not_allowed(tool, platform):
    with pytest.raises(LaunchRefused) as refused:
        tool.walk(platform, header={"alg": "HS256"})
    assert refused.value.facts["alg"] == "HS256"


def test_a_key_that_the_token_brings_along_is_not_looked_at(tool, platform):
    other = rsa_key(9)
    own = {"jwk": {"kty": "RSA"}, "jku": "https://evil.example/jwks", "x5u": "https://evil.example/x"}
    assert refusal(tool.walk, platform, header=own, key=other) == ("signature_wrong", 401)
    assert tool.walk(platform, header=own).subject == "user-1"
    assert set(tool.fetch.fetched) == {platform.jwks_url}


def test_another_platforms_key_opens_nothing_here():
    ours, other = FakePlatform(), FakePlatform("https://other.example", "client-2", key_number=2)
    tool = FakeTool(ours, other)
    assert refusal(tool.walk, ours, key=other.key) == ("signature_wrong", 401)
    assert refusal(tool.walk, ours, key=other.key, header={"kid": other.kid}) == ("kid_unknown", 401)


def test_a_launch_of_one_platform_cannot_end_the_login_of_another():
    ours, other = FakePlatform(), FakePlatform("https://other.example", "client-2", key_number=2)
    tool = FakeTool(ours, other)
    begun = tool.login(ours.login_params(TARGET))
    assert refusal(tool.launch, other.answer(begun.url, now=NOON, target=TARGET)) == ("kid_unknown", 401)


@pytest.mark.parametrize(("id_token", "code"), BAD_TOKENS)
def test_what_is_no_token_is_refused(tool, platform, id_token, code):
    begun = tool.login(platform.login_params(TARGET))
    form = {"state": begun.state} | ({} if id_token is None else {"id_token": id_token})
    assert refusal(tool.launch, form) == (code, 400)
    assert tool.transactions.kept == {}
    assert tool.fetch.fetched == []


@pytest.mark.parametrize("payload", [b"[]", b"7", b"{", b'{"exp": NaN}', b"[" * 20_000, b'{"iss": "\xff"}'])
def test_a_signed_payload_that_is_no_object_is_refused(tool, platform, payload):
    begun = tool.login(platform.login_params(TARGET))
    form = {"state": begun.state, "id_token": platform.sign_bytes(payload)}
    assert refusal(tool.launch, form) == ("claims_malformed", 400)


def test_an_endless_number_written_short_is_malformed(tool, platform):
    begun = tool.login(platform.login_params(TARGET))
    payload = b'{"iss": "https://lms.example", "aud": "client-1", "exp": 1e999}'
    form = {"state": begun.state, "id_token": platform.sign_bytes(payload)}
    assert refusal(tool.launch, form) == ("exp_malformed", 400)


def test_a_token_that_was_altered_on_its_way_is_refused(tool, platform):
    begun = tool.login(platform.login_params(TARGET))
    form = platform.answer(begun.url, now=NOON, target=TARGET)
    header, _, signature = form["id_token"].split(".")
    other = platform.claims(target=TARGET, nonce="x", now=NOON, change={"sub": "user-2"})
    form["id_token"] = f"{header}.{encoded(other)}.{signature}"
    assert refusal(tool.launch, form) == ("signature_wrong", 401)


# ------------------------------------------------------------------ the login that a launch ends
def test_a_launch_without_state_is_refused(tool, platform):
    form = platform.answer(tool.login(platform.login_params(TARGET)).url, now=NOON, target=TARGET)
    del form["state"]
    assert refusal(tool.launch, form) == ("state_missing", 400)


def test_a_state_that_we_did_not_give_out_is_refused(tool, platform):
    form = platform.answer(tool.login(platform.login_params(TARGET)).url, now=NOON, target=TARGET)
    assert refusal(tool.launch, {**form, "state": "x" * 43}) == ("state_unknown", 401)


@pytest.mark.parametrize("state", ["short", "x" * 200, "x" * 10_000, "x\x00" * 20, "\ud800" * 43, "' OR 1=1 --" * 4])
def test_what_has_not_the_form_of_a_state_is_refused_without_a_look(tool, state):
    tool.transactions.take = None
    assert refusal(tool.launch, {"state": state, "id_token": "x"}) == ("state_malformed", 401)


def test_a_login_can_be_ended_for_ten_minutes(tool, platform):
    begun = tool.login(platform.login_params(TARGET))
    late = NOON + timedelta(minutes=9, seconds=59)
    assert tool.launch(platform.answer(begun.url, now=late, target=TARGET), now=late).subject == "user-1"
    begun = tool.login(platform.login_params(TARGET))
    late = NOON + timedelta(minutes=10)
    form = platform.answer(begun.url, now=late, target=TARGET)
    assert refusal(tool.launch, form, now=late) == ("state_expired", 401)


def test_a_form_that_is_posted_twice_is_let_in_once(tool, platform):
    form = platform.answer(tool.login(platform.login_params(TARGET)).url, now=NOON, target=TARGET)
    assert tool.launch(form).subject == "user-1"
    assert refusal(tool.launch, form) == ("state_used", 401)


def test_a_used_state_is_unknown_to_a_browser_that_did_not_begin_the_login(tool, platform):
    form = platform.answer(tool.login(platform.login_params(TARGET)).url, now=NOON, target=TARGET)
    tool.launch(form)
    assert refusal(tool.launch, form, browser={}) == ("state_unknown", 401)


def test_a_token_cannot_be_replayed_with_a_new_login(tool, platform):
    form = platform.answer(tool.login(platform.login_params(TARGET)).url, now=NOON, target=TARGET)
    tool.launch(form)
    again = tool.login(platform.login_params(TARGET))
    assert refusal(tool.launch, {**form, "state": again.state}) == ("nonce_used", 401)


def test_the_token_of_one_login_does_not_end_another(tool, platform):
    first, second = (tool.login(platform.login_params(TARGET)) for _ in range(2))
    form = platform.answer(first.url, now=NOON, target=TARGET)
    assert refusal(tool.launch, {**form, "state": second.state}) == ("nonce_of_another_login", 401)
    assert set(tool.transactions.kept) == {first.state}


@pytest.mark.parametrize("secret", [None, "", "another browser's", "\ud800"])
def test_another_browser_cannot_end_the_login(tool, platform, secret):
    begun = tool.login(platform.login_params(TARGET))
    form = platform.answer(begun.url, now=NOON, target=TARGET)
    assert refusal(tool.launch, form, browser={begun.state: secret}) == ("browser_differs", 401)
    assert refusal(tool.launch, form) == ("state_used", 401)


def test_one_logins_secret_does_not_stand_for_anothers(tool, platform):
    first, second = (tool.login(platform.login_params(TARGET)) for _ in range(2))
    form = platform.answer(first.url, now=NOON, target=TARGET)
    assert refusal(tool.launch, form, browser={first.state: second.browser_secret}) == ("browser_differs", 401)


def test_the_browsers_secret_may_come_from_wherever_the_edge_kept_it(tool, platform):
    begun = tool.login(platform.login_params(TARGET))
    form = platform.answer(begun.url, now=NOON, target=TARGET)
    assert tool.launch(form, browser=lambda state: begun.browser_secret if state == begun.state else None)


def test_several_logins_may_be_in_flight_in_one_browser(tool, platform):
    begun = [tool.login(platform.login_params(TARGET)) for _ in range(3)]
    for one in reversed(begun):
        assert tool.launch(platform.answer(one.url, now=NOON, target=TARGET)).subject == "user-1"


@pytest.mark.parametrize("change", [{}, {"description": MISSING}])
def test_an_error_of_the_platform_is_told_and_uses_the_login_up(tool, platform, change):
    begun = tool.login(platform.login_params(TARGET))
    form = {"state": begun.state, "error": "login_required", "error_description": "No\x00 session"}
    with pytest.raises(LaunchRefused) as refused:
        tool.launch(form)
    assert (refused.value.code, refused.value.status) == ("platform_error", 400)
    assert refused.value.facts == {"error": "login_required", "description": "No session", "registration_id": 1}
    assert refusal(tool.launch, form) == ("state_used", 401)


# ------------------------------------------------------------------ registration and deployment
def test_a_registration_that_went_away_meanwhile_lets_nobody_in(tool, platform):
    form = platform.answer(tool.login(platform.login_params(TARGET)).url, now=NOON, target=TARGET)
    tool.registrations.registered = []
    assert refusal(tool.launch, form) == ("registration_unknown", 403)


@pytest.mark.parametrize(("now", "code"), [({"active": False}, "registration_disabled"),
                                           ({"waits": True}, "registration_waiting")])  # fmt: skip
def test_a_registration_that_was_closed_meanwhile_lets_nobody_in(tool, platform, now, code):
    form = platform.answer(tool.login(platform.login_params(TARGET)).url, now=NOON, target=TARGET)
    tool.registrations.registered = [platform.registered(**now)]
    assert refusal(tool.launch, form) == (code, 403)


@pytest.mark.parametrize("state", [DeploymentState.UNKNOWN, DeploymentState.PENDING, DeploymentState.REFUSED])
def test_a_deployment_that_is_not_approved_waits_with_all_that_an_administrator_needs(tool, platform, state):
    tool.registrations.deployments = {(1, "1"): state}
    with pytest.raises(LaunchRefused) as refused:
        tool.walk(platform)
    assert (refused.value.code, refused.value.status) == (f"deployment_{state}", 403)
    assert refused.value.facts == {"registration_id": 1, "deployment_id": "1", "platform_guid": "guid-1"}


def test_a_deployment_is_unknown_only_once_the_signature_is_known_to_be_good(tool, platform):
    tool.registrations.deployments = {}
    assert refusal(tool.walk, platform, key=rsa_key(9)) == ("signature_wrong", 401)


def test_a_login_that_named_no_deployment_may_end_in_any_that_is_approved(tool, platform):
    assert tool.walk(platform, login={"lti_deployment_id": None}).deployment_id == "1"


def test_every_refusal_of_a_known_login_names_its_registration(tool, platform):
    with pytest.raises(LaunchRefused) as refused:
        tool.walk(platform, change={"sub": MISSING})
    assert refused.value.facts == {"registration_id": 1}


# ------------------------------------------------------------------ what a good launch says
def test_a_full_launch_is_read_completely(tool, platform):
    launch = tool.walk(platform, change={"picture": "https://lms.example/p.png"})
    assert launch.registration == platform.registered()
    assert (launch.deployment_id, launch.deployment_state) == ("1", DeploymentState.APPROVED)
    assert launch.message_type is MessageType.RESOURCE_LINK
    assert (launch.subject, launch.target_link_uri, launch.issued_at) == ("user-1", TARGET, NOON)
    assert launch.role_uris == (FACULTY,)
    assert launch.observed == frozenset()
    assert launch.person == PersonClaims(
        "Amina Diallo", "Amina", "Diallo", "amina@uni.example", "en-GB", "https://lms.example/p.png"
    )
    assert launch.context == ContextClaims("course-1", "MED 402", "Clinical placement", ("CourseSection",))
    assert launch.resource_link == ResourceLinkClaims("link-1", "Mentoring", "Your mentor and your milestones")
    assert launch.roster == RosterEndpoint("https://lms.example/members/1")
    assert launch.gradebook == GradebookEndpoint(
        "https://lms.example/items?type_id=1",
        "https://lms.example/items/3/lineitem?type_id=1",
        frozenset({"https://purl.imsglobal.org/spec/lti-ags/scope/score"}),
    )
    assert launch.deep_linking is None
    assert launch.custom == {"track": "7"}
    assert launch.presentation == Presentation("https://lms.example/course/1", "iframe", "en")
    assert launch.platform == PlatformInstance("guid-1", "LMS", "4.5", "moodle")


def test_when_it_was_issued_is_told_in_utc(tool, platform):
    issued = tool.walk(platform, change={"iat": MOMENT - 5.5}).issued_at
    assert issued == datetime(2026, 11, 23, 11, 59, 54, 500_000, tzinfo=UTC)


@pytest.mark.parametrize("junk", ["text", 7, [1], True, None, "", {}, {"id": None, "return_url": 7}])
def test_optional_claims_of_the_wrong_kind_count_as_absent(tool, platform, junk):
    structures = dict.fromkeys((CUSTOM, PRESENTATION, PLATFORM, ROSTER, GRADEBOOK), junk)
    person = dict.fromkeys(("given_name", "family_name", "email", "locale", "picture"), {} if junk == "text" else junk)
    launch = tool.walk(platform, change={**structures, **person, "name": " \x00 "})
    assert launch.person == PersonClaims(locale=None)
    assert (launch.roster, launch.gradebook) == (None, None)
    assert (launch.presentation, launch.platform) == (Presentation(), PlatformInstance())
    assert launch.custom == {}


def test_custom_values_that_are_no_texts_are_left_out(tool, platform):
    sent = {"a": "1", "b": None, "c": {"d": "e"}, "f": ["g"], "h": 7, "i": "", "": "j", "k\x00": "l", "m": " n\x00 "}
    assert tool.walk(platform, change={CUSTOM: sent}).custom == {"a": "1", "i": "", "m": "n"}


def test_texts_are_cleaned_and_cut(tool, platform):
    change = {
        "name": "A\x00mi\ud800na\u202e " + "x" * 300,
        "given_name": "ज़ोया\u200d",
        "email": "a" * 250 + "@uni.example",
        CONTEXT: {"id": "c", "title": "t" * 300, "label": " ", "type": ["a", 7, " ", "b"]},
        RESOURCE_LINK: {"id": "l", "title": "", "description": "d" * 3000},
        PLATFORM: {"guid": "g" * 300},
    }
    launch = tool.walk(platform, change=change)
    assert launch.person.name == "Amina " + "x" * 249
    assert launch.person.given_name == "ज़ोया\u200d"
    assert launch.person.email is None
    assert launch.context == ContextClaims("c", None, "t" * 255, ("a", "b"))
    assert launch.resource_link == ResourceLinkClaims("l", None, "d" * 2000)
    assert launch.platform.guid == "g" * 255


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//lms.example/x",
        "/x",
        "https://",
        "https:///x",
        "https://user@lms.example/",
        "https://:secret@lms.example/",
        "https://lms.example:0/",
        "https://lms.example:port/",
        "https://[::1/",
        "https://lms.example/a b",
        "https://lms.example/\n",
        "https://lms.example/" + "x" * 2048,
    ],
)
def test_an_address_that_is_not_plain_http_is_left_out(tool, platform, address):
    change = {
        "picture": address,
        PRESENTATION: {"return_url": address},
        ROSTER: {"context_memberships_url": address},
        GRADEBOOK: {"lineitems": address, "lineitem": address},
    }
    launch = tool.walk(platform, change=change)
    assert (launch.person.picture, launch.presentation.return_url) == (None, None)
    assert (launch.roster, launch.gradebook) == (None, None)


def test_a_gradebook_may_offer_only_the_links_own_column(tool, platform):
    offered = {"lineitem": "https://lms.example/items/3", "scope": ["s", None, 7]}
    expected = GradebookEndpoint(None, "https://lms.example/items/3", frozenset({"s"}))
    assert tool.walk(platform, change={GRADEBOOK: offered}).gradebook == expected


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"width": 700, "height": "480"}, Presentation(width=700, height=480)),
        ({"width": 0, "height": -1}, Presentation()),
        ({"width": True, "height": 1e9}, Presentation()),
        ({"width": "7" * 5000, "height": "²"}, Presentation()),
        ({"document_target": "popup", "locale": "<b>"}, Presentation()),
        ({"document_target": ["iframe"], "locale": "en_US"}, Presentation(locale="en_US")),
        ({"document_target": "window", "locale": "zh-Hant-TW"}, Presentation(None, "window", "zh-Hant-TW")),
    ],
)
def test_how_we_are_shown_is_read_with_care(tool, platform, sent, expected):
    assert tool.walk(platform, change={PRESENTATION: sent}).presentation == expected


# ------------------------------------------------------------------ whom a Mentor may see
def test_a_mentor_sees_the_people_of_this_launch_and_nobody_for_an_empty_list(tool, platform):
    seen = [
        tool.walk(platform, change={ROLES: [MENTOR], ROLE_SCOPE_MENTOR: sent}).observed for sent in (["a", "b"], [])
    ]
    assert seen == [{"a", "b"}, frozenset()]


def test_entries_that_are_no_identifiers_let_a_mentor_see_nobody_more(tool, platform):
    sent = ["a", None, 7, "", " ", "b\x00", ["c"], "x" * 256]
    assert tool.walk(platform, change={ROLES: [MENTOR], ROLE_SCOPE_MENTOR: sent}).observed == {"a"}


@pytest.mark.parametrize(
    "roles", [[], [STUDENT], [FACULTY], ["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Mentor"]]
)
@pytest.mark.parametrize("sent", [["a"], "a", {"a": 1}])
def test_without_the_mentors_role_the_list_means_nothing(tool, platform, roles, sent):
    assert tool.walk(platform, change={ROLES: roles, ROLE_SCOPE_MENTOR: sent}).observed == frozenset()


CANVAS = {"product_family_code": "canvas"}


@pytest.mark.parametrize(
    ("platform_says", "listed", "expected"),
    [
        (CANVAS, "a6e2,c0dd", {"a6e2", "c0dd"}),
        (CANVAS, " a6e2 , ,c0dd", {"a6e2", "c0dd"}),
        (CANVAS, "", set()),
        (CANVAS, "$com.instructure.User.observees", set()),
        # Elsewhere teachers write custom parameters: what they write lets nobody see anybody.
        ({"product_family_code": "desire2learn"}, "a6e2", set()),
        (MISSING, "a6e2", set()),
    ],
)
def test_canvas_names_the_observed_by_a_variable_too(tool, platform, platform_says, listed, expected):
    change = {PLATFORM: platform_says, CUSTOM: {"observees": listed}}
    assert tool.walk(platform, change={**change, ROLES: [MENTOR]}).observed == expected
    assert tool.walk(platform, change={**change, ROLES: [STUDENT]}).observed == set()
    both = {**change, ROLES: [MENTOR], ROLE_SCOPE_MENTOR: ["b"]}
    assert tool.walk(platform, change=both).observed == expected | {"b"}


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"https://purl.imsglobal.org/spec/lti/claim/lti11_legacy_user_id": "535fa085"}, "535fa085"),
        ({"https://purl.imsglobal.org/spec/lti/claim/lti1p1": {"user_id": "535fa085"}}, "535fa085"),
        ({"https://purl.imsglobal.org/spec/lti/claim/lti1p1": "535fa085"}, None),
        ({}, None),
    ],
)
def test_the_persons_id_of_lti_1_1_is_read_where_the_platform_tells_it(tool, platform, sent, expected):
    assert tool.walk(platform, change=sent).person.legacy_user_id == expected


# ------------------------------------------------------------------ requests to pick (deep linking)
@pytest.mark.parametrize(
    "roles", [[FACULTY], [DESIGNER], [ADMINISTRATOR], ["Administrator"], [FACULTY, STUDENT]], ids=str
)
def test_people_who_build_the_course_may_pick(tool, platform, roles):
    launch = tool.walk(platform, change={**platform.picking(), ROLES: roles})
    assert launch.message_type is MessageType.DEEP_LINKING
    assert launch.resource_link is None
    assert launch.deep_linking.return_url == "https://lms.example/picked"


@pytest.mark.parametrize("roles", [[], [STUDENT], [MENTOR], [TEACHING_ASSISTANT, FACULTY], ["unknown"]], ids=str)
def test_nobody_else_may_pick(tool, platform, roles):
    change = {**platform.picking(), ROLES: roles}
    assert refusal(tool.walk, platform, change=change) == ("deep_linking_not_allowed", 403)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({DEEP_LINKING: MISSING}, "deep_linking_settings_missing"),
        ({DEEP_LINKING: "settings"}, "deep_linking_settings_malformed"),
        ({DEEP_LINKING: {}}, "deep_link_return_url_missing"),
        ({DEEP_LINKING: {"deep_link_return_url": ""}}, "deep_link_return_url_missing"),
        ({DEEP_LINKING: {"deep_link_return_url": "javascript:alert(1)"}}, "deep_link_return_url_missing"),
        ({DEEP_LINKING: {"deep_link_return_url": "https://lms.example/", "data": 7}}, "deep_linking_data_malformed"),
        (
            {DEEP_LINKING: {"deep_link_return_url": "https://lms.example/", "data": "\x00"}},
            "deep_linking_data_malformed",
        ),
    ],
)
def test_a_request_to_pick_without_a_way_back_is_refused(tool, platform, change, code):
    assert refusal(tool.walk, platform, change={**platform.picking(), **change}) == (code, 400)


def test_settings_are_read_and_data_is_kept_unaltered(tool, platform):
    asked = platform.picking(
        accept_types=["link", "ltiResourceLink", 7],
        accept_multiple="true",
        accept_lineitem=False,
        auto_create="FALSE",
        title="T",
        text="x" * 3000,
        data=' a\n"b" ' + "d" * 9000,
    )
    assert tool.walk(platform, change=asked).deep_linking == DeepLinkingSettings(
        return_url="https://lms.example/picked",
        accept_types=("link", "ltiResourceLink"),
        accept_targets=("iframe", "window"),
        accept_multiple=True,
        accept_lineitem=False,
        auto_create=False,
        title="T",
        text="x" * 2000,
        data=' a\n"b" ' + "d" * 9000,
        has_data=True,
    )


@pytest.mark.parametrize(("data", "has_data"), [(MISSING, False), (None, False), ("", True)])
def test_data_goes_back_exactly_when_it_was_sent(tool, platform, data, has_data):
    asked = tool.walk(platform, change=platform.picking(data=data)).deep_linking
    assert (asked.data or "", asked.has_data) == ("", has_data)
    assert (asked.accept_multiple, asked.accept_lineitem) == (False, None)


# ------------------------------------------------------------------ anything at all
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
NAMES = [
    "iss", "aud", "azp", "exp", "iat", "nbf", "nonce", "sub", "name", "email", "locale", "picture",
    VERSION, MESSAGE_TYPE, DEPLOYMENT_ID, TARGET_LINK_URI, ROLES, ROLE_SCOPE_MENTOR, CONTEXT, RESOURCE_LINK, CUSTOM,
    PRESENTATION, PLATFORM, ROSTER, GRADEBOOK, DEEP_LINKING,
]  # fmt: skip
INNER = [
    "id", "title", "label", "type", "return_url", "document_target", "width", "guid", "context_memberships_url",
    "lineitems", "scope", "deep_link_return_url", "accept_types", "accept_multiple", "data",
]  # fmt: skip
SHAPES = JSON | st.dictionaries(st.sampled_from(INNER), JSON, max_size=4)


def outcome(go, *args, **kwargs):
    """Return 200 and the launch, or the refusal's status and nothing; let every other error through."""
    try:
        return 200, go(*args, **kwargs)
    except LTIError as refused:
        return refused.status, None


def is_utf8(text):
    return text == text.encode("utf-8", "replace").decode()


def texts_in(value):
    """Return every text that a value holds, however deep."""
    if isinstance(value, str):
        return [value]
    if is_dataclass(value):
        return [text for field in fields(value) for text in texts_in(getattr(value, field.name))]
    if isinstance(value, dict):
        return texts_in([*value, *value.values()])
    return [text for each in value for text in texts_in(each)] if isinstance(value, (list, tuple, frozenset)) else []


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), SHAPES, min_size=1, max_size=4), st.booleans())
def test_no_signed_message_whatever_it_holds_breaks_us(change, picks):
    platform = FakePlatform()
    tool = FakeTool(platform)
    status, launch = outcome(tool.walk, platform, change={**(platform.picking() if picks else {}), **change})
    assert status in {200, 400, 401, 403}
    assert [text for text in texts_in(launch) if "\x00" in text or not is_utf8(text)] == []
    assert tool.transactions.kept == {}


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["state", "id_token", "error", "error_description"]), st.text(st.characters(codec=None))
    ),
    st.booleans(),
)
def test_no_form_whatever_it_holds_breaks_us(form, with_state):
    platform = FakePlatform()
    tool = FakeTool(platform)
    state = tool.login(platform.login_params(TARGET)).state
    with pytest.raises(LaunchRefused):
        tool.launch({**form, "state": state} if with_state else form)


def test_the_library_is_given_no_way_to_fetch_anything():
    with pytest.raises(NotImplementedError):
        _NO_NETWORK.get("https://lms.example/jwks")


# ------------------------------------------------------------------ a look at somebody's work (Submission Review)


ITEM = "https://lms.example/items/3/lineitem?type_id=1"


def test_a_review_names_whose_work_and_which_column_with_or_without_a_link(tool, platform):
    said = tool.walk(platform, change=platform.reviewing("user-2", ITEM))
    assert (said.message_type, said.reviewed) == (MessageType.SUBMISSION_REVIEW, "user-2")
    assert (said.gradebook.lineitem_url, said.resource_link) == (ITEM, None)
    linked = platform.reviewing("user-2", ITEM, **{RESOURCE_LINK: {"id": "link-1"}})
    assert tool.walk(platform, change=linked).resource_link.id == "link-1"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({FOR_USER: MISSING}, "for_user_missing"),
        ({FOR_USER: None}, "for_user_missing"),
        ({FOR_USER: "user-2"}, "for_user_malformed"),
        ({FOR_USER: {}}, "for_user_malformed"),
        ({FOR_USER: {"user_id": ""}}, "for_user_malformed"),
        ({FOR_USER: {"user_id": 7}}, "for_user_malformed"),
        ({FOR_USER: {"user_id": "x" * 256}}, "for_user_malformed"),
        ({GRADEBOOK: MISSING}, "line_item_missing"),
        ({GRADEBOOK: {"lineitems": "https://lms.example/items"}}, "line_item_missing"),
        ({GRADEBOOK: {"lineitem": "javascript:alert(1)"}}, "line_item_missing"),
        ({CONTEXT: MISSING}, "context_missing"),
        ({CONTEXT: []}, "context_malformed"),
        ({RESOURCE_LINK: {"id": ""}}, "resource_link_id_blank"),
    ],
)
def test_a_review_that_leaves_something_out_is_refused_with_its_own_code(tool, platform, change, code):
    asked = platform.reviewing("user-2", ITEM, **change)
    assert refusal(tool.walk, platform, change=asked) == (code, 400)
