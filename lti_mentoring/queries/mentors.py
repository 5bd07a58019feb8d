"""The faculty's page of mentors and students: the same few statements for ten people and for a thousand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from lti_mentoring.domain.applications import ApplicationState
from lti_mentoring.domain.tests import may_be_given_students
from lti_mentoring.errors import NotFound
from lti_mentoring.models import (
    Context,
    Group,
    GroupMembership,
    Membership,
    MembershipStatus,
    Mentor,
    MentorApplication,
    Mentorship,
    Person,
)
from lti_mentoring.queries.accepting import takes_nobody
from lti_mentoring.queries.groups import GroupRow, groups_of, people_in
from lti_mentoring.queries.loads import Load, loads_of
from lti_mentoring.queries.mentor_roles import served, serves
from lti_mentoring.queries.trained import held_back, mentor_has_passed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.mentor_roles import MentorRole
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track

WAITING_PAGE = 25
MENTORS_PAGE = 50
MOST_IN_A_LIST = 50
"""So many mentors with room are listed to choose from; of more, one is looked for on a page of its own."""


@dataclass(frozen=True, slots=True)
class Paged:
    """Which page of how many."""

    number: int
    pages: int
    total: int
    size: int

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return (self.number - 1) * self.size


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


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A student without a mentor."""

    person_id: int
    name: str
    status: MembershipStatus
    held_back: bool = False
    """Has not passed the test that the track asks for before a mentor."""


@dataclass(frozen=True, slots=True)
class MenteeRow:
    """A student of one mentor."""

    mentorship_id: int
    person_id: int
    name: str
    status: MembershipStatus
    started_at: datetime
    role: str = ""
    """Key of the role in which the mentor serves this student."""
    role_name: str = ""
    """What it is called; "" where the track tells none apart."""


@dataclass(frozen=True, slots=True)
class MentorsPage:
    """All that the page of mentors says; who waits, and who has room, is about one role."""

    role: MentorRole
    waits: tuple[tuple[MentorRole, int], ...]
    """How many wait for each role of the track."""
    students: int
    waiting: int
    waiting_rows: tuple[WaitingRow, ...]
    waiting_paged: Paged
    room: Room
    mentors: tuple[MentorRow, ...]
    mentors_paged: Paged
    groups: tuple[GroupRow, ...]
    waiting_people: frozenset[int]
    """Everybody who waits, whatever section was asked for."""
    chosen: int
    """How many of those who wait are in the section or group that was asked for."""
    applications: int
    """How many people wait to hear whether they become mentors."""
    has_list: bool
    """Whether the platform offers the course's list."""
    read_at: datetime | None
    loads: Mapping[int, Load]
    """What each of ``mentors`` has to carry besides, by number."""

    def served_by(self, row: MentorRow) -> str:
        """Say in which roles a mentor serves; "" where the track tells none apart."""
        return "" if row.roles is None else ", ".join(one.name for one, _number in self.waits if one.key in row.roles)

    @property
    def with_mentor(self) -> int:
        """Students who have a mentor in the role."""
        return self.students - self.waiting


@dataclass(frozen=True, slots=True)
class MentorPage:
    """One mentor's students, and to whom they could go."""

    mentor: MentorRow
    load: Load
    mentees: tuple[MenteeRow, ...]
    rooms: Mapping[str, Room]
    """The room that others have, for each role in which the mentor has students."""

    def to_move(self, row: MenteeRow) -> Room:
        """Return who could have a student instead, in the same role."""
        return self.rooms[row.role]


