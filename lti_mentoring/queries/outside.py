"""Where a mentor from outside the course may sit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.models import Account, Context, Mentor, Person, Track, TrackState

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class PlaceToSit:
    """One track that somebody mentors in."""

    mentor_id: int
    track_id: int
    track: str
    course: str
    students: int
    institution_id: int
    person_id: int
    registration_id: int
    context_id: int
    locale: str | None


def places_of(session: Session, account_id: int) -> tuple[PlaceToSit, ...]:
    """Return the tracks that an outside mentor's account leads to, closed ones left out; one statement."""
    rows = session.execute(
        select(Mentor, Track, Context, Person)
        .join(Account, Account.person_id == Mentor.person_id)
        .join(Person, Person.id == Mentor.person_id)
        .join(Track, Track.id == Mentor.track_id)
        .join(Context, Context.id == Track.context_ref)
        .where(
            Account.id == account_id,
            Mentor.institution_id == Account.institution_id,
            Mentor.active.is_(True),
            Track.state != TrackState.CLOSED,
        )
        .order_by(Context.title, Track.title, Mentor.id)
    )
    return tuple(
        PlaceToSit(
            mentor_id=mentor.id,
            track_id=track.id,
            track=track.title,
            course=course.shown_title,
            students=mentor.taken,
            institution_id=mentor.institution_id,
            person_id=person.id,
            registration_id=course.registration_id,
            context_id=course.id,
            locale=person.locale,
        )
        for mentor, track, course, person in rows
    )
