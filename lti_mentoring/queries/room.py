"""Who mentors in a track, each with their places, and who of them can take a student now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from lti_mentoring.domain.tests import may_be_given_students
from lti_mentoring.models import Membership, MembershipStatus, Mentor, Person
from lti_mentoring.queries.accepting import is_paused, lacks_credential, takes_nobody
from lti_mentoring.queries.mentor_roles import served, serves
from lti_mentoring.queries.trained import mentor_has_passed

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.models import Track

MOST_IN_A_LIST = 50
"""So many mentors with room are listed to choose from; of more, one is looked for on a page of its own."""


@dataclass(frozen=True, slots=True)
class MentorRow:
    """One mentor with places."""

    mentor_id: int
    person_id: int
    name: str
    field: str
    places: int
    taken: int
    status: MembershipStatus
    teaches: bool
    """Is faculty in this course, and so may grade the students."""
    is_trained: bool = True
    """Whether the mentor has passed the test that the track asks of mentors, if it asks for one."""
    roles: frozenset[str] | None = None
    """Keys of the roles in which they serve; None: the track has one."""
    lacks_credential: bool = False
    """Whether the track asks for a verified credential that they do not have."""
    pauses: bool = False
    """Whether they take nobody new at present, as their profile says."""

    @property
    def free(self) -> int:
        """Places that nobody has yet."""
        return max(0, self.places - self.taken)


@dataclass(frozen=True, slots=True)
class Room:
    """How many mentors can take a student, and how many places they have free together."""

    mentors: int
    free: int
    listed: tuple[MentorRow, ...] = ()
    """Each of them by name; nobody where they are more than ``MOST_IN_A_LIST``."""

    @property
    def are_many(self) -> bool:
        """Whether they are too many for a list."""
        return self.mentors > MOST_IN_A_LIST


def room_in(session: Session, track: Track, role: str | None = None, *, beside: int | None = None) -> Room:
    """Return who can take a student in a role (None: in any), ``beside`` one mentor; three statements at most."""
    able = [*has_room(track), true() if role is None else serves(track, role)]
    if beside is not None:
        able.append(Mentor.id != beside)
    number, free = session.execute(
        select(func.count(), func.coalesce(func.sum(Mentor.places - Mentor.taken), 0))
        .select_from(Mentor)
        .outerjoin(Membership, of_course(track, Mentor.person_id))
        .where(*in_track(track), *able)
    ).one()
    few = 0 < number <= MOST_IN_A_LIST
    return Room(number, free, mentor_rows(session, track, mentors_of(track).where(*able)) if few else ())


def has_room(track: Track) -> tuple[ColumnElement[bool], ...]:
    """Say of a mentor's row, joined with what they are in the course, that they can take a student now.

    Who has no free place, has left, pauses or lacks what is needed cannot.
    """
    is_here = or_(Membership.status.is_(None), Membership.status != MembershipStatus.LEFT)
    return (Mentor.taken < Mentor.places, is_here, ~takes_nobody(track))


def in_track(track: Track) -> tuple[ColumnElement[bool], ...]:
    """Say of a mentor's row that it is one of the track's mentors of today."""
    return (Mentor.track_id == track.id, Mentor.active.is_(True))


def of_course(track: Track, person: Any) -> ColumnElement[bool]:
    """Say which membership is a person's in the track's course."""
    return and_(Membership.person_id == person, Membership.context_ref == track.context_ref)


def mentors_of(track: Track) -> Any:
    """Select the track's mentors by name, as ``mentor_rows`` reads them."""
    return (
        select(
            Mentor,
            Person,
            Membership.status,
            Membership.is_faculty,
            mentor_has_passed(track),
            lacks_credential(),
            is_paused(),
        )
        .join(Person, Person.id == Mentor.person_id)
        .outerjoin(Membership, of_course(track, Mentor.person_id))
        .where(*in_track(track))
        .order_by(Person.name, Person.id)
    )


def mentor_rows(session: Session, track: Track, wanted: Any) -> tuple[MentorRow, ...]:
    """Return the mentors of a selection; two statements at most."""
    rows = session.execute(wanted.execution_options(populate_existing=True)).all()
    in_roles = served(session, track, [mentor.id for mentor, *_ in rows])
    return tuple(
        MentorRow(
            mentor.id,
            person.id,
            person.shown_name,
            mentor.field,
            mentor.places,
            mentor.taken,
            status or MembershipStatus.LEFT,
            bool(teaches),
            may_be_given_students(track.mentor_test is not None, passed),
            None if in_roles is None else in_roles.get(mentor.id, frozenset()),
            bool(lacks),
            bool(pauses),
        )
        for mentor, person, status, teaches, passed, lacks, pauses in rows
    )
