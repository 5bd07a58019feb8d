"""Long work as pages show it: how far it is, how it ended, and whom it could not serve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.errors import NotFound
from lti_mentoring.models import Job, JobKind, JobState, Person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter

OPEN = (JobState.QUEUED, JobState.RUNNING, JobState.HELD)
MOST_NAMES = 50


@dataclass(frozen=True, slots=True)
class JobView:
    """One piece of long work. ``numbers`` says what it changed; ``total`` is None while nobody knows it."""

    job_id: int
    kind: JobKind
    state: JobState
    done: int
    total: int | None
    error: str | None
    numbers: dict[str, int]
    failures: tuple[tuple[str, str], ...]
    """Whom it could not serve: name and the failure's code."""
    gone: tuple[str, ...]
    """Names of those whom a held list would mark as gone, at most MOST_NAMES."""
    created_at: datetime
    finished_at: datetime | None

    @property
    def is_under_way(self) -> bool:
        """Whether a worker has it, or will."""
        return self.state in {JobState.QUEUED, JobState.RUNNING}

    @property
    def is_held(self) -> bool:
        """Whether it waits for a person."""
        return self.state is JobState.HELD

    @property
    def is_failed(self) -> bool:
        """Whether it was given up."""
        return self.state is JobState.FAILED


def find_job_view(session: Session, sitter: Sitter, job_id: int) -> JobView:
    """Return one job of the sitter's course; raise NotFound for any other."""
    job = session.scalars(
        select(Job).where(
            Job.id == job_id, Job.institution_id == sitter.institution_id, Job.context_ref == sitter.context_id
        )
    ).one_or_none()
    if job is None:
        raise NotFound
    return _views(session, [job])[0]


def latest_job(session: Session, sitter: Sitter, kind: JobKind) -> JobView | None:
    """Return the newest job of a kind in the sitter's course; a roster's page shows it, ended or not."""
    job = session.scalars(
        select(Job)
        .where(Job.context_ref == sitter.context_id, Job.institution_id == sitter.institution_id, Job.kind == kind)
        .order_by(Job.id.desc())
        .limit(1)
    ).first()
    return _views(session, [job])[0] if job else None


def open_jobs(session: Session, sitter: Sitter) -> list[JobView]:
    """Return the work that is under way or waits for a person in the sitter's course, oldest first."""
    jobs = session.scalars(
        select(Job)
        .where(
            Job.context_ref == sitter.context_id,
            Job.institution_id == sitter.institution_id,
            Job.state.in_(OPEN),
        )
        .order_by(Job.id)
    ).all()
    return _views(session, jobs)


def _views(session: Session, jobs: Sequence[Job]) -> list[JobView]:
    named = {one["student_id"] for job in jobs for one in job.detail.get("failed", [])[:MOST_NAMES]}
    named |= {number for job in jobs for number in _gone(job)}
    names = _names(session, named)
    return [_view(job, names) for job in jobs]


def _view(job: Job, names: dict[int, str]) -> JobView:
    detail = job.detail
    numbers = {key: value for key, value in detail.items() if isinstance(value, int)}
    numbers |= {key: len(value) for key, value in detail.items() if isinstance(value, list)}
    failed = detail.get("failed", [])[:MOST_NAMES]
    return JobView(
        job_id=job.id,
        kind=job.kind,
        state=job.state,
        done=job.done,
        total=job.total,
        error=job.error,
        numbers=numbers,
        failures=tuple((names.get(one["student_id"], ""), one["code"]) for one in failed),
        gone=tuple(names[number] for number in _gone(job) if number in names),
        created_at=job.created_at,
        finished_at=job.finished_at,
    )


def _gone(job: Job) -> list[int]:
    gone: list[int] = job.detail.get("gone", [])[:MOST_NAMES] if job.state is JobState.HELD else []
    return gone


def _names(session: Session, people: set[int]) -> dict[int, str]:
    if not people:
        return {}
    return {one.id: one.shown_name for one in session.scalars(select(Person).where(Person.id.in_(people)))}
