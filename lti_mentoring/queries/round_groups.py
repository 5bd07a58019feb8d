"""The groups of a course that a round may keep together, with the students who are in them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from sqlalchemy import and_, case, func, select

from lti_mentoring.domain.groups import GroupKind
from lti_mentoring.domain.rank_lists import LimitKind
from lti_mentoring.domain.round_groups import (
    GroupNow,
    GroupSet,
    GroupsInTheWay,
    KeptTogether,
    hindrances,
    keep_together,
    read_key,
    shown_name,
)
from lti_mentoring.models import Group, GroupMembership, Membership, MembershipStatus, Mentor, MentorLimit, Person
from lti_mentoring.queries.accepting import takes_nobody
from lti_mentoring.queries.mentor_roles import serves
from lti_mentoring.queries.rounds import matchable

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.models import Track

MOST_SAID = 20
"""Of so many hindrances the people are named; a page that names more is not read."""
NOBODY = 0
"""Stands in the row of somebody who is no student of the course, and of a group that nobody is in."""
ORDER = (GroupKind.GROUP, GroupKind.BY_HAND, GroupKind.SECTION)
"""What is most likely meant comes first."""


def group_sets(session: Session, track: Track) -> tuple[GroupSet, ...]:
    """Return the sets of groups that the course has, its sections last; one statement."""
    rows = session.execute(
        select(Group.kind, Group.set_name, func.count())
        .where(Group.context_ref == track.context_ref, Group.institution_id == track.institution_id)
        .group_by(Group.kind, Group.set_name)
    )
    found = [GroupSet(kind, name, number) for kind, name, number in rows]
    return tuple(sorted(found, key=lambda one: (ORDER.index(one.kind), one.name.casefold(), one.name)))


def groups_now(session: Session, track: Track, key: str) -> tuple[GroupNow, ...]:
    """Return the groups of a set, those without any student too; none where there is no such set. One statement."""
    wanted = read_key(key)
    if wanted is None:
        return ()
    kind, set_name = wanted
    here = and_(
        Membership.person_id == GroupMembership.person_id, Membership.context_ref == track.context_ref,
        Membership.is_student.is_(True), Membership.status != MembershipStatus.LEFT,
    )  # fmt: skip
    rows = session.execute(
        select(Group.id, Group.name, Group.external_id, func.coalesce(Person.id, NOBODY))
        .outerjoin(GroupMembership, GroupMembership.group_id == Group.id)
        .outerjoin(Membership, here)
        .outerjoin(Person, and_(Person.id == Membership.person_id, Person.is_test_user.is_(False)))
        .where(
            Group.context_ref == track.context_ref, Group.institution_id == track.institution_id,
            Group.kind == kind, Group.set_name == set_name,
        )
        .order_by(Group.id),
        execution_options={"yield_per": 10_000},
    )  # fmt: skip
    names: dict[int, str] = {}
    people: dict[int, set[int]] = {}
    for number, name, external_id, person_id in rows:
        names[number] = shown_name(name, external_id)
        people.setdefault(number, set()).add(person_id)
    return tuple(GroupNow(name, frozenset(people[number] - {NOBODY})) for number, name in names.items())


def kept_together(session: Session, track: Track, role: str, key: str, seeking: Collection[int]) -> KeptTogether:
    """Return who of those who wait stays together; nobody, and without a statement, for a blank key.

    Raises GroupsInTheWay with all that is in the way. Two statements, and one more where something is.
    """
    if not key:
        return KeptTogether(alone=len(seeking))
    groups, who = groups_now(session, track, key), frozenset(seeking)
    found = tuple(hindrances(groups, who, _most_free(session, track, role)))
    if found:
        raise GroupsInTheWay(
            found, _names(session, {one for hindrance in found[:MOST_SAID] for one in hindrance.people})
        )
    return keep_together(groups, who)


def check_groups(session: Session, track: Track, role: str, key: str) -> KeptTogether:
    """Return who would stay together of everybody who waits now; raises GroupsInTheWay. Four statements at most."""
    return kept_together(session, track, role, key, session.scalars(matchable(track, role)).all() if key else ())


def _most_free(session: Session, track: Track, role: str) -> int:
    """Return how many new students the mentor with most room takes."""
    free, limit = Mentor.places - Mentor.taken, MentorLimit.number
    wanted = (
        select(func.max(case((limit < free, limit), else_=free)))
        .select_from(Mentor)
        .outerjoin(MentorLimit, and_(MentorLimit.mentor_id == Mentor.id, MentorLimit.kind == LimitKind.MOST_NEW))
        .where(
            Mentor.track_id == track.id, Mentor.active.is_(True), serves(track, role),
            ~takes_nobody(track),
        )
    )  # fmt: skip
    return session.scalar(wanted) or 0


def _names(session: Session, people: Collection[int]) -> dict[int, str]:
    return {one.id: one.shown_name for one in session.scalars(select(Person).where(Person.id.in_(people)))}