def paged(total: int, number: int, size: int) -> Paged:
    """Return the page asked for, or the nearest that there is."""
    pages = max(1, -(-total // size))
    return Paged(min(max(number, 1), pages), pages, total, size)


def mentors_page(
    session: Session,
    track: Track,
    *,
    role: str | None = None,
    waiting_page: int = 1,
    mentors_page: int = 1,
    group: int | None = None,
) -> MentorsPage:
    """Return the page; fourteen statements at most, one more for each further role, however many people there are.

    ``role``: whose waiting is shown; the track's first, where it is none of them. ``group`` narrows who waits.
    """
    chosen_role = next((one for one in track.roles if one.key == role), track.roles[0])
    course = session.get_one(Context, track.context_ref)
    waits = []
    for one in track.roles:
        students, waits_for_it = _counts(session, track, one.key)
        waits.append((one, waits_for_it))
    waiting = dict(waits)[chosen_role]
    mentors = session.scalar(select(func.count()).select_from(Mentor).where(*_in_track(track))) or 0
    groups = groups_of(session, track)
    everybody = _waiting_people(session, track, chosen_role.key) if groups else frozenset()
    wanted = people_in(groups, group)
    chosen = waiting if wanted is None else len(everybody & wanted)
    waiting_paged = paged(chosen, waiting_page, WAITING_PAGE)
    mentors_paged = paged(mentors, mentors_page, MENTORS_PAGE)
    mentor_rows = _mentor_rows(session, track, _page(_mentors(track), mentors_paged))
    return MentorsPage(
        role=chosen_role,
        waits=tuple(waits),
        students=students,
        waiting=waiting,
        waiting_rows=_waiting(session, track, chosen_role.key, waiting_paged, group),
        waiting_paged=waiting_paged,
        room=room_in(session, track, chosen_role.key),
        mentors=mentor_rows,
        mentors_paged=mentors_paged,
        groups=groups,
        waiting_people=everybody,
        chosen=chosen,
        applications=waiting_applications(session, track),
        has_list=course.memberships_url is not None,
        read_at=course.roster_synced_at,
        loads=loads_of(session, track, [one.mentor_id for one in mentor_rows]),
    )


def room_in(session: Session, track: Track, role: str | None = None, *, beside: int | None = None) -> Room:
    """Return who can take a student in a role (None: in any), ``beside`` one mentor; three statements at most."""
    able = [*has_room(track), true() if role is None else serves(track, role)]
    if beside is not None:
        able.append(Mentor.id != beside)
    number, free = session.execute(
        select(func.count(), func.coalesce(func.sum(Mentor.places - Mentor.taken), 0))
        .select_from(Mentor)
        .outerjoin(Membership, _of_course(track, Mentor.person_id))
        .where(*_in_track(track), *able)
    ).one()
    few = 0 < number <= MOST_IN_A_LIST
    return Room(number, free, _mentor_rows(session, track, _mentors(track).where(*able)) if few else ())


def has_room(track: Track) -> tuple[ColumnElement[bool], ...]:
    """Say of a mentor's row, joined with what they are in the course, that they can take a student now.

    Who has no free place, has left, pauses or lacks what is needed cannot.
    """
    is_here = or_(Membership.status.is_(None), Membership.status != MembershipStatus.LEFT)
    return (Mentor.taken < Mentor.places, is_here, ~takes_nobody(track))


def mentor_page(session: Session, sitter: Sitter, track: Track, mentor_id: int) -> MentorPage:
    """Return one mentor of the track with students; raise NotFound for any other.

    Three statements, and three at most for each role in which they have students.
    """
    rows = _mentor_rows(
        session, track, _mentors(track).where(Mentor.id == mentor_id, Mentor.institution_id == sitter.institution_id)
    )
    if not rows:
        raise NotFound
    found = session.execute(
        select(Mentorship.id, Mentorship.started_at, Mentorship.role, Person, Membership.status)
        .join(Person, Person.id == Mentorship.student_id)
        .outerjoin(Membership, _of_course(track, Mentorship.student_id))
        .where(Mentorship.mentor_id == mentor_id, Mentorship.ended_at.is_(None))
        .order_by(Person.name, Person.id)
    )
    mentees = tuple(
        MenteeRow(
            number,
            person.id,
            person.shown_name,
            status or MembershipStatus.LEFT,
            started_at,
            role,
            track.role_names.get(role, ""),
        )
        for number, started_at, role, person, status in found
    )
    roles = sorted({one.role for one in mentees})
    rooms = {role: room_in(session, track, role, beside=mentor_id) for role in roles}
    return MentorPage(rows[0], loads_of(session, track, [mentor_id])[mentor_id], mentees, rooms)


def _counts(session: Session, track: Track, role: str) -> tuple[int, int]:
    """Return how many students there are, and how many of them wait for a mentor in a role; one statement."""
    row = session.execute(
        select(func.count(), func.count(Mentorship.id)).select_from(Membership)
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(Mentorship, _open_mentorship(track, role))
        .where(*_is_student(track))
    ).one()  # fmt: skip
    return row[0], row[0] - row[1]


def waiting_applications(session: Session, track: Track) -> int:
    """Return how many people wait to hear whether they become mentors."""
    waits = (MentorApplication.track_id == track.id, MentorApplication.state == ApplicationState.SENT)
    return session.scalar(select(func.count()).select_from(MentorApplication).where(*waits)) or 0


def _waiting_people(session: Session, track: Track, role: str) -> frozenset[int]:
    return frozenset(
        session.scalars(
            select(Membership.person_id)
            .join(Person, Person.id == Membership.person_id)
            .outerjoin(Mentorship, _open_mentorship(track, role))
            .where(*_is_student(track), Mentorship.id.is_(None))
        )
    )


def _waiting(session: Session, track: Track, role: str, pages: Paged, group: int | None) -> tuple[WaitingRow, ...]:
    narrowed = [] if group is None else [Person.id.in_(_in_group(track, group))]
    rows = session.execute(
        select(Person, Membership.status, held_back(track, Person.id))
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(Mentorship, _open_mentorship(track, role))
        .where(*_is_student(track), Mentorship.id.is_(None), *narrowed)
        .order_by(Person.name, Person.id)
        .limit(pages.size)
        .offset(pages.offset)
    )
    return tuple(WaitingRow(person.id, person.shown_name, status, held) for person, status, held in rows)


def _in_group(track: Track, group: int) -> Any:
    return (
        select(GroupMembership.person_id)
        .join(Group, Group.id == GroupMembership.group_id)
        .where(Group.id == group, Group.context_ref == track.context_ref, Group.institution_id == track.institution_id)
    )


def _open_mentorship(track: Track, role: str) -> ColumnElement[bool]:
    return and_(
        Mentorship.track_id == track.id,
        Mentorship.student_id == Membership.person_id,
        Mentorship.role == role,
        Mentorship.ended_at.is_(None),
    )


def _is_student(track: Track) -> tuple[ColumnElement[bool], ...]:
    return (
        Membership.context_ref == track.context_ref,
        Membership.is_student.is_(True),
        Membership.status != MembershipStatus.LEFT,
        Person.is_test_user.is_(False),
    )


def _in_track(track: Track) -> tuple[ColumnElement[bool], ...]:
    return (Mentor.track_id == track.id, Mentor.active.is_(True))


def _of_course(track: Track, person: Any) -> ColumnElement[bool]:
    return and_(Membership.person_id == person, Membership.context_ref == track.context_ref)


def _mentors(track: Track) -> Any:
    return (
        select(Mentor, Person, Membership.status, Membership.is_faculty, mentor_has_passed(track))
        .join(Person, Person.id == Mentor.person_id)
        .outerjoin(Membership, _of_course(track, Mentor.person_id))
        .where(*_in_track(track))
        .order_by(Person.name, Person.id)
    )


def _page(wanted: Any, pages: Paged) -> Any:
    return wanted.limit(pages.size).offset(pages.offset)


def _mentor_rows(session: Session, track: Track, wanted: Any) -> tuple[MentorRow, ...]:
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
        )
        for mentor, person, status, teaches, passed in rows
    )
