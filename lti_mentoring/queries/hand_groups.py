"""The groups of a course that faculty wrote by hand, and the students who may stand in one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.domain.groups import GroupKind
from lti_mentoring.domain.hand_groups import write_lines
from lti_mentoring.models import Group, GroupMembership, Membership, MembershipStatus, Person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.models import Track


@dataclass(frozen=True, slots=True)
class Student:
    """A student of the course, as a line may name them."""

    person_id: int
    name: str
    email: str
    subject: str


def students_of(session: Session, track: Track) -> tuple[Student, ...]:
    """Return the course's students by name; one statement."""
    people = session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.context_ref == track.context_ref, Membership.is_student.is_(True),
            Membership.status != MembershipStatus.LEFT, Person.is_test_user.is_(False),
        )
        .order_by(Person.name, Person.id)
    )  # fmt: skip
    return tuple(Student(one.id, one.shown_name, one.email or "", one.subject) for one in people)


def written_now(session: Session, track: Track) -> str:
    """Return the groups as they would be written again; who is no student of the course any more is left out.

    Two statements.
    """
    students = students_of(session, track)
    by_number = {one.person_id: one for one in students}
    rows = session.execute(
        select(Group.name, GroupMembership.person_id)
        .join(GroupMembership, GroupMembership.group_id == Group.id)
        .where(
            Group.context_ref == track.context_ref, Group.institution_id == track.institution_id,
            Group.kind == GroupKind.BY_HAND,
        )
        .order_by(Group.id, GroupMembership.id)
    )  # fmt: skip
    groups: dict[str, list[Student]] = {}
    for name, person_id in rows:
        if person_id in by_number:
            groups.setdefault(name, []).append(by_number[person_id])
    return write_lines(groups.items(), students)
