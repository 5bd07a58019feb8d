"""What a student looks for, beside what a mentor offers: how much the two have in common, by what counts.

Hours are looked at by the clock of the world: each side ticks coarse parts of a week by its own clock, and the quarters
of an hour in which both have time are counted, whatever the difference of their clocks (there are some of 45 minutes).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from lti_mentoring.domain.directory import zone_of
from lti_mentoring.domain.fitting import Likeness, Trait
from lti_mentoring.domain.profiles import HOURS, CareerStage, TermKind
from lti_mentoring.domain.track_templates import N_

STYLE = (
    ("pace", N_("Meetings"), N_("Short and often"), N_("Longer and less often")),
    ("lead", N_("Topics"), N_("I bring the topics"), N_("The mentor brings the topics")),
    ("answers", N_("Answers"), N_("The mentor says what they would do"), N_("The mentor asks until I find it")),
    ("plan", N_("Plans"), N_("A plan with dates"), N_("One step at a time")),
)
"""The questions of a mentor's profile as a student is asked them: the same keys, the same ends."""
EITHER = "both"
"""The answer of whom either end suits."""
HELP = (TermKind.DOMAIN, TermKind.SPECIALTY, TermKind.SKILL)
ENOUGH = 4
"""Hours of a usual week in which both have time; more of them is no better."""
QUARTER = timedelta(minutes=15)
A_DAY, A_WEEK = 24 * 4, 7 * 24 * 4
"""In quarters of an hour."""


@dataclass(frozen=True, slots=True)
class Side:
    """What one side says. ``week``: a bit for each quarter of an hour of a usual week, by the clock of the world."""

    help: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    style: Mapping[str, str] = field(default_factory=dict)
    career: CareerStage | None = None
    week: int = 0


@dataclass(frozen=True, slots=True)
class Shared:
    """What a student looks for and a mentor offers. ``hours``: of a usual week in which both have time."""

    help: tuple[str, ...]
    languages: tuple[str, ...]
    hours: float

    def __bool__(self) -> bool:
        """Tell whether there is anything."""
        return bool(self.help or self.languages or self.hours)


def side_of(
    terms: Mapping[TermKind, Collection[str]],
    style: Mapping[str, str],
    career: CareerStage | None,
    zone: str,
    *,
    on: date,
) -> Side:
    """Put together what one side says. ``on``: the day by whose clocks hours are looked at."""
    wanted = frozenset(key for kind in HELP for key in terms.get(kind, ()))
    hours = frozenset(key for key in terms.get(TermKind.HOURS, ()) if key in HOURS)
    week = week_of(hours, zone, on) if hours and zone else 0
    return Side(wanted, frozenset(terms.get(TermKind.LANGUAGE, ())), style, career, week)


@lru_cache(maxsize=10_000)  # a cohort ticks few different weeks in few zones
def week_of(hours: frozenset[str], zone: str, on: date) -> int:
    """Return the quarters of an hour of these parts of a week in a zone, as its clocks stand on a day."""
    known = zone_of(zone)
    if known is None:
        return 0
    ahead = (datetime.combine(on, time(12), known).utcoffset() or timedelta(0)) // QUARTER
    found = 0
    for days, first, last in (HOURS[key] for key in hours):
        for day in days:
            for quarter in range(first * 4, last * 4):
                found |= 1 << (day * A_DAY + quarter - ahead) % A_WEEK
    return found


def likeness(student: Side, mentor: Side) -> Likeness:
    """Return how far each thing that the student has said is met by this mentor."""
    said: list[tuple[Trait, float]] = []
    if student.help:
        said.append((Trait.HELP, len(student.help & mentor.help) / len(student.help)))
    if student.languages:
        said.append((Trait.LANGUAGE, float(not student.languages.isdisjoint(mentor.languages))))
    if student.week:
        said.append((Trait.TIME, min(1.0, shared_hours(student, mentor) / ENOUGH)))
    if student.style:
        met = sum(_suits(end, mentor.style.get(key)) for key, end in student.style.items())
        said.append((Trait.STYLE, met / len(student.style)))
    if student.career:
        said.append((Trait.FURTHER, float(_is_further(mentor.career, student.career))))
    return tuple(said)


def shared(student: Side, mentor: Side) -> Shared:
    """Return what the two have in common, to be told to the student."""
    return Shared(
        tuple(sorted(student.help & mentor.help)),
        tuple(sorted(student.languages & mentor.languages)),
        shared_hours(student, mentor),
    )


def shared_hours(student: Side, mentor: Side) -> float:
    """Return the hours of a usual week in which both have time."""
    return (student.week & mentor.week).bit_count() / 4


def _suits(wanted: str, offered: str | None) -> bool:
    return offered is not None and (wanted == offered or EITHER in {wanted, offered})


def _is_further(mentor: CareerStage | None, student: CareerStage) -> bool:
    stages = list(CareerStage)
    return mentor is not None and stages.index(mentor) > stages.index(student)
