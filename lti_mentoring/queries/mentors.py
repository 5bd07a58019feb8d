"""The faculty's pages of mentors and students: the same few statements for ten people and for a thousand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from lti_mentoring.domain.applications import ApplicationState
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Context, Membership, MembershipStatus, Mentor, MentorApplication, Mentorship, Person
from lti_mentoring.queries.groups import GroupRow, groups_of, people_in
from lti_mentoring.queries.loads import Load, loads_of
from lti_mentoring.queries.paging import Paged, paged
from lti_mentoring.queries.room import MentorRow, Room, in_track, mentor_rows, mentors_of, of_course, room_in
from lti_mentoring.queries.waiting import WaitingRow, waiting_counts, waiting_rows, who_waits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.mentor_roles import MentorRole
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track

WAITING_PAGE = 25
MENTORS_PAGE = 50


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
        students, waits_for_it = waiting_counts(session, track, one.key)
        waits.append((one, waits_for_it))
    waiting = dict(waits)[chosen_role]
    mentors = session.scalar(select(func.count()).select_from(Mentor).where(*in_track(track))) or 0
    groups = groups_of(session, track)
    everybody = who_waits(session, track, chosen_role.key) if groups else frozenset()
    wanted = people_in(groups, group)
    chosen = waiting if wanted is None else len(everybody & wanted)
    waiting_paged = paged(chosen, waiting_page, WAITING_PAGE)
    mentors_paged = paged(mentors, mentors_page, MENTORS_PAGE)
    page = mentors_of(track).limit(mentors_paged.size).offset(mentors_paged.offset)
    here = mentor_rows(session, track, page)
    return MentorsPage(
        role=chosen_role,
        waits=tuple(waits),
        students=students,
        waiting=waiting,
        waiting_rows=waiting_rows(session, track, chosen_role.key, waiting_paged, group),
        waiting_paged=waiting_paged,
        room=room_in(session, track, chosen_role.key),
        mentors=here,
        mentors_paged=mentors_paged,
        groups=groups,
        waiting_people=everybody,
        chosen=chosen,
        applications=waiting_applications(session, track),
        has_list=course.memberships_url is not None,
        read_at=course.roster_synced_at,
        loads=loads_of(session, track, [one.mentor_id for one in here]),
    )


def mentor_page(session: Session, sitter: Sitter, track: Track, mentor_id: int) -> MentorPage:
    """Return one mentor of the track with students; raise NotFound for any other.

    Three statements, and three at most for each role in which they have students.
    """
    rows = mentor_rows(
        session, track, mentors_of(track).where(Mentor.id == mentor_id, Mentor.institution_id == sitter.institution_id)
    )
    if not rows:
        raise NotFound
    found = session.execute(
        select(Mentorship.id, Mentorship.started_at, Mentorship.role, Person, Membership.status)
        .join(Person, Person.id == Mentorship.student_id)
        .outerjoin(Membership, of_course(track, Mentorship.student_id))
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


def waiting_applications(session: Session, track: Track) -> int:
    """Return how many people wait to hear whether they become mentors."""
    waits = (MentorApplication.track_id == track.id, MentorApplication.state == ApplicationState.SENT)
    return session.scalar(select(func.count()).select_from(MentorApplication).where(*waits)) or 0
