"""The parts of a course: its sections, or the groups of a set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.domain.groups import GroupKind
from lti_mentoring.models import Group, GroupMembership

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lti_mentoring.models import Track

SECTIONS = ""
"""The parts of a course by its sections; any other name is that of a set of groups."""


def divisions(session: Session, track: Track) -> tuple[str, ...]:
    """Return the ways in which the course is divided, its sections first; one statement."""
    rows = session.execute(select(Group.kind, Group.set_name).where(*_of_course(track)).distinct()).all()
    sets = sorted({name for kind, name in rows if kind is not GroupKind.SECTION and name})
    return (*((SECTIONS,) if any(kind is GroupKind.SECTION for kind, _ in rows) else ()), *sets)


def part_of(session: Session, track: Track, division: str = SECTIONS) -> dict[int, str]:
    """Return what each person's part is called, of several the first by name; one statement."""
    is_part = (
        (Group.kind == GroupKind.SECTION,)
        if division == SECTIONS
        else (Group.kind != GroupKind.SECTION, Group.set_name == division)
    )
    rows = session.execute(
        select(GroupMembership.person_id, Group.name, Group.external_id)
        .join(Group, Group.id == GroupMembership.group_id)
        .where(*_of_course(track), *is_part)
    )
    found: dict[int, str] = {}
    for person, name, number in rows:
        called = name or number
        found[person] = min(called, found.get(person, called))
    return found


def _of_course(track: Track) -> tuple[ColumnElement[bool], ...]:
    return (Group.context_ref == track.context_ref, Group.institution_id == track.institution_id)
