"""Students of a course without a mentor in a role: how many, who, and a page of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, func, select

from lti_mentoring.models import Group, GroupMembership, Membership, MembershipStatus, Mentorship, Person
from lti_mentoring.queries.trained import held_back

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.models import Track
    from lti_mentoring.queries.paging import Paged


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A student without a mentor."""

    person_id: int
    name: str
    status: MembershipStatus
    held_back: bool = False
    """Has not passed the test that the track asks for before a mentor."""


def waiting_counts(session: Session, track: Track, role: str) -> tuple[int, int]:
    """Return how many students there are, and how many of them wait for a mentor in a role; one statement."""
    row = session.execute(
        select(func.count(), func.count(Mentorship.id)).select_from(Membership)
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(Mentorship, _open_mentorship(track, role))
        .where(*_is_student(track))
    ).one()  # fmt: skip
    return row[0], row[0] - row[1]


def who_waits(session: Session, track: Track, role: str) -> frozenset[int]:
    """Return everybody who waits for a mentor in a role; one statement."""
    return frozenset(
        session.scalars(
            select(Membership.person_id)
            .join(Person, Person.id == Membership.person_id)
            .outerjoin(Mentorship, _open_mentorship(track, role))
            .where(*_is_student(track), Mentorship.id.is_(None))
        )
    )


def waiting_rows(session: Session, track: Track, role: str, pages: Paged, group: int | None) -> tuple[WaitingRow, ...]:
    """Return a page of those who wait, by name; ``group`` narrows them. One statement."""
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
