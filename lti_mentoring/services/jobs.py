"""Long work: one row each, claimed under a lease by the database's clock, so that a killed worker costs minutes."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, or_, select, update

from lti_mentoring.db import announce, database_now, rows_changed
from lti_mentoring.domain.events import JobQueued
from lti_mentoring.domain.seats import SeatRole, Sitter
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Context, Job, JobKind, JobState, Person, PlatformLane
from lti_mentoring.services.auditing import record

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LEASE = timedelta(seconds=150)
"""Longer than the slowest step between two calls of ``progress``; a worker that is killed is replaced after it."""
MOST_ATTEMPTS = 4
FIRST_WAIT = timedelta(seconds=10)
PATIENCE = timedelta(hours=6)
CALLING_KINDS = (JobKind.ROSTER,)
"""Work that calls the course's platform, and so needs a slot of its lane (``services.lanes``)."""
OPEN = (JobState.QUEUED, JobState.RUNNING, JobState.HELD)
WAITING = (JobState.QUEUED, JobState.RUNNING)
NOTHING: Mapping[str, object] = MappingProxyType({})


class LeaseLost(Exception):
    """Another worker holds the job now; this one stops without a word."""


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job that this worker holds the lease of."""

    job_id: int
    lease_token: str
    kind: JobKind
    institution_id: int
    context_id: int
    track_id: int | None
    started_by_id: int | None
    attempts: int
    done: int
    detail: dict[str, Any]


def start_job(
    session: Session,
    kind: JobKind,
    context_id: int,
    by: Sitter | None,
    *,
    now: datetime,
    track_id: int | None = None,
    total: int | None = None,
    detail: dict[str, Any] | None = None,
) -> Job:
    """Queue a job of the course; where one of the same kind (and track) is still open, return that one instead."""
    course = session.get_one(Context, context_id, with_for_update=True)  # two who press at once make one job
    open_one = session.scalars(
        select(Job).where(
            Job.context_ref == course.id, Job.kind == kind, Job.state.in_(OPEN),
            Job.track_id == track_id if track_id is not None else Job.track_id.is_(None),
        ).order_by(Job.id.desc()).limit(1)
    ).first()  # fmt: skip
    if open_one is not None:
        return open_one
    job = Job(
        institution_id=course.institution_id,
        context_ref=course.id,
        track_id=track_id,
        kind=kind,
        total=total,
        detail=detail or {},
        started_by_id=by.person_id if by else None,
        created_at=now,
    )
    session.add(job)
    session.flush()
    record(
        session, by, "job.queued", "job", job.id, now=now,
        institution_id=course.institution_id, context_id=course.id, kind=kind.value,
    )  # fmt: skip
    announce(session, JobQueued(job.id))
    return job


def claim_job(session: Session, job_id: int) -> ClaimedJob | None:
    """Lease a waiting job for LEASE; None when it has ended, or is another worker's, or was tried too often."""
    clock = database_now(session)
    token = secrets.token_hex(8)
    claimed = session.execute(
        update(Job)
        .where(Job.id == job_id, *job_is_due(clock))
        .values(lease_token=token, lease_until=clock + LEASE, attempts=Job.attempts + 1, state=JobState.RUNNING)
        .execution_options(synchronize_session=False)
    )
    if not rows_changed(claimed):
        return None
    job = session.get_one(Job, job_id, populate_existing=True)
    if job.attempts > MOST_ATTEMPTS:
        _end(job, JobState.FAILED, clock, error=job.error or "gave_up")
        _record_end(session, job, "job.failed", clock)
        return None
    return ClaimedJob(
        job_id=job.id,
        lease_token=token,
        kind=job.kind,
        institution_id=job.institution_id,
        context_id=job.context_ref,
        track_id=job.track_id,
        started_by_id=job.started_by_id,
        attempts=job.attempts,
        done=job.done,
        detail=dict(job.detail),
    )


def held_job(session: Session, claimed: ClaimedJob) -> Job | None:
    """Return the row, locked, while this worker still holds its lease; None when the lease has passed to another."""
    job = session.get_one(Job, claimed.job_id, with_for_update=True, populate_existing=True)
    return job if job.lease_token == claimed.lease_token else None


def progress(session: Session, claimed: ClaimedJob, done: int, total: int | None = None) -> bool:
    """Say how far the work is and keep the lease; False when the work has passed to another worker: stop."""
    values: dict[str, Any] = {"done": done, "lease_until": database_now(session) + LEASE}
    if total is not None:
        values["total"] = total
    kept = session.execute(
        update(Job)
        .where(Job.id == claimed.job_id, Job.lease_token == claimed.lease_token)
        .values(values)
        .execution_options(synchronize_session=False)
    )
    return bool(rows_changed(kept))


