"""What a mentor chose for themselves: limits, and whom they would like; nobody else's are read for a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from lti_mentoring.domain.rank_lists import LimitKind
from lti_mentoring.errors import NotFound
from lti_mentoring.models import (
    Group,
    GroupMembership,
    Membership,
    MembershipStatus,
    Mentor,
    MentorLimit,
    Person,
    RankedStudent,
)
from lti_mentoring.queries.paging import Paged, paged
from lti_mentoring.queries.people import is_named

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.matching.problem import Tiers
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track

STUDENTS_PAGE = 25


@dataclass(frozen=True, slots=True)
class Limits:
    """A mentor's hard limits. ``group_id`` None with ``by_group``: the section that was chosen is gone."""

    by_group: bool = False
    group_id: int | None = None
    most_new: int | None = None


@dataclass(frozen=True, slots=True)
class StudentsPage:
    """Students for a mentor's list: those on it, and a page of the others."""

    named: dict[int, str]
    others: tuple[tuple[int, str], ...]
    paged: Paged


def own_mentor(session: Session, sitter: Sitter, track: Track) -> Mentor:
    """Return the sitter as mentor of the track; raise NotFound for who is none."""
    found = session.scalar(
        select(Mentor).where(
            Mentor.track_id == track.id,
            Mentor.institution_id == sitter.institution_id,
            Mentor.person_id == sitter.person_id,
            Mentor.active.is_(True),
        )
    )
    if found is None:
        raise NotFound
    return found


def own_limits(session: Session, mentor: Mentor) -> Limits:
    """Return a mentor's limits; one statement."""
    rows = {one.kind: one for one in session.scalars(select(MentorLimit).where(MentorLimit.mentor_id == mentor.id))}
    group, new = rows.get(LimitKind.ONLY_GROUP), rows.get(LimitKind.MOST_NEW)
    return Limits(group is not None, group.group_id if group else None, new.number if new else None)


def own_groups(session: Session, sitter: Sitter, track: Track) -> tuple[tuple[int, str], ...]:
    """Return the sections and groups that the sitter is in; those of others are not shown to mentors."""
    rows = session.execute(
        select(Group.id, Group.name, Group.external_id)
        .join(GroupMembership, GroupMembership.group_id == Group.id)
        .where(
            Group.context_ref == track.context_ref,
            Group.institution_id == sitter.institution_id,
            GroupMembership.person_id == sitter.person_id,
        )
        .order_by(Group.name, Group.id)
    )
    return tuple((number, name or external_id) for number, name, external_id in rows)


def own_list(session: Session, mentor: Mentor) -> Tiers:
    """Return the students whom a mentor would like, in tiers; one statement."""
    rows = session.execute(
        select(RankedStudent.tier, RankedStudent.person_id)
        .where(RankedStudent.mentor_id == mentor.id)
        .order_by(RankedStudent.tier, RankedStudent.id)
    )
    tiers: dict[int, list[int]] = {}
    for tier, person in rows:
        tiers.setdefault(tier, []).append(person)
    return tuple(map(tuple, tiers.values()))


def students_page(session: Session, track: Track, tiers: Tiers, *, wanted: str = "", number: int = 1) -> StudentsPage:
    """Return the students of a list by name, and a page of the others; three statements."""
    on_it = [person for tier in tiers for person in tier]
    named = session.scalars(select(Person).where(Person.id.in_(on_it)))
    others = (
        Membership.context_ref == track.context_ref,
        Membership.is_student.is_(True),
        Membership.status != MembershipStatus.LEFT,
        Person.is_test_user.is_(False),
        Person.id.not_in(on_it),
        *([is_named(wanted)] if wanted else []),
    )
    base = select(Person).join(Membership, Membership.person_id == Person.id).where(*others)
    total = session.scalar(base.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    pages = paged(total, number, STUDENTS_PAGE)
    rows = session.scalars(base.order_by(Person.name, Person.id).limit(STUDENTS_PAGE).offset(pages.offset))
    return StudentsPage(
        {who.id: who.shown_name for who in named}, tuple((who.id, who.shown_name) for who in rows), pages
    )
