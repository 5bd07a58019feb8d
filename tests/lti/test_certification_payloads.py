"""The payloads of 1EdTech's LTI Advantage certification, by their own names (guide of 2024-01-23, section 6.1)."""

import pytest
from fakes.border import NOON, TARGET, FakeTool
from fakes.platform import (
    CLAIM,
    CONTEXT,
    DEPLOYMENT_ID,
    FACULTY,
    MESSAGE_TYPE,
    MISSING,
    RESOURCE_LINK,
    ROLES,
    STUDENT,
    VERSION,
    FakePlatform,
    encoded,
)

from lti_mentoring.domain.roles import is_faculty, is_learner
from lti_mentoring.lti.errors import LaunchRefused
from lti_mentoring.lti.messages import MessageType, PersonClaims

NAMES = ("name", "given_name", "family_name", "middle_name", "picture")
NO_NAMES = dict.fromkeys(NAMES, MISSING)
NO_MAIL = {"email": MISSING}
NO_PII = {**NO_NAMES, **NO_MAIL}


@pytest.fixture
def platform():
    return FakePlatform()


@pytest.fixture
def tool(platform):
    return FakeTool(platform)


def without_lti_claims(platform):
    claims = platform.claims(target=TARGET, nonce="", now=NOON)
    return {name: MISSING for name in claims if name.startswith("https://purl.imsglobal.org/spec/lti")}


BAD = {
    "No KID Sent in JWT header": ({"header": {"kid": MISSING}}, "kid_missing"),
    "Incorrect KID in JWT header": ({"header": {"kid": "imstester_66067"}}, "kid_unknown"),
    "Wrong LTI Version": ({"change": {VERSION: "11.3"}}, "version_wrong"),
    "No LTI Version": ({"change": {VERSION: MISSING}}, "version_missing"),
    "Timestamps Incorrect (both old)": ({"change": {"iat": 11111, "exp": 22222}}, "exp_passed"),
    "Timestamps Incorrect (iat)": ({"change": {"iat": 11111}}, "iat_too_old"),
    "Timestamps Incorrect (exp)": ({"change": {"exp": 22222}}, "exp_passed"),
    "messsage_type Claim Missing": ({"change": {MESSAGE_TYPE: MISSING}}, "message_type_missing"),
    "role Claim Missing": ({"change": {ROLES: MISSING}}, "roles_missing"),
    "deployment_id Claim Missing": ({"change": {DEPLOYMENT_ID: MISSING}}, "deployment_id_missing"),
    "resource_link_id Claim Missing": ({"change": {RESOURCE_LINK: {"title": "T"}}}, "resource_link_id_missing"),
    "resource_link_id Claim Missing (whole claim)": ({"change": {RESOURCE_LINK: MISSING}}, "resource_link_missing"),
    "user Claim Missing": ({"change": {"sub": MISSING}}, "sub_missing"),
}


@pytest.mark.parametrize(("answer", "code"), BAD.values(), ids=BAD.keys())
def test_a_known_bad_payload_is_refused_with_its_own_code(tool, platform, answer, code):
    with pytest.raises(LaunchRefused) as refused:
        tool.walk(platform, **answer)
    assert refused.value.code == code
    assert refused.value.status in {400, 401, 403}
    assert tool.transactions.kept == {}


def test_bad_payload_missing_lti_claims(tool, platform):
    with pytest.raises(LaunchRefused) as refused:
        tool.walk(platform, change=without_lti_claims(platform))
    assert refused.value.code == "lti_claims_missing"


@pytest.mark.parametrize("id_token", [encoded({"name": "badltilaunch"}), "lti_message_type=basic-lti-launch-request"])
def test_bad_payload_invalid_lti_message(tool, platform, id_token):
    begun = tool.login(platform.login_params(TARGET))
    with pytest.raises(LaunchRefused) as refused:
        tool.launch({"state": begun.state, "id_token": id_token})
    assert refused.value.code == "id_token_malformed"


