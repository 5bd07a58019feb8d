"""The parts of a course: its sections, the groups of a set, or those that faculty wrote by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.domain.groups import GroupKind
from lti_mentoring.models import Group, GroupMembership

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lti_mentoring.models import Track

SECTIONS, BY_HAND = "", "by_hand:"
"""The parts of a course by its sections, and by the groups written by hand; any other name is that of a set of groups.

By hand any list of the people can be compared: a campus, a year, a way of studying.
"""


def divisions(session: Session, track: Track) -> tuple[str, ...]:
    """Return the ways in which the course is divided, its sections first; one statement."""
    rows = session.execute(select(Group.kind, Group.set_name).where(*_of_course(track)).distinct()).all()
    sets = sorted({name for kind, name in rows if kind is GroupKind.GROUP and name})
    kinds = {kind for kind, _name in rows}
    return (
        *((SECTIONS,) if GroupKind.SECTION in kinds else ()),
        *sets,
        *((BY_HAND,) if GroupKind.BY_HAND in kinds else ()),
    )


def part_of(session: Session, track: Track, division: str = SECTIONS) -> dict[int, str]:
    """Return what each person's part is called, of several the first by name; one statement."""
    rows = session.execute(
        select(GroupMembership.person_id, Group.name, Group.external_id)
        .join(Group, Group.id == GroupMembership.group_id)
        .where(*_of_course(track), *_of_division(division))
    )
    found: dict[int, str] = {}
    for person, name, number in rows:
        called = name or number
        found[person] = min(called, found.get(person, called))
    return found


def _of_division(division: str) -> tuple[ColumnElement[bool], ...]:
    if division == SECTIONS:
        return (Group.kind == GroupKind.SECTION,)
    if division == BY_HAND:
        return (Group.kind == GroupKind.BY_HAND,)
    return (Group.kind == GroupKind.GROUP, Group.set_name == division)


def _of_course(track: Track) -> tuple[ColumnElement[bool], ...]:
    return (Group.context_ref == track.context_ref, Group.institution_id == track.institution_id)
