"""A notice is believed only when its own registration signed it; each fault has a code of its own."""

import json
from datetime import timedelta

import pytest
from fakes.border import NOON, FakeTool
from fakes.platform import (
    CONTEXT,
    DEPLOYMENT_ID,
    MISSING,
    NOTICE,
    ORIGIN_CONTEXTS,
    VERSION,
    FakePlatform,
    encoded,
    rsa_key,
)

from lti_mentoring.lti.errors import LaunchRefused, LTIError
from lti_mentoring.lti.notices import MOST_BYTES, MOST_NOTICES, NoticeKind, read_tokens, validate_notice
from lti_mentoring.lti.platform_keys import KeyFinder
from lti_mentoring.lti.registrations import DeploymentState

COPY = {"id": "notice-1", "timestamp": "2026-11-23T11:00:00Z", "type": "LtiContextCopyNotice"}


@pytest.fixture
def platform():
    return FakePlatform()


@pytest.fixture
def tool(platform):
    return FakeTool(platform, FakePlatform("https://other.example", "client-2", key_number=2))


def judge(tool, raw, *, now=NOON):
    keys = KeyFinder(tool.store, tool.fetch, tool.memory)
    return validate_notice(raw, registrations=tool.registrations, keys=keys, now=now)


def refused(tool, raw, *, now=NOON):
    with pytest.raises(LaunchRefused) as refusal:
        judge(tool, raw, now=now)
    return refusal.value.code


def test_a_notice_of_a_copied_course_says_from_which(tool, platform):
    found = judge(tool, platform.notice(1, now=NOON, change={NOTICE: COPY, ORIGIN_CONTEXTS: ["course-1", "course-0"]}))
    assert (found.id, found.kind, found.deployment_id) == ("notice-1", NoticeKind.CONTEXT_COPY, "1")
    assert (found.context.id, found.origins) == ("course-new", ("course-1", "course-0"))
    assert found.registration.id == 1


def test_other_kinds_are_taken_as_they_are(tool, platform):
    found = judge(tool, platform.notice(1, now=NOON, kind="LtiAssetProcessorSubmissionNotice"))
    assert (found.kind, found.context, found.origins) == ("LtiAssetProcessorSubmissionNotice", None, ())


def test_a_copy_may_name_no_origin_and_never_is_its_own(tool, platform):
    assert judge(tool, platform.notice(1, now=NOON, change={ORIGIN_CONTEXTS: MISSING})).origins == ()
    odd = ["course-new", "course-1", "course-1", 7, "", "x" * 300, None]
    assert judge(tool, platform.notice(2, now=NOON, change={ORIGIN_CONTEXTS: odd})).origins == ("course-1",)


def test_one_of_several_audiences_may_be_ours_where_the_registration_trusts_the_others():
    platform = FakePlatform()
    tool = FakeTool(platform, trusted_audiences=frozenset({"partner"}))
    both = {"aud": ["partner", platform.client_id]}
    assert judge(tool, platform.notice(1, now=NOON, change=both)).registration.client_id == platform.client_id
    assert refused(tool, platform.notice(2, now=NOON, change={**both, "azp": MISSING})) == "azp_missing"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"iss": MISSING}, "addressee_missing"),
        ({"iss": "https://evil.example"}, "platform_unknown"),
        ({"iss": 7}, "addressee_missing"),
        ({"iss": "https://other.example", "aud": "client-2", "azp": "client-2"}, "kid_unknown"),
        ({"aud": MISSING}, "addressee_missing"),
        ({"aud": {}}, "addressee_missing"),
        ({"aud": []}, "platform_unknown"),
        ({"aud": ["", None, 7], "azp": MISSING}, "platform_unknown"),
        ({"aud": ["client-1", "stranger"]}, "aud_untrusted"),
        ({"aud": [*"abcdefgh", "client-1"], "azp": MISSING}, "platform_unknown"),
        ({"azp": "stranger"}, "azp_wrong"),
        ({"exp": MISSING}, "exp_missing"),
        ({"exp": int(NOON.timestamp()) - 61}, "exp_passed"),
        ({"iat": MISSING}, "iat_missing"),
        ({"iat": int(NOON.timestamp()) + 600}, "iat_in_future"),
        ({"iat": int(NOON.timestamp()) - 90_000}, "iat_too_old"),
        ({"nonce": MISSING}, "nonce_missing"),
        ({"nonce": ["x"]}, "nonce_malformed"),
        ({"nonce": "x" * 1001}, "nonce_malformed"),
        ({DEPLOYMENT_ID: MISSING}, "deployment_id_missing"),
        ({DEPLOYMENT_ID: "nobody's"}, "deployment_unknown"),
        ({VERSION: "1.1"}, "version_wrong"),
        ({NOTICE: MISSING}, "notice_missing"),
        ({NOTICE: "LtiHelloWorldNotice"}, "notice_missing"),
        ({NOTICE: COPY | {"id": ""}}, "notice_id_missing"),
        ({NOTICE: COPY | {"id": "x" * 256}}, "notice_id_missing"),
        ({NOTICE: COPY | {"type": None}}, "notice_type_missing"),
        ({CONTEXT: MISSING}, "context_missing"),
        ({CONTEXT: []}, "context_malformed"),
        ({CONTEXT: {"id": ""}}, "context_id_blank"),
        ({ORIGIN_CONTEXTS: "course-1"}, "origin_contexts_malformed"),
    ],
)
def test_a_bad_notice_is_refused_with_its_own_code(tool, platform, change, code):
    assert refused(tool, platform.notice(1, now=NOON, change=change)) == code


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (None, "jwt_missing"),
        (7, "jwt_missing"),
        (["a.b.c"], "jwt_missing"),
        ("", "id_token_missing"),
        ("a.b", "id_token_malformed"),
        ("x" * 70_000, "id_token_too_long"),
    ],
)
def test_what_is_no_token_is_refused(tool, raw, code):
    assert refused(tool, raw) == code


