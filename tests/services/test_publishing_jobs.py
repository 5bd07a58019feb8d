"""Publishing and taking back are jobs: as a whole in the transaction that ends the job, once, whoever presses twice."""

import threading
from datetime import timedelta

import pytest
from factories.rounds import Ready, drawn, new_mentor
from factories.world import NOON, World, deployment, mentorship
from sqlalchemy import func, select

from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.assigning import Obstacle
from lti_mentoring.domain.rounds import RoundState, RoundStepNotAllowed
from lti_mentoring.models import (
    AssignedBy,
    AuditEntry,
    Job,
    JobKind,
    JobState,
    Match,
    Membership,
    MembershipStatus,
    Mentorship,
)
from lti_mentoring.queries.round_steps import round_step
from lti_mentoring.queries.rounds import round_view
from lti_mentoring.services.jobs import claim_job
from lti_mentoring.services.publishing import RoundChanged
from lti_mentoring.services.publishing_jobs import (
    RoundUnderWay,
    publish_claimed,
    queue_publishing,
    queue_taking_back,
    take_back_claimed,
    tell_stopped,
)
from lti_mentoring.services.taking_back import TooLateToTakeBack

pytestmark = pytest.mark.both_databases


@pytest.fixture
def ready(session):
    return Ready(session)


def queued(ready, now=NOON):
    return queue_publishing(ready.session, ready.sitter(), ready.round.id, now=now)


def claimed(ready, job):
    return claim_job(ready.session, job.id)


def back_queued(ready, now):
    return queue_taking_back(ready.session, ready.sitter(), ready.round.id, now=now)


def test_the_round_is_published_and_its_job_done_at_once_by_whoever_pressed(session, ready):
    job = queued(ready)
    assert (job.kind, job.detail["round"], ready.round.state) == (JobKind.PUBLISHING, ready.round.id, RoundState.DRAFT)
    assert publish_claimed(session, claimed(ready, job), now=NOON)
    session.flush()
    assert (job.state, job.total) == (JobState.DONE, 3)
    assert (ready.round.state, ready.round.published_by_id) == (RoundState.PUBLISHED, ready.faculty.id)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "round.published")).one()
    assert (entry.actor_id, entry.actor_role) == (ready.faculty.id, "faculty")


def test_a_second_press_is_told_that_it_is_under_way(session, ready):
    queued(ready)
    with pytest.raises(RoundUnderWay):
        queued(ready)
    assert session.scalar(select(func.count()).select_from(Job).where(Job.kind == JobKind.PUBLISHING)) == 1


def test_a_published_round_is_not_published_again_and_a_draft_not_taken_back(ready):
    with pytest.raises(RoundStepNotAllowed):
        back_queued(ready, NOON)
    ready.publish()
    with pytest.raises(RoundStepNotAllowed):
        queued(ready)


def test_a_round_is_taken_back_as_long_as_it_was_asked_for_in_time(session, ready):
    ready.publish()
    with pytest.raises(TooLateToTakeBack):
        back_queued(ready, NOON + timedelta(hours=25))
    job = back_queued(ready, NOON + timedelta(hours=23))
    assert take_back_claimed(session, claimed(ready, job), now=NOON + timedelta(hours=25))
    session.flush()
    assert (job.state, job.total, job.detail["stay"]) == (JobState.DONE, 3, 0)
    assert ready.round.state is RoundState.UNDONE


def test_a_worker_that_lost_the_job_changes_nothing(session, ready):
    mine = claimed(ready, queued(ready))
    session.get_one(Job, mine.job_id).lease_token = "another's"
    session.flush()
    assert not publish_claimed(session, mine, now=NOON)
    assert not take_back_claimed(session, mine, now=NOON)
    assert ready.round.state is RoundState.DRAFT


def test_what_was_in_the_way_stands_on_the_job_until_the_round_is_published(session, ready):
    gone = ready.students[0]
    row = session.scalars(select(Membership).where(Membership.person_id == gone.id)).one()
    row.status = MembershipStatus.LEFT
    mine = claimed(ready, queued(ready))
    with pytest.raises(RoundChanged) as changed:
        publish_claimed(session, mine, now=NOON)
    assert tell_stopped(session, mine, changed.value, now=NOON)
    step = shown(ready)
    assert (step.job.is_failed, step.number, step.job.error) == (True, 1, "round_changed")
    assert [(one.student_name, one.mentor_name) for one in step.stopped] == [(gone.name, "Dr Okafor")]
    row.status = MembershipStatus.ACTIVE
    assert publish_claimed(session, claimed(ready, queued(ready)), now=NOON)
    assert shown(ready) is None


def test_who_got_another_mentor_meanwhile_is_told_of_that_one_and_not_of_one_in_another_role(session, ready):
    taken, *_ = ready.students
    for name, role in (("Dr Sato", ""), ("Dr Berg", "research")):
        mentorship(session, new_mentor(ready, name=name), taken, role=role)
    mine = claimed(ready, queued(ready))
    with pytest.raises(RoundChanged) as changed:
        publish_claimed(session, mine, now=NOON)
    assert tell_stopped(session, mine, changed.value, now=NOON)
    [one] = shown(ready).stopped
    assert (one.obstacle, one.other_mentor) == (Obstacle.HAS_ANOTHER_MENTOR, "Dr Sato")


def shown(ready):
    ready.session.flush()
    view = round_view(ready.session, ready.sitter(), ready.round.id)
    return round_step(ready.session, ready.sitter(), view)


def test_a_round_shows_its_own_step_and_no_other_round_s(session, ready):
    assert shown(ready) is None
    queued(ready)
    assert shown(ready).job.is_under_way
    neighbour = World(session, inside=deployment(session, ready.registration, deployment_id="2"))
    neighbour.another_student()
    other = drawn(neighbour)
    view = round_view(session, neighbour.sitter(), other.id)
    assert round_step(session, neighbour.sitter(), view) is None


def test_of_two_who_press_at_once_one_is_told_and_it_is_published_once(app, session):
    ready = Ready(session)
    session.commit()
    start, ends = threading.Barrier(2), []
    by, round_id = ready.sitter(), ready.round.id

    def press():
        with app.app_context():
            start.wait()
            try:
                with unit_of_work() as own:
                    ends.append(queue_publishing(own, by, round_id, now=NOON).id)
            except RoundUnderWay:
                ends.append("under way")
            finally:
                db.session.remove()

    _both(press)
    [number] = [one for one in ends if one != "under way"]
    assert len(ends) == 2

    def work():
        with app.app_context():
            start.wait()
            with unit_of_work() as own:
                mine = claim_job(own, number)
            if mine is not None:
                with unit_of_work() as own:
                    publish_claimed(own, mine, now=NOON)
            db.session.remove()

    _both(work)
    session.rollback()
    made = session.scalars(select(Mentorship).where(Mentorship.assigned_by == AssignedBy.ROUND)).all()
    assert len(made) == 3
    assert session.scalar(select(func.count(Match.mentorship_id))) == 3


def _both(target):
    threads = [threading.Thread(target=target) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