def test_bad_payload_invalid_lti_message_of_the_old_standard(tool):
    with pytest.raises(LaunchRefused) as refused:
        tool.launch({"lti_message_type": "basic-lti-launch-request", "oauth_signature": "x"})
    assert refused.value.code == "state_missing"


FULL = PersonClaims("Amina Diallo", "Amina", "Diallo", "amina@uni.example", "en-GB")
MAIL_ONLY = PersonClaims(email="amina@uni.example", locale="en-GB")
NOTHING = PersonClaims(locale="en-GB")
STUDENT_AND_STAFF = [STUDENT, "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Student"]
FACULTY_AND_STAFF = [FACULTY, "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Faculty"]
UNKNOWN = ["http://purl.imsglobal.org/vocab/lis/v2/uknownrole/unknown#Helper"]

VALID = {
    "Valid Instructor Launch": ({ROLES: [FACULTY]}, {is_faculty}, FULL),
    "Valid Instructor Launch with Roles": ({ROLES: FACULTY_AND_STAFF}, {is_faculty}, FULL),
    "Valid Instructor Launch Short Role": ({ROLES: ["Instructor"]}, {is_faculty}, FULL),
    "Valid Instructor Launch Unknown Role": ({ROLES: UNKNOWN}, set(), FULL),
    "Valid Instructor Launch No Role": ({ROLES: []}, set(), FULL),
    "Valid Instructor Launch Email Only": ({ROLES: [FACULTY], **NO_NAMES}, {is_faculty}, MAIL_ONLY),
    "Valid Instructor Launch Names Only": (
        {ROLES: [FACULTY], **NO_MAIL},
        {is_faculty},
        PersonClaims("Amina Diallo", "Amina", "Diallo", locale="en-GB"),
    ),
    "Valid Instructor No PII": ({ROLES: [FACULTY], **NO_PII}, {is_faculty}, NOTHING),
    "Valid Instructor Email Without Context": (
        {ROLES: [FACULTY], **NO_NAMES, CONTEXT: MISSING},
        {is_faculty},
        MAIL_ONLY,
    ),
    "Valid Student Launch": ({ROLES: [STUDENT]}, {is_learner}, FULL),
    "Valid Student Launch with Roles": ({ROLES: STUDENT_AND_STAFF}, {is_learner}, FULL),
    "Valid Student Launch Short Role": ({ROLES: ["Learner"]}, {is_learner}, FULL),
    "Valid Student Launch Unknown Role": ({ROLES: UNKNOWN}, set(), FULL),
    "Valid Student Launch No Role": ({ROLES: []}, set(), FULL),
    "Valid Student Launch Email Only": ({ROLES: [STUDENT], **NO_NAMES}, {is_learner}, MAIL_ONLY),
    "Valid Student Launch Names Only": (
        {ROLES: [STUDENT], **NO_MAIL},
        {is_learner},
        PersonClaims("Amina Diallo", "Amina", "Diallo", locale="en-GB"),
    ),
    "Valid Student No PII": ({ROLES: [STUDENT], **NO_PII}, {is_learner}, NOTHING),
    "Valid Student Email Without Context": (
        {ROLES: [STUDENT], **NO_NAMES, CONTEXT: MISSING},
        {is_learner},
        MAIL_ONLY,
    ),
}


@pytest.mark.parametrize(("change", "expected", "person"), VALID.values(), ids=VALID.keys())
def test_a_valid_launch_is_let_in(tool, platform, change, expected, person):
    launch = tool.walk(platform, change=change)
    assert launch.message_type is MessageType.RESOURCE_LINK
    assert {question for question in (is_faculty, is_learner) if question(launch.roles)} == expected
    assert launch.role_uris == tuple(change[ROLES])
    assert launch.person == person
    assert (launch.context is None) == (CONTEXT in change)


def test_claims_that_nobody_knows_are_ignored(tool, platform):
    assert tool.walk(platform, change={CLAIM + "new": [1], "https://lms.example/own": {"a": None}}).subject == "user-1"
