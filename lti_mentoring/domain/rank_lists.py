"""Wishes: how mentors are found in a track, when students may say whom they would like, and what a list means.

A list has tiers from 1; mentors of one tier are equally welcome. Whoever stands in no tier is not wished for, unless
any of the others is fine, too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from lti_mentoring.errors import Conflict, NotFound, Refused

if TYPE_CHECKING:
    from lti_mentoring.domain.matching.problem import Tiers

USUAL_REPLY_DAYS = 3
MOST_REPLY_DAYS = 30


TRUTHFUL = "stable"
"""The one rule by which no list gets a student a mentor whom they like better than the true one does.

Dubins and Freedman 1981; Roth 1985 for mentors with several places. Best fit and fairest weigh all lists together:
there a list that leaves somebody out can pay.
"""
IN_ANY_ORDER = "balanced"
"""The rule for which the order of wishes does not count."""


class MatchingWay(StrEnum):
    """How students and mentors come together in a track."""

    BY_HAND = "by_hand"
    REQUESTS = "requests"
    ROUNDS = "rounds"


class FacultyAsMentor(StrEnum):
    """What it means that a mentor teaches the course, and so may grade the same students."""

    ALLOW = "allow"
    WARN = "warn"
    """Faculty see it, and nobody is kept apart by it."""
    REFUSE = "refuse"
    """A conflict: no way of matching brings them together, and faculty by hand only with a reason."""


USUAL_FACULTY_AS_MENTOR = FacultyAsMentor.REFUSE
"""Whoever grades a student does not mentor them, unless faculty say otherwise."""


class LimitKind(StrEnum):
    """A hard limit that a mentor sets: only students of one section or group; at most so many new ones in a round."""

    ONLY_GROUP = "only_group"
    MOST_NEW = "most_new"


class Window(StrEnum):
    """Whether wishes can be given today."""

    OFF = "off"
    BEFORE = "before"
    OPEN = "open"
    OVER = "over"


class WishesClosed(Refused):
    """Wishes cannot be given today. Fact ``window``."""

    code = "wishes_closed"
    status = 409


class WishesChanged(Conflict):
    """The list was saved in another window meanwhile. Fact ``known``: its version now."""

    code = "wishes_changed"


class UnknownMentorWished(NotFound):
    """Somebody is named who does not mentor in this track and role (any more): the answer is the same for all."""

    code = "wishes_unknown_mentor"


class NotRanking(Refused):
    """The track does not ask mentors whom they would like."""

    code = "not_ranking"
    status = 409


@dataclass(frozen=True, slots=True)
class MatchingRules:
    """How a track matches; the defaults are those of a track in which faculty have set nothing."""

    way: MatchingWay = MatchingWay.BY_HAND
    wishes_from: date | None = None
    wishes_until: date | None = None
    """The last day."""
    reply_days: int = USUAL_REPLY_DAYS
    mentors_rank: bool = False
    strategy: str = TRUTHFUL
    """By which rule the next round is to be answered, as students are told when they give their wishes."""
    faculty_as_mentor: FacultyAsMentor = USUAL_FACULTY_AS_MENTOR

    def window(self, today: date) -> Window:
        """Say whether wishes can be given today."""
        if self.way is MatchingWay.BY_HAND:
            return Window.OFF
        if self.wishes_from is not None and today < self.wishes_from:
            return Window.BEFORE
        if self.wishes_until is not None and today > self.wishes_until:
            return Window.OVER
        return Window.OPEN


@dataclass(frozen=True, slots=True)
class Wishes:
    """What one student wishes: mentors in tiers, whom rather not, and whether anybody else is fine, too."""

    tiers: Tiers = ()
    any_other: bool = False
    vetoed: frozenset[int] = frozenset()

    @property
    def is_given(self) -> bool:
        """Whether this is a list at all; not wanting somebody is none."""
        return bool(self.tiers) or self.any_other

    def places(self) -> dict[int, int]:
        """Return each wished mentor's tier, from 1."""
        return {mentor: number for number, tier in enumerate(self.tiers, 1) for mentor in tier}


# ------------------------------------------------------------------ putting a list in order


def tidy(tiers: Iterable[Iterable[int]], *, any_other: bool, vetoed: Iterable[int]) -> Wishes:
    """Return wishes in which nobody stands twice, no tier is empty, and whoever is not wanted is not wished for."""
    unwanted = frozenset(vetoed)
    seen: set[int] = set(unwanted)
    kept: list[tuple[int, ...]] = []
    for tier in tiers:
        new = tuple(one for one in dict.fromkeys(tier) if one not in seen)
        seen.update(new)
        if new:
            kept.append(new)
    return Wishes(tuple(kept), any_other, unwanted)


def rearranged(tiers: Tiers, chosen: Mapping[int, int | None]) -> Tiers:
    """Return the tiers after their owner has chosen a number for each mentor; None: like the one above.

    Whoever stays where they are is not chosen anew. A mentor who goes up comes before whoever stood there, one who goes
    down after; those who are tied below go along.
    """
    moving: list[tuple[tuple[int, int, int], list[int]]] = []
    for number, tier in enumerate(tiers, 1):
        for index, mentor in enumerate(tier):
            wanted = chosen.get(mentor, None if index else number)
            if wanted is None and moving:
                moving[-1][1].append(mentor)
                continue
            target = wanted or 1
            stays = target == number and not index
            goes_down = target > number and not index
            moving.append(((target, 1 if stays else 2 if goes_down else 0, number), [mentor]))
    return tuple(tuple(group) for _, group in sorted(moving, key=lambda one: one[0]))


def raised(tiers: Tiers, mentor: int) -> Tiers:
    """Return the tiers with one mentor a step higher: out of a tie first, then past the tier above."""
    place = next((index for index, tier in enumerate(tiers) if mentor in tier), None)
    if place is None:
        return tiers
    others = tuple(one for one in tiers[place] if one != mentor)
    above = place if others else max(place - 1, 0)
    rest = [*tiers[:place], *([others] if others else []), *tiers[place + 1 :]]
    return (*rest[:above], (mentor,), *rest[above:])


def without(tiers: Tiers, mentors: Collection[int]) -> Tiers:
    """Return the tiers without some mentors; one that nobody is left in goes."""
    return tuple(left for tier in tiers if (left := tuple(one for one in tier if one not in mentors)))


def added(tiers: Tiers, mentor: int) -> Tiers:
    """Return the tiers with one more mentor, as the last wish."""
    return (*without(tiers, {mentor}), (mentor,))
