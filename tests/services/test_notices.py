"""Notices are stored once even when two workers take them, and their origins stay within the institution."""

import pytest
from factories.world import NOON, World, deployment
from sqlalchemy import select

from lti_mentoring.db import ANNOUNCED
from lti_mentoring.domain.events import NoticeTaken
from lti_mentoring.lti.errors import LaunchRefused
from lti_mentoring.lti.messages import ContextClaims
from lti_mentoring.lti.notices import ReceivedNotice
from lti_mentoring.models import AuditEntry, Context, DeploymentApproval, Notice
from lti_mentoring.queries.registrations import registration_by_id
from lti_mentoring.services.notices import Taken, act_on, find_waiting_notices, take_in


@pytest.fixture
def world(session):
    made = World(session)
    session.commit()
    return made


def notice(session, world, number, origins=("course-a",), **changes):
    values = {
        "registration": registration_by_id(session, world.registration.id).platform, "deployment_id": "1",
        "id": f"notice-{number}", "kind": "LtiContextCopyNotice", "nonce": f"nonce-{number}",
        "context": ContextClaims("course-b"), "origins": origins,
    }  # fmt: skip
    return ReceivedNotice(**{**values, **changes})


def act(session, world, number, *args, **options):
    taken = take_in(session, notice(session, world, number, *args, **options), now=NOON)
    for waiting in find_waiting_notices(session, most=10):
        act_on(session, waiting, now=NOON)
    session.flush()
    return taken


def copied(session):
    return session.scalars(select(Context).where(Context.context_id == "course-b")).one_or_none()


@pytest.mark.both_databases
def test_a_taken_notice_wakes_a_worker_once(session, world):
    assert take_in(session, notice(session, world, 1), now=NOON) is Taken.ACCEPTED
    assert take_in(session, notice(session, world, 1), now=NOON) is Taken.KNOWN
    [row] = session.scalars(select(Notice)).all()
    assert session.info[ANNOUNCED] == [NoticeTaken(row.id)]
    assert find_waiting_notices(session, most=10) == [row.id]
    assert act_on(session, row.id, now=NOON)
    assert not act_on(session, row.id, now=NOON)
    assert find_waiting_notices(session, most=10) == []


@pytest.mark.both_databases
def test_a_nonce_that_came_with_another_notice_is_refused(session, world):
    take_in(session, notice(session, world, 1), now=NOON)
    with pytest.raises(LaunchRefused) as refusal:
        take_in(session, notice(session, world, 2, nonce="nonce-1"), now=NOON)
    assert refusal.value.code == "nonce_used"


def test_a_deployment_that_was_refused_meanwhile_tells_nothing(session, world):
    world.deployment.state = DeploymentApproval.REFUSED
    session.flush()
    for named in ("1", "unknown"):
        with pytest.raises(LaunchRefused):
            take_in(session, notice(session, world, 1, deployment_id=named), now=NOON)


def test_the_latest_told_origin_comes_first(session, world):
    act(session, world, 1, ("old",))
    act(session, world, 2, ("newer", "unknown"))
    assert copied(session).history == ["newer", "unknown", "old"]


def test_a_copy_of_unknown_origin_is_noted_without_any(session, world):
    assert act(session, world, 1, ()) is Taken.ACCEPTED
    assert copied(session) is None


def test_a_notice_is_the_institutions_that_has_the_deployment(session, world):
    other = World(session)
    shared = deployment(session, world.registration, deployment_id="theirs", institution_id=other.institution.id)
    act(session, world, 1, deployment_id="theirs")
    assert (copied(session).institution_id, copied(session).deployment_id) == (other.institution.id, shared.id)
    audited = select(AuditEntry.institution_id).where(AuditEntry.action.in_(("notice.received", "course.copied")))
    assert set(session.scalars(audited)) == {other.institution.id}
