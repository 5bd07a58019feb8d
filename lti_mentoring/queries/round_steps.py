"""The publishing or taking back of a round, as its page shows it: under way, or what was in the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from lti_mentoring.domain.assigning import Obstacle, Stopped, Wish
from lti_mentoring.domain.rounds import RoundState
from lti_mentoring.models import Job, JobKind, Mentor, Mentorship, Person
from lti_mentoring.queries.jobs import JobView, find_job_view

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.queries.rounds import RoundView

BEFORE = {JobKind.PUBLISHING: RoundState.DRAFT, JobKind.TAKING_BACK: RoundState.PUBLISHED}
"""Where a round stands while such a job is still to be done."""


@dataclass(frozen=True, slots=True)
class RoundStep:
    """The newest such job of a round that has not come to its end, and the pairs that were in its way."""

    job: JobView
    stopped: tuple[Stopped, ...] = ()
    """By name; of very many only the first."""
    number: int = 0
    """How many there were in all."""


def round_step(session: Session, sitter: Sitter, view: RoundView) -> RoundStep | None:
    """Return the step that a round is in, or could not take; None where its last one is done. Five statements."""
    job = session.scalars(
        select(Job)
        .where(
            Job.institution_id == sitter.institution_id,
            Job.track_id == sitter.track_id,
            Job.kind.in_(BEFORE),
            Job.detail["round"].as_integer() == view.round_id,
        )
        .order_by(Job.id.desc())
        .limit(1)
    ).first()
    if job is None or BEFORE[job.kind] is not view.state:
        return None
    rows = job.detail.get("stopped", [])
    return RoundStep(
        find_job_view(session, sitter, job.id),
        tuple(_named(session, sitter, view.mentor_role, rows)) if rows else (),
        job.detail.get("number", 0),
    )


def _named(session: Session, sitter: Sitter, role: str, rows: Iterable[tuple[int, int, str]]) -> list[Stopped]:
    students = _names(session, select(Person.id, Person).where(Person.id.in_({row[0] for row in rows})))
    mentors = _names(
        session,
        select(Mentor.id, Person)
        .join(Person, Person.id == Mentor.person_id)
        .where(Mentor.id.in_({row[1] for row in rows}), Mentor.track_id == sitter.track_id),
    )
    others = _names(
        session,
        select(Mentorship.student_id, Person)
        .join(Mentor, Mentor.id == Mentorship.mentor_id)
        .join(Person, Person.id == Mentor.person_id)
        .where(
            Mentorship.track_id == sitter.track_id,
            Mentorship.role == role,
            Mentorship.student_id.in_(students),
            Mentorship.ended_at.is_(None),
        ),
    )
    return [
        Stopped(
            Wish(number, student_id, mentor_id, role), Obstacle(code),
            students.get(student_id, ""), mentors.get(mentor_id, ""), others.get(student_id, ""),
        )
        for number, (student_id, mentor_id, code) in enumerate(rows, start=1)
    ]  # fmt: skip


def _names(session: Session, wanted: Any) -> dict[int, str]:
    return {number: who.shown_name for number, who in session.execute(wanted)}
