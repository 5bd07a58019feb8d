"""A course's sections and groups, for the people who teach it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.domain.groups import GroupKind
from lti_mentoring.models import Group, GroupMembership

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.orm import Session

    from lti_mentoring.models import Track


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One section or group. ``name`` blank: the platform tells only its id; ``set_name`` blank: in no set."""

    id: int
    kind: GroupKind
    name: str
    external_id: str
    set_name: str
    people: frozenset[int]

    @property
    def order(self) -> tuple[bool, str, str, str]:
        """Sections first, then groups by their set, each by name."""
        return (self.kind is not GroupKind.SECTION, self.set_name.casefold(), self.name.casefold(), self.external_id)

    def among(self, people: Iterable[int]) -> int:
        """Return how many of these people are in it."""
        return len(self.people.intersection(people))


def groups_of(session: Session, track: Track) -> tuple[GroupRow, ...]:
    """Return the sections and groups of a track's course that anybody is in, in order; one statement."""
    rows = session.execute(
        select(Group.id, Group.kind, Group.name, Group.external_id, Group.set_name, GroupMembership.person_id)
        .join(GroupMembership, GroupMembership.group_id == Group.id)
        .where(Group.context_ref == track.context_ref, Group.institution_id == track.institution_id)
    )
    people: dict[int, set[int]] = {}
    facts: dict[int, tuple[GroupKind, str, str, str]] = {}
    for number, kind, name, external_id, set_name, person_id in rows:
        facts[number] = (kind, name, external_id, set_name)
        people.setdefault(number, set()).add(person_id)
    found = (GroupRow(number, *said, frozenset(people[number])) for number, said in facts.items())
    return tuple(sorted(found, key=lambda one: one.order))


def by_person(groups: Iterable[GroupRow]) -> Mapping[int, frozenset[int]]:
    """Return the numbers of each person's groups; who is in none is missing."""
    found: dict[int, set[int]] = {}
    for one in groups:
        for person_id in one.people:
            found.setdefault(person_id, set()).add(one.id)
    return {person_id: frozenset(numbers) for person_id, numbers in found.items()}


def people_in(groups: Iterable[GroupRow], wanted: int | None) -> frozenset[int] | None:
    """Return who is in the wanted group, nobody where there is no such group; None where none is wanted."""
    if wanted is None:
        return None
    return next((one.people for one in groups if one.id == wanted), frozenset())
