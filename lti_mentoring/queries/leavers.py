"""Who has left the course and is still together with somebody: proposed to faculty, never ended by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, exists, func, select

from lti_mentoring.domain.milestones import ProgressState
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Membership, MembershipStatus, Mentor, Mentorship, MilestoneProgress, Person
from lti_mentoring.models.alias import alias_of
from lti_mentoring.queries.room import room_in
from lti_mentoring.queries.seats import track_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track

MOST_LEFT = 200
"""Students who left that one page names; the next ones come when these are settled."""
Guide, Listed = alias_of(Person), alias_of(Membership)


@dataclass(frozen=True, slots=True)
class LeftMentor:
    """A mentor who has left the course and still has students."""

    mentor_id: int
    name: str
    students: int


@dataclass(frozen=True, slots=True)
class LeftStudent:
    """A student who has left the course and still has a place with a mentor. ``left_at`` None: was on no list."""

    mentorship_id: int
    student_id: int
    name: str
    mentor: str
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class LeaversPage:
    """Everybody who left and is still together with somebody."""

    mentors: tuple[LeftMentor, ...]
    students: tuple[LeftStudent, ...]


@dataclass(frozen=True, slots=True)
class Concerned:
    """A student whose mentor is to go. ``unread``: what was sent to the mentor and waits for an answer."""

    mentorship_id: int
    student_id: int
    name: str
    started_at: datetime
    unread: int


@dataclass(frozen=True, slots=True)
class Parting:
    """What it would mean that one mentor goes. ``elsewhere``: free places of the others."""

    mentor_id: int
    name: str
    has_left: bool
    students: tuple[Concerned, ...]
    elsewhere: int


def has_gone(track: Track, person: Any) -> ColumnElement[bool]:
    """Return the condition that a person has left the track's course; an outside mentor was never on its list."""
    return exists().where(
        Listed.context_ref == track.context_ref,
        Listed.person_id == person,
        Listed.status == MembershipStatus.LEFT,
    )


def count_leavers(session: Session, track: Track) -> int:
    """Return how many people who left are still together with somebody; two statements."""
    mentors = select(func.count()).select_from(Mentor).where(*_mentors_who_left(track))
    students = select(func.count(Mentorship.student_id.distinct())).where(*_of_students_who_left(track))
    return (session.scalar(mentors) or 0) + (session.scalar(students) or 0)


def leavers_page(session: Session, sitter: Sitter) -> LeaversPage:
    """Return who left the sitter's course and is still together with somebody; three statements."""
    track = track_of(session, sitter)
    mentors = session.execute(
        select(Mentor.id, Person, Mentor.taken)
        .join(Person, Person.id == Mentor.person_id)
        .where(*_mentors_who_left(track))
        .order_by(Person.name, Person.id)
    )
    students = session.execute(
        select(Mentorship.id, Person, Guide, Membership.left_at)
        .join(Person, Person.id == Mentorship.student_id)
        .join(Mentor, Mentor.id == Mentorship.mentor_id)
        .join(Guide, Guide.id == Mentor.person_id)
        .outerjoin(
            Membership, and_(Membership.person_id == Mentorship.student_id, Membership.context_ref == track.context_ref)
        )
        .where(*_of_students_who_left(track))
        .order_by(Person.name, Person.id, Mentorship.id)
        .limit(MOST_LEFT)
    )
    return LeaversPage(
        tuple(LeftMentor(number, person.shown_name, taken) for number, person, taken in mentors),
        tuple(
            LeftStudent(number, person.id, person.shown_name, guide.shown_name, left_at)
            for number, person, guide, left_at in students
        ),
    )


def parting(session: Session, sitter: Sitter, mentor_id: int) -> Parting:
    """Return who is concerned when a mentor of the sitter's track goes; raise NotFound for any other mentor."""
    track = track_of(session, sitter)
    found = session.execute(
        select(Person, has_gone(track, Mentor.person_id))
        .join(Mentor, Mentor.person_id == Person.id)
        .where(
            Mentor.id == mentor_id, Mentor.track_id == track.id, Mentor.institution_id == sitter.institution_id,
            Mentor.active.is_(True),
        )
    ).one_or_none()  # fmt: skip
    if found is None:
        raise NotFound
    unread = (
        select(func.count())
        .select_from(MilestoneProgress)
        .where(
            MilestoneProgress.track_id == track.id, MilestoneProgress.student_id == Mentorship.student_id,
            MilestoneProgress.state == ProgressState.SUBMITTED,
        )
        .scalar_subquery()
    )  # fmt: skip
    students = session.execute(
        select(Mentorship.id, Person, Mentorship.started_at, unread)
        .join(Person, Person.id == Mentorship.student_id)
        .where(Mentorship.mentor_id == mentor_id, Mentorship.ended_at.is_(None))
        .order_by(Person.name, Person.id, Mentorship.id)
    )
    person, gone = found
    return Parting(
        mentor_id,
        person.shown_name,
        gone,
        tuple(Concerned(number, who.id, who.shown_name, since, waits) for number, who, since, waits in students),
        room_in(session, track, beside=mentor_id).free,
    )


def _mentors_who_left(track: Track) -> tuple[ColumnElement[bool], ...]:
    return (
        Mentor.track_id == track.id, Mentor.active.is_(True), Mentor.taken > 0, has_gone(track, Mentor.person_id),
    )  # fmt: skip


def _of_students_who_left(track: Track) -> tuple[ColumnElement[bool], ...]:
    return (
        Mentorship.track_id == track.id, Mentorship.ended_at.is_(None), has_gone(track, Mentorship.student_id),
    )  # fmt: skip
