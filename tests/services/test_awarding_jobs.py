"""Certificates for many: in portions, once each, and the others go on where one cannot have any."""

import pytest
from factories.awards import WORDS, desk, earn
from factories.world import NOON, World
from sqlalchemy import func, select

from lti_mentoring.models import AuditEntry, Award, Job, JobState
from lti_mentoring.services.awarding_jobs import PORTION, NobodyToIssueTo, issue_batch, queue_batch
from lti_mentoring.services.jobs import claim_job


@pytest.fixture
def world(session):
    return World(session, milestones=1)


@pytest.fixture
def at(settings):
    return desk(settings)


def queue(world, students):
    job = queue_batch(world.session, world.sitter(), [student.id for student in students], WORDS, now=NOON)
    world.session.commit()
    return job


def awards(session):
    return session.scalar(select(func.count()).select_from(Award))


def earners(world, count):
    return [earn(world, world.another_student()) for _ in range(count)]


@pytest.mark.both_databases
def test_everybody_named_gets_one_and_the_trail_says_who_issued_it(session, world, at):
    job = queue(world, earners(world, PORTION + 2))
    claimed = claim_job(session, job.id)
    assert issue_batch(session, claimed, at, now=NOON)
    session.commit()
    assert awards(session) == PORTION
    assert (session.get_one(Job, job.id, populate_existing=True).done, job.total) == (PORTION, PORTION + 2)
    assert not issue_batch(session, claimed, at, now=NOON)
    assert awards(session) == PORTION + 2
    assert session.get_one(Job, job.id).state is JobState.DONE
    actors = session.scalars(select(AuditEntry.actor_id).where(AuditEntry.action == "award.issued")).all()
    assert set(actors) == {world.faculty.id}


def test_a_worker_that_was_killed_leaves_the_rest_to_the_next_and_nobody_gets_two(session, world, at):
    job = queue(world, earners(world, PORTION + 3))
    first = claim_job(session, job.id)
    issue_batch(session, first, at, now=NOON)
    session.commit()
    issue_batch(session, first, at, now=NOON)
    session.rollback()  # as when the worker dies before its commit
    session.get_one(Job, job.id).lease_until = NOON.replace(year=2000)
    session.commit()
    second = claim_job(session, job.id)
    session.commit()
    assert not issue_batch(session, first, at, now=NOON)  # the lease is the other's now
    assert not issue_batch(session, second, at, now=NOON)
    assert awards(session) == PORTION + 3


def test_who_cannot_have_one_is_named_with_the_reason_and_the_others_go_on(session, world, at):
    short, unprintable, fine = world.another_student(), world.another_student(name="王小明"), world.another_student()
    earn(world, unprintable)
    earn(world, fine)
    job = queue(world, [short, unprintable, fine])
    issue_batch(session, claim_job(session, job.id), at, now=NOON)
    assert session.scalars(select(Award.person_id)).all() == [fine.id]
    assert job.detail["failed"] == [
        {"student_id": short.id, "code": "certificate_not_earned"},
        {"student_id": unprintable.id, "code": "text_unprintable"},
    ]


def test_pressed_twice_there_is_one_job(world):
    students = earners(world, 2)
    assert queue(world, students).id == queue(world, students).id


def test_nobody_named_is_refused(session, world):
    with pytest.raises(NobodyToIssueTo):
        queue_batch(session, world.sitter(), [], WORDS, now=NOON)
