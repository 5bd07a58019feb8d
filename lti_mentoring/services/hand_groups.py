"""Keep the groups that faculty write by hand: what is written replaces what was, as a whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from lti_mentoring.domain.assignment_csv import tidy
from lti_mentoring.domain.groups import LONGEST, GroupKind
from lti_mentoring.models import Context, Group, GroupMembership
from lti_mentoring.services.auditing import record
from lti_mentoring.services.upserting import insert_many

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track


def write_groups(
    session: Session, by: Sitter, track: Track, groups: Mapping[str, Collection[int]], *, now: datetime
) -> None:
    """Let the course have exactly these groups by hand: name → students. What the platform tells stays as it is.

    A group that keeps its name stays the same group for whoever looks at it or limits themselves to it.
    """
    course = session.get_one(Context, track.context_ref, with_for_update=True)
    before = _numbers(session, course)
    wanted = {tidy(name)[:LONGEST]: name for name in groups}
    session.execute(delete(GroupMembership).where(GroupMembership.group_id.in_(_by_hand(course))))
    gone = [number for key, number in before.items() if key not in wanted]
    session.execute(delete(Group).where(Group.id.in_(gone)))
    whose = {"institution_id": course.institution_id}
    new = [
        {**whose, "context_ref": course.id, "kind": GroupKind.BY_HAND, "external_id": key, "name": name, "set_name": ""}
        for key, name in wanted.items()
        if key not in before
    ]
    if new:
        insert_many(session, Group, new)
    numbers = _numbers(session, course)
    inside = [
        {**whose, "group_id": numbers[key], "person_id": person_id}
        for key, name in wanted.items()
        for person_id in groups[name]
    ]
    if inside:
        insert_many(session, GroupMembership, inside)
    record(session, by, "groups.written", "context", course.id, now=now, groups=len(groups), people=len(inside))


def _by_hand(course: Context) -> Any:
    return select(Group.id).where(Group.context_ref == course.id, Group.kind == GroupKind.BY_HAND)


def _numbers(session: Session, course: Context) -> dict[str, int]:
    rows = session.execute(_by_hand(course).add_columns(Group.external_id))
    return {key: number for number, key in rows}
