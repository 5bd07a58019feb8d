"""Wishes: how mentors are found in a track, when students may say whom they would like, and what a list means.

A list has tiers from 1; mentors of one tier are equally welcome. Whoever stands in no tier is not wished for, unless
any of the others is fine, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

USUAL_REPLY_DAYS = 3
MOST_REPLY_DAYS = 30


class MatchingWay(StrEnum):
    """How students and mentors come together in a track."""

    BY_HAND = "by_hand"
    REQUESTS = "requests"
    ROUNDS = "rounds"


class FacultyAsMentor(StrEnum):
    """What it means that a mentor teaches the course, and so may grade the same students."""

    ALLOW = "allow"
    WARN = "warn"
    REFUSE = "refuse"


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


@dataclass(frozen=True, slots=True)
class MatchingRules:
    """How a track matches; the defaults are those of a track in which faculty have set nothing."""

    way: MatchingWay = MatchingWay.BY_HAND
    wishes_from: date | None = None
    wishes_until: date | None = None
    """The last day."""
    reply_days: int = USUAL_REPLY_DAYS
    mentors_rank: bool = False
    faculty_as_mentor: FacultyAsMentor = FacultyAsMentor.WARN

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

    tiers: tuple[tuple[int, ...], ...] = ()
    any_other: bool = False
    vetoed: frozenset[int] = frozenset()

    @property
    def is_given(self) -> bool:
        """Whether this is a list at all; not wanting somebody is none."""
        return bool(self.tiers) or self.any_other

    def places(self) -> dict[int, int]:
        """Return each wished mentor's tier, from 1."""
        return {mentor: number for number, tier in enumerate(self.tiers, 1) for mentor in tier}
