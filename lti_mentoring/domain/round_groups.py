"""Which of a course's groups stay together in a round, and what is in the way of it.

Whatever is in the way is told before the round is drawn up, and then none of it is: a group that is half kept is none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from lti_mentoring.domain.groups import GroupKind
from lti_mentoring.errors import Refused

if TYPE_CHECKING:
    from lti_mentoring.domain.matching.problem import Groups

SHORT = 8
"""So much of the platform's id stands for a name that it does not tell."""


class Trouble(StrEnum):
    """Why groups cannot be kept together."""

    NO_SUCH_SET = "no_such_set"
    """The course has no such set of groups, or has it no more."""
    NOBODY_WAITS = "nobody_waits"
    """Of no group anybody waits for a mentor."""
    IN_TWO = "in_two"
    """Somebody is in two groups of the set."""
    HAS_MENTOR = "has_mentor"
    """Somebody of the group has a mentor already, and others wait."""
    TOO_LARGE = "too_large"
    """No mentor has as many free places as the group has people who wait."""


@dataclass(frozen=True, slots=True)
class GroupSet:
    """Groups of one kind that belong together. ``name`` blank: those that are in no set."""

    kind: GroupKind
    name: str
    groups: int

    @property
    def key(self) -> str:
        """What a form and a round call it."""
        return f"{self.kind.value}:{self.name}"


@dataclass(frozen=True, slots=True)
class GroupNow:
    """One group, and who of the course's students is in it. ``name`` is never blank."""

    name: str
    people: frozenset[int]


@dataclass(frozen=True, slots=True)
class Hindrance:
    """One thing that is in the way. ``places``: the most that a mentor has free, where it is about them."""

    trouble: Trouble
    groups: tuple[str, ...] = ()
    people: tuple[int, ...] = ()
    size: int = 0
    places: int = 0


@dataclass(frozen=True, slots=True)
class KeptTogether:
    """Who stays together. ``names``: what the group of a unit is called; ``empty``: groups without any student."""

    groups: Groups = ()
    names: Mapping[int, str] = field(default_factory=dict)
    empty: tuple[str, ...] = ()
    alone: int = 0
    """How many of those who wait are matched alone."""

    @property
    def size(self) -> int:
        """People of the largest group; 1 where nobody stays together."""
        return max(map(len, self.groups), default=1)


class GroupsInTheWay(Refused):
    """Groups cannot be kept together as they are; nothing was drawn up. ``names``: of the people who are named."""

    code = "groups_in_the_way"

    def __init__(self, hindrances: Iterable[Hindrance], names: Mapping[int, str]) -> None:
        self.hindrances, self.names = tuple(hindrances), dict(names)
        super().__init__(number=len(self.hindrances))


def read_key(key: str) -> tuple[GroupKind, str] | None:
    """Return the kind and name of a set of groups; None for what is no key of one."""
    kind, parted, name = key.partition(":")
    return (GroupKind(kind), name) if parted and kind in set(GroupKind) else None


def shown_name(name: str, external_id: str) -> str:
    """Return what a group is called in a round: the beginning of its id stands for a name that is not told."""
    return name or external_id[:SHORT]


def keep_together(groups: Iterable[GroupNow], waiting: Collection[int]) -> KeptTogether:
    """Return who of those who wait stays together. Whose whole group waits for nobody is no part of the round."""
    found = list(groups)
    together = [(one, tuple(sorted(one.people.intersection(waiting)))) for one in found]
    kept = [(one.name, people) for one, people in together if len(people) > 1]
    return KeptTogether(
        groups=tuple(sorted(people for _, people in kept)),
        names={people[0]: name for name, people in kept},
        empty=tuple(sorted(one.name for one in found if not one.people)),
        alone=len(waiting) - len({one for _, people in kept for one in people}),
    )


def hindrances(groups: Iterable[GroupNow], waiting: Collection[int], most_free: int) -> Iterator[Hindrance]:
    """Yield all that is in the way of these groups' staying together; ``most_free``: places of whoever has most."""
    found = sorted(groups, key=lambda one: one.name)
    if not found:
        yield Hindrance(Trouble.NO_SUCH_SET)
        return
    if all(one.people.isdisjoint(waiting) for one in found):
        yield Hindrance(Trouble.NOBODY_WAITS)
    yield from _in_two(found, waiting)
    for one in found:
        wait = one.people.intersection(waiting)
        if wait and (others := one.people - wait):
            yield Hindrance(Trouble.HAS_MENTOR, (one.name,), tuple(sorted(others)), len(wait))
        if len(wait) > max(1, most_free):
            yield Hindrance(Trouble.TOO_LARGE, (one.name,), size=len(wait), places=most_free)


def _in_two(groups: Iterable[GroupNow], waiting: Collection[int]) -> Iterator[Hindrance]:
    inside: defaultdict[int, list[str]] = defaultdict(list)
    for one in groups:
        for person in one.people.intersection(waiting):
            inside[person].append(one.name)
    for person, names in sorted(inside.items()):
        if len(names) > 1:
            yield Hindrance(Trouble.IN_TWO, tuple(names), (person,))
