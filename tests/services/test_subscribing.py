"""A platform is told once where its notices go, and again when something changed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from factories.world import NOON, World
from fakes.border import FakeTool
from fakes.platform import ADMINISTRATOR, NOTICE_SERVICE, ROLES, STUDENT, FakePlatform
from sqlalchemy import select

from lti_mentoring.db import ANNOUNCED
from lti_mentoring.domain.events import SubscriptionChanged
from lti_mentoring.models import AuditEntry, NoticeSubscription, SubscriptionState
from lti_mentoring.queries.registrations import registration_by_id
from lti_mentoring.services.administering import switch_registration
from lti_mentoring.services.subscribing import (
    MOST_ATTEMPTS,
    claim_subscription,
    find_due_subscriptions,
    settle_subscription,
    want_notices,
)

HERE = "https://tool.example/lti/notices"
SERVICE = {
    "service_versions": ["1.0"],
    "platform_notification_service_url": "https://lms.example/notices/3",
    "scope": ["https://purl.imsglobal.org/spec/lti/scope/noticehandlers"],
    "notice_types_supported": ["LtiHelloWorldNotice", "LtiContextCopyNotice", "LtiAssetProcessorSubmissionNotice"],
}
PAST = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def world(session):
    made = World(session)
    session.commit()
    return made


@pytest.fixture
def launch(session, world):
    def make(service=SERVICE, **change):
        platform = FakePlatform()
        said = FakeTool(platform).walk(platform, change={NOTICE_SERVICE: service, **change})
        return replace(said, registration=registration_by_id(session, world.registration.id).platform)

    return make


def rows(session):
    return session.scalars(select(NoticeSubscription).order_by(NoticeSubscription.id)).all()


def settled(session, error=None, now=NOON, **how):
    for number in find_due_subscriptions(session, most=10):
        settle_subscription(session, claim_subscription(session, number), error, now=now, **how)
    session.flush()


def test_what_is_offered_and_wanted_is_asked_for_once(session, launch):
    assert want_notices(session, launch(), HERE, now=PAST) == 2
    made = rows(session)
    assert [(row.kind, row.handler, row.service_url) for row in made] == [
        ("LtiHelloWorldNotice", HERE, "https://lms.example/notices/3"),
        ("LtiContextCopyNotice", HERE, "https://lms.example/notices/3"),
    ]
    assert session.info[ANNOUNCED] == [SubscriptionChanged(row.id) for row in made]
    assert want_notices(session, launch(), HERE, now=PAST) == 0
    settled(session)
    assert want_notices(session, launch(), HERE, now=NOON) == 0
    assert {row.state for row in rows(session)} == {SubscriptionState.TOLD}


def test_another_address_of_ours_or_of_the_service_is_told_again(session, launch):
    want_notices(session, launch(), HERE, now=PAST)
    settled(session)
    assert want_notices(session, launch(), "https://new.example/lti/notices", now=PAST) == 2
    settled(session)
    moved = SERVICE | {"platform_notification_service_url": "https://lms.example/notices/4"}
    assert want_notices(session, launch(moved), "https://new.example/lti/notices", now=PAST) == 2
    assert {row.state for row in rows(session)} == {SubscriptionState.PENDING}
    assert len(rows(session)) == 2


@pytest.mark.parametrize(
    "service",
    [
        None, "x", {}, SERVICE | {"platform_notification_service_url": "javascript:alert(1)"},
        SERVICE | {"notice_types_supported": []}, SERVICE | {"notice_types_supported": "LtiContextCopyNotice"},
        SERVICE | {"scope": ["https://purl.imsglobal.org/spec/lti-ags/scope/score"]},
        SERVICE | {"notice_types_supported": ["LtiAssetProcessorSubmissionNotice"]},
    ],
)  # fmt: skip
def test_where_nothing_usable_is_offered_nothing_is_asked(session, launch, service):
    assert want_notices(session, launch(service), HERE, now=NOON) == 0
    assert rows(session) == []


def test_staff_and_administrators_bring_the_offer_students_do_not(session, launch):
    assert want_notices(session, launch(**{ROLES: [STUDENT]}), HERE, now=NOON) == 0
    unknown = replace(launch(), deployment_id="unknown")
    assert want_notices(session, unknown, HERE, now=NOON) == 0
    assert want_notices(session, launch(**{ROLES: [ADMINISTRATOR]}), HERE, now=NOON) == 2


def test_switching_a_platform_off_takes_the_addresses_back(session, world, launch):
    want_notices(session, launch(), HERE, now=PAST)
    settled(session)
    switch_registration(session, world.institution.id, world.registration.id, on=False, by=None, now=PAST)
    session.flush()
    due = [claim_subscription(session, number) for number in find_due_subscriptions(session, most=10)]
    assert [one.handler for one in due] == ["", ""]
    settle_subscription(session, due[0], None, now=NOON)
    settle_subscription(session, due[1], None, now=NOON)
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == [
        "notices.wanted", "notices.subscribed", "notices.subscribed", "notices.unwanted", "registration.disabled",
        "notices.unsubscribed", "notices.unsubscribed",
    ]  # fmt: skip
    switch_registration(session, world.institution.id, world.registration.id, on=False, by=None, now=NOON)
    assert find_due_subscriptions(session, most=10) == []
    assert want_notices(session, launch(), HERE, now=NOON) == 2


def test_who_does_not_answer_is_asked_again_ever_more_slowly_and_then_not(session, launch):
    want_notices(session, launch(), HERE, now=PAST)
    number = rows(session)[0].id
    for attempt in range(1, MOST_ATTEMPTS + 1):
        due = claim_subscription(session, number)
        assert due is not None
        settle_subscription(session, due, "timeout", now=NOON)
        row = rows(session)[0]
        assert (row.attempts, row.last_error) == (attempt, "timeout")
        row.due_at = PAST
        session.flush()
    assert row.state is SubscriptionState.FAILED
    assert claim_subscription(session, number) is None


def test_waiting_for_a_slot_costs_no_attempt(session, launch):
    want_notices(session, launch(), HERE, now=PAST)
    for number in find_due_subscriptions(session, most=9):
        settle_subscription(session, claim_subscription(session, number), "lane_busy", now=NOON)
    assert {(row.attempts, row.state) for row in rows(session)} == {(0, SubscriptionState.PENDING)}
    assert find_due_subscriptions(session, most=9) == []


def test_who_says_no_is_asked_again_a_day_later_at_the_earliest(session, launch):
    want_notices(session, launch(), HERE, now=PAST)
    settled(session, "forbidden", again=False)
    assert {(row.state, row.last_error) for row in rows(session)} == {(SubscriptionState.FAILED, "forbidden")}
    assert want_notices(session, launch(), HERE, now=NOON + timedelta(hours=20)) == 0
    assert want_notices(session, launch(), HERE, now=NOON + timedelta(hours=25)) == 2


def test_a_worker_that_lost_its_lease_writes_nothing(session, launch):
    want_notices(session, launch(), HERE, now=PAST)
    number = rows(session)[0].id
    first = claim_subscription(session, number)
    assert claim_subscription(session, number) is None
    rows(session)[0].lease_until = PAST
    session.flush()
    assert claim_subscription(session, number) is not None
    settle_subscription(session, first, None, now=NOON)
    assert rows(session)[0].state is SubscriptionState.PENDING
