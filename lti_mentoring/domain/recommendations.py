"""Would students choose a mentor again: who is asked, when answers are told, and how little of them.

What students said is told only together, from five answers on, and told anew only once the answers of at least five
students differ from what was told last: whoever subtracts one from the other learns of five people at once and never of
one. The number is rounded, and the ends are bands, so that also answers that are all alike are not told as such.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

BATCH = 5
"""Students. So many have to answer before anything is told, and to differ from what was told before it is told anew."""
ACQUAINTED = timedelta(weeks=4)
"""After so long with a mentor a student is asked."""
OUT_OF = 10
SOME = 2
"""From so many reservations on it is said that there are some, and never how many."""


class Again(StrEnum):
    """What a student answers."""

    YES = "yes"
    RESERVED = "reserved"
    NO = "no"


class Band(StrEnum):
    """How a number of students out of ten is to be read."""

    ABOUT = "about"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a mentor: ``of_ten`` students would choose them again; ``some_reserved``: not all gladly."""

    of_ten: int
    band: Band
    some_reserved: bool


@dataclass(frozen=True, slots=True)
class Count:
    """How many students answered what, when it was told."""

    yes: int = 0
    reserved: int = 0
    no: int = 0

    @property
    def students(self) -> int:
        """All who answered."""
        return self.yes + self.reserved + self.no


Standing = tuple[Again | None, Again | None]
"""Of one student: what they answer now, and what of them was told last; None: nothing."""


def is_acquainted(started_at: datetime, ended_at: datetime | None, *, now: datetime) -> bool:
    """Tell whether a student has, or had, this mentor for long enough to be asked."""
    return (ended_at or now) - started_at >= ACQUAINTED


def next_count(standings: Mapping[Standing, int]) -> Count | None:
    """Return what is to be told from now on, given how many students stand how; None: what was told stays.

    Nothing is left to tell, an empty count, where so many took their answers back that fewer than a batch remain.
    """
    if sum(number for (now, told), number in standings.items() if now is not told) < BATCH:
        return None
    given = {answer: sum(number for (now, _told), number in standings.items() if now is answer) for answer in Again}
    count = Count(given[Again.YES], given[Again.RESERVED], given[Again.NO])
    return count if count.students >= BATCH else Count()


def told_of(count: Count) -> Told | None:
    """Say of a count as much as may be said; None: too few answered.

    All and all but one are told alike, and so are nobody and one alone.
    """
    students, would = count.students, count.yes + count.reserved
    if students < BATCH:
        return None
    most = OUT_OF * (students - 1) // students
    some = count.reserved >= SOME
    if would >= students - 1:
        return Told(most, Band.AT_LEAST, some)
    if would <= 1:
        return Told(OUT_OF - most, Band.AT_MOST, some)
    nearest = (2 * OUT_OF * would + students) // (2 * students)
    return Told(min(max(nearest, OUT_OF - most), most), Band.ABOUT, some)
