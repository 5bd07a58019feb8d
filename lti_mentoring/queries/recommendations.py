"""What a student is asked and answers about their mentors, for that student alone; and what is told of a mentor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, select

from lti_mentoring.domain.recommendations import Again, Count, Told, is_acquainted, told_of
from lti_mentoring.models import Mentor, Mentorship, Person, Recommendation, RecommendationCount

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track


@dataclass(frozen=True, slots=True)
class Asked:
    """One mentor about whom the sitter is asked, and what they answer at present; None: nothing."""

    mentor_id: int
    name: str
    answer: Again | None


def asked_about(session: Session, by: Sitter, track: Track, *, now: datetime) -> tuple[Asked, ...]:
    """Return the sitter's mentors of a track, of now and of before, whom they had for long enough; one statement.

    The platform's pretended student is asked nothing.
    """
    if by.is_test:
        return ()
    own = and_(Recommendation.mentor_id == Mentor.id, Recommendation.person_id == by.person_id)
    rows = session.execute(
        select(Mentorship.started_at, Mentorship.ended_at, Mentor.id, Person, Recommendation.answer)
        .join(Mentor, Mentor.id == Mentorship.mentor_id)
        .join(Person, Person.id == Mentor.person_id)
        .outerjoin(Recommendation, own)
        .where(
            Mentorship.track_id == track.id,
            Mentorship.institution_id == by.institution_id,
            Mentorship.student_id == by.person_id,
        )
        .order_by(Mentorship.id.desc())
    )
    # One mentor may serve the same student twice: in two roles, or again after another.
    found = {
        number: Asked(number, person.shown_name, answer)
        for started_at, ended_at, number, person, answer in rows
        if is_acquainted(started_at, ended_at, now=now)
    }
    return tuple(found.values())


def one_asked_about(session: Session, by: Sitter, track: Track, mentor_id: int, *, now: datetime) -> Asked | None:
    """Return what the sitter is asked about one mentor; None: nothing (yet)."""
    return next((one for one in asked_about(session, by, track, now=now) if one.mentor_id == mentor_id), None)


def told_of_mentor(session: Session, track: Track, mentor_id: int) -> Told | None:
    """Return what is told of a mentor of a track."""
    row = session.scalars(
        select(RecommendationCount).where(
            RecommendationCount.mentor_id == mentor_id, RecommendationCount.institution_id == track.institution_id
        )
    ).one_or_none()
    return told_of(Count(row.yes, row.reserved, row.no)) if row else None


def told_of_person(session: Session, institution_id: int, person_id: int) -> Told | None:
    """Return what is told of a person in all tracks of an institution in which they mentor."""
    columns = (RecommendationCount.yes, RecommendationCount.reserved, RecommendationCount.no)
    sums = session.execute(
        select(*(func.coalesce(func.sum(column), 0) for column in columns))
        .join(Mentor, Mentor.id == RecommendationCount.mentor_id)
        .where(
            Mentor.person_id == person_id,
            Mentor.active.is_(True),
            RecommendationCount.institution_id == institution_id,
        )
    ).one()
    return told_of(Count(*map(int, sums)))
