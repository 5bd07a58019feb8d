"""Finding a mentor: in which order they are shown, whose clocks are near, and what is said of how they answer.

Never a ranking: who has free places comes first, and among equals each viewer has an order of their own that stays.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from lti_mentoring.domain.levels import Level
    from lti_mentoring.domain.profiles import Works


LEAST_ANSWERS = 5
"""Of fewer answers nothing is said: one slow week would speak for all."""
NEAR = timedelta(hours=3)
WEEK, MONTH = timedelta(days=7), timedelta(days=30)


class Reply(StrEnum):
    """How long a mentor usually takes to answer."""

    DAY = "day"
    DAYS = "days"
    WEEK = "week"
    LONGER = "longer"


class Active(StrEnum):
    """When a mentor was last here, coarsely."""

    WEEK = "week"
    MONTH = "month"
    LONGER = "longer"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for; all of it at once. Empty: anybody."""

    name: str = ""
    domain: str = ""
    """One of the four kinds of help."""
    specialty: str = ""
    skill: str = ""
    language: str = ""
    zone: str = ""
    works: Works | None = None
    """Meets students so, at least: who does both is found by either."""
    hours: bool = False
    """Has time in some of the hours in which the student who looks has time, too."""
    free: bool = False
    checked: bool = False
    level: Level | None = None
    """So far at least."""
    role: str | None = None
    """The key of the track's role in which they serve; a key may be blank, so None: whatever role."""

    @property
    def more(self) -> int:
        """How much is asked for besides the name."""
        asked = (
            self.domain, self.specialty, self.skill, self.language, self.zone, self.works, self.hours, self.free,
            self.checked, self.level, self.role is not None,
        )  # fmt: skip
        return sum(map(bool, asked))


def in_order(candidates: Iterable[tuple[int, int]], viewer: int) -> list[int]:
    """Return the mentors of (number, free places): the most places first, equals in the viewer's own lasting order."""

    def place(candidate: tuple[int, int]) -> tuple[int, bytes]:
        number, free = candidate
        return (-free, hashlib.sha256(f"{viewer}:{number}".encode()).digest())

    return [number for number, _free in sorted(candidates, key=place)]


def near_zones(zone: str, others: Iterable[str], *, now: datetime) -> list[str]:
    """Return those of the time zones whose clocks differ by three hours at most now, around the globe."""
    here = zone_of(zone)
    there = ((other, zone_of(other)) for other in others)
    return [other for other, known in there if here and known and _apart(here, known, now) <= NEAR]


def usual_reply(answers: Sequence[timedelta]) -> Reply | None:
    """Return how long half of the answers took at most; None while there are too few to say."""
    if len(answers) < LEAST_ANSWERS:
        return None
    half = median(answer.total_seconds() for answer in answers) / 86_400
    for most, reply in ((1, Reply.DAY), (3, Reply.DAYS), (7, Reply.WEEK)):
        if half <= most:
            return reply
    return Reply.LONGER


def last_active(at: datetime | None, *, now: datetime) -> Active:
    """Return when somebody was last here, coarsely."""
    if at is None or now - at > MONTH:
        return Active.LONGER
    return Active.WEEK if now - at <= WEEK else Active.MONTH


def zone_of(name: str) -> ZoneInfo | None:
    """Return a time zone; None for one that this machine does not know: zones are renamed and taken away."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # not there; no name; a folder of them
        return None


def _apart(one: ZoneInfo, other: ZoneInfo, now: datetime) -> timedelta:
    first, second = (now.astimezone(zone).utcoffset() or timedelta(0) for zone in (one, other))
    apart = abs(first - second)
    return min(apart, timedelta(hours=24) - apart)