def finish(session: Session, claimed: ClaimedJob, *, now: datetime, total: int | None = None, **detail: object) -> bool:
    """End the work well; ``detail`` is told on the page. False, and nothing, when another worker holds it now."""
    job = held_job(session, claimed)
    if job is None:
        return False
    job.total = total if total is not None else job.total
    job.done = job.total if job.total is not None else job.done
    _end(job, JobState.DONE, now, detail=detail)
    _record_end(session, job, "job.done", now)
    return True


def hold(session: Session, claimed: ClaimedJob, *, now: datetime, **detail: object) -> bool:
    """Stop before the last step: a person has to agree first."""
    job = held_job(session, claimed)
    if job is None:
        return False
    _end(job, JobState.HELD, None, detail=detail)
    _record_end(session, job, "job.held", now)
    return True


def fail(session: Session, claimed: ClaimedJob, error: str, *, now: datetime, **detail: object) -> bool:
    """End the work badly; ``error`` is a code that the page turns into a sentence, with ``detail`` where need be."""
    job = held_job(session, claimed)
    if job is None:
        return False
    _end(job, JobState.FAILED, now, error=error, detail=detail)
    _record_end(session, job, "job.failed", now)
    return True


def try_later(
    session: Session, claimed: ClaimedJob, error: str, *, now: datetime, wait: int | None = None, asked: bool = False
) -> timedelta | None:
    """Put the work back for later and return how long to wait; None when it has been tried often enough and failed.

    ``asked``: the platform asked us to wait, which costs no attempt; after PATIENCE it does.
    """
    job = held_job(session, claimed)
    if job is None:
        return None
    if asked and now < job.created_at + PATIENCE:
        job.attempts -= 1
    if job.attempts >= MOST_ATTEMPTS:
        _end(job, JobState.FAILED, now, error=error)
        _record_end(session, job, "job.failed", now)
        return None
    pause = FIRST_WAIT * (1 << max(job.attempts - 1, 0)) if wait is None else min(timedelta(seconds=wait), LEASE)
    job.state, job.error, job.lease_token = JobState.QUEUED, error, None
    job.lease_until = database_now(session) + pause
    return pause


def find_due_jobs(session: Session, *, most: int) -> list[int]:
    """Return the jobs that wait and are leased to nobody, oldest first: what a lost wake-up left behind.

    What calls a platform that rests is not among them.
    """
    clock = database_now(session)
    return list(
        session.scalars(
            select(Job.id)
            .join(Context, Context.id == Job.context_ref)
            .outerjoin(PlatformLane, PlatformLane.registration_id == Context.registration_id)
            .where(*job_is_due(clock), or_(Job.kind.not_in(CALLING_KINDS), lane_is_open(clock)))
            .order_by(Job.id)
            .limit(most)
        )
    )


def lane_is_open(clock: datetime) -> ColumnElement[bool]:
    """Return the condition that an outer-joined lane lets somebody call."""
    return and_(
        or_(PlatformLane.rests_until.is_(None), PlatformLane.rests_until <= clock),
        or_(PlatformLane.paused_until.is_(None), PlatformLane.paused_until <= clock),
    )


def find_job(session: Session, sitter: Sitter, job_id: int) -> Job:
    """Return a job of the sitter's course, locked; raise NotFound for any other."""
    job = session.scalars(
        select(Job)
        .where(Job.id == job_id, Job.institution_id == sitter.institution_id, Job.context_ref == sitter.context_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if job is None:
        raise NotFound
    return job


def starter_of(session: Session, job: Job) -> Sitter:
    """Return the person who started the job, as the one who acts: the audit trail names who, not "the tool"."""
    course = session.get_one(Context, job.context_ref)
    person = session.get_one(Person, job.started_by_id)
    return Sitter(
        seat_id=0,
        institution_id=job.institution_id,
        person_id=person.id,
        person_name=person.shown_name,
        role=SeatRole.FACULTY,
        roles=(SeatRole.FACULTY,),
        registration_id=course.registration_id,
        context_id=course.id,
        context_title=course.shown_title,
        track_id=job.track_id,
    )


def job_is_due(clock: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a job that waits and is leased to nobody."""
    return (Job.state.in_(WAITING), or_(Job.lease_until.is_(None), Job.lease_until < clock))


def _end(
    job: Job, state: JobState, at: datetime | None, *, error: str | None = None, detail: Mapping[str, object] = NOTHING
) -> None:
    job.state, job.error, job.finished_at = state, error, at
    job.detail = {**job.detail, **detail}
    job.lease_token = job.lease_until = None


def _record_end(session: Session, job: Job, action: str, now: datetime) -> None:
    record(
        session, None, action, "job", job.id, now=now,
        institution_id=job.institution_id, context_id=job.context_ref, code=job.error or "",
    )  # fmt: skip
