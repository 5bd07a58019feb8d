"""Long work is one row each, leased by the database's clock, and survives a worker that is killed."""

from datetime import timedelta

import pytest
from factories.world import NOON, World, context
from sqlalchemy import select

from lti_mentoring.db import ANNOUNCED, database_now
from lti_mentoring.domain.events import JobQueued
from lti_mentoring.errors import NotFound
from lti_mentoring.models import AuditEntry, Job, JobKind, JobState
from lti_mentoring.services.jobs import (
    MOST_ATTEMPTS,
    PATIENCE,
    claim_job,
    fail,
    find_due_jobs,
    find_job,
    finish,
    held_job,
    hold,
    progress,
    start_job,
    try_later,
)

pytestmark = pytest.mark.both_databases


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def job(session, world):
    return start_job(session, JobKind.ROSTER, world.context.id, world.sitter(), now=NOON)


def reread(session, job):
    session.flush()
    return session.get_one(Job, job.id, populate_existing=True)


def let_lease_end(session, job):
    job.lease_until = database_now(session) - timedelta(seconds=1)
    session.flush()


def test_a_second_press_finds_the_job_that_is_open(session, world, job):
    assert start_job(session, JobKind.ROSTER, world.context.id, world.sitter(), now=NOON) is job
    assert (
        start_job(session, JobKind.CERTIFICATES, world.context.id, None, now=NOON, track_id=world.track.id) is not job
    )
    assert session.info[ANNOUNCED][0] == JobQueued(job.id)


def test_jobs_of_two_tracks_stand_beside_each_other(session, world):
    first = start_job(session, JobKind.CERTIFICATES, world.context.id, None, now=NOON, track_id=world.track.id)
    assert start_job(session, JobKind.CERTIFICATES, world.context.id, None, now=NOON) is not first


def test_only_one_worker_gets_a_job(session, job):
    claimed = claim_job(session, job.id)
    assert (claimed.attempts, claimed.kind) == (1, JobKind.ROSTER)
    assert claim_job(session, job.id) is None
    assert find_due_jobs(session, most=10) == []


def test_the_job_of_a_killed_worker_is_given_to_the_next_and_the_first_can_write_no_more(session, job):
    first = claim_job(session, job.id)
    let_lease_end(session, reread(session, job))
    assert find_due_jobs(session, most=10) == [job.id]
    second = claim_job(session, job.id)
    assert second.attempts == 2
    assert held_job(session, first) is None
    assert not progress(session, first, 5)
    assert not finish(session, first, now=NOON)
    assert not hold(session, first, now=NOON)
    assert not fail(session, first, "x", now=NOON)
    assert try_later(session, first, "x", now=NOON) is None
    assert progress(session, second, 5, 10)
    assert (reread(session, job).done, job.total, job.state) == (5, 10, JobState.RUNNING)


def test_an_ended_job_stays_ended_and_a_new_one_may_begin(session, world, job):
    claimed = claim_job(session, job.id)
    assert finish(session, claimed, now=NOON, total=30, new=2)
    ended = reread(session, job)
    assert (ended.state, ended.done, ended.detail, ended.finished_at) == (JobState.DONE, 30, {"new": 2}, NOON)
    assert claim_job(session, job.id) is None
    assert start_job(session, JobKind.ROSTER, world.context.id, None, now=NOON).id != job.id


def test_a_job_without_a_total_ends_with_what_it_has_done(session, job):
    claimed = claim_job(session, job.id)
    progress(session, claimed, 7)
    finish(session, claimed, now=NOON)
    assert (reread(session, job).done, job.total) == (7, None)


def test_a_held_job_waits_for_a_person_and_not_for_a_worker(session, world, job):
    assert hold(session, claim_job(session, job.id), now=NOON, gone=[1])
    assert find_due_jobs(session, most=10) == []
    assert start_job(session, JobKind.ROSTER, world.context.id, None, now=NOON).id == job.id
    assert reread(session, job).finished_at is None


def test_work_put_back_waits_longer_each_time_and_is_given_up_in_the_end(session, job):
    waits = []
    for _ in range(MOST_ATTEMPTS):
        claimed = claim_job(session, job.id)
        waits.append(try_later(session, claimed, "platform_unavailable", now=NOON))
        if waits[-1]:
            assert claim_job(session, job.id) is None
            let_lease_end(session, reread(session, job))
    assert waits == [timedelta(seconds=10), timedelta(seconds=20), timedelta(seconds=40), None]
    assert (reread(session, job).state, job.error) == (JobState.FAILED, "platform_unavailable")


def test_the_platform_says_how_long_to_wait_within_reason(session, job):
    assert try_later(session, claim_job(session, job.id), "platform_unavailable", now=NOON, wait=3) == timedelta(
        seconds=3
    )
    let_lease_end(session, reread(session, job))
    wait = try_later(session, claim_job(session, job.id), "platform_unavailable", now=NOON, wait=86_400)
    assert wait == timedelta(seconds=150)


def test_being_asked_to_wait_costs_no_attempt_until_patience_ends(session, job):
    for _ in range(MOST_ATTEMPTS + 1):
        assert try_later(session, claim_job(session, job.id), "throttled", now=NOON, wait=1, asked=True)
        let_lease_end(session, reread(session, job))
    for _ in range(MOST_ATTEMPTS):
        assert job.state is JobState.QUEUED
        try_later(session, claim_job(session, job.id), "throttled", now=NOON + PATIENCE, wait=1, asked=True)
        let_lease_end(session, reread(session, job))
    assert (job.state, job.error) == (JobState.FAILED, "throttled")


def test_work_that_kills_every_worker_is_given_up(session, job):
    for _ in range(MOST_ATTEMPTS):
        assert claim_job(session, job.id)
        let_lease_end(session, reread(session, job))
    assert claim_job(session, job.id) is None
    assert (reread(session, job).state, job.error) == (JobState.FAILED, "gave_up")


def test_how_a_job_ends_is_in_the_audit_trail(session, job):
    fail(session, claim_job(session, job.id), "no_roster", now=NOON)
    session.flush()
    written = session.execute(select(AuditEntry.action, AuditEntry.facts).order_by(AuditEntry.id)).all()
    assert [(action, facts.get("code")) for action, facts in written] == [
        ("job.queued", None),
        ("job.failed", "no_roster"),
    ]


def test_a_job_of_another_course_is_not_found(session, world, job):
    other = context(session, world.deployment)
    assert find_job(session, world.sitter(), job.id).id == job.id
    with pytest.raises(NotFound):
        find_job(session, world.sitter(context_id=other.id), job.id)