def test_another_key_signs_nothing(tool, platform):
    assert refused(tool, platform.notice(1, now=NOON, key=rsa_key(9))) == "signature_wrong"
    assert refused(tool, platform.notice(1, now=NOON, header={"alg": "none"})) == "alg_not_allowed"
    assert refused(tool, platform.notice(1, now=NOON, header={"kid": MISSING})) == "kid_missing"
    unsigned = platform.notice(1, now=NOON).rsplit(".", 1)[0] + "." + encoded(b"\0" * 256)
    assert refused(tool, unsigned) == "signature_wrong"
    assert refused(tool, platform.sign_bytes(b"[]")) == "claims_malformed"


def test_a_platform_that_was_switched_off_tells_nothing(platform):
    tool = FakeTool(platform, active=False)
    assert refused(tool, platform.notice(1, now=NOON)) == "registration_disabled"
    assert refused(FakeTool(platform, waits=True), platform.notice(1, now=NOON)) == "registration_waiting"


def test_a_deployment_that_waits_tells_nothing(tool, platform):
    tool.registrations.deployments[1, "1"] = DeploymentState.PENDING
    assert refused(tool, platform.notice(1, now=NOON)) == "deployment_pending"


def test_a_token_that_comes_again_within_a_day_is_still_good(tool, platform):
    """The same one is known by its id; a platform that found us down must be able to come back."""
    early = NOON - timedelta(hours=2)
    late = {"exp": int(NOON.timestamp()) + 60}
    assert judge(tool, platform.notice(1, now=early, change=late)).id == "notice-1"


def test_the_tokens_of_a_batch_are_judged_one_by_one():
    batch = {"notices": [{"jwt": "a.b.c"}, {"jwt": 7}, "x", {}, None]}
    assert read_tokens(json.dumps(batch).encode()) == ["a.b.c", 7, None, None, None]
    assert read_tokens(b'{"notices": []}') == []


@pytest.mark.parametrize(
    ("body", "code", "status"),
    [
        (b"", "notices_not_json", 400),
        (b"{", "notices_not_json", 400),
        (b"\x1f\x8b\x08\x00\x00", "notices_not_json", 400),
        (b"[" * 100_000, "notices_not_json", 400),
        (b"notices=1&jwt=a.b.c", "notices_not_json", 400),
        (b"[]", "notices_missing", 400),
        (b'{"notices": {"jwt": "a.b.c"}}', "notices_missing", 400),
        (b'{"notices": [' + b",".join([b"0"] * (MOST_NOTICES + 1)) + b"]}", "notices_too_many", 413),
        (b'{"notices": [' + b",".join([b"0"] * 10_000) + b"]}", "notices_too_many", 413),
        (b'{"notices": ["' + b"x" * MOST_BYTES + b'"]}', "notices_too_large", 413),
    ],
    ids=["empty", "cut", "gzip", "deep", "form", "list", "object", "one-too-many", "ten-thousand", "too-large"],
)
def test_a_body_that_is_no_batch_is_refused_as_a_whole(body, code, status):
    with pytest.raises(LTIError) as refusal:
        read_tokens(body)
    assert (refusal.value.code, refusal.value.status) == (code, status)
