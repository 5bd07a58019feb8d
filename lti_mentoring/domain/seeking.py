"""What a student looks for, beside what a mentor offers: how much the two have in common, by what counts.

Hours are looked at by the clock of the world: each side ticks coarse parts of a week by its own clock, and the quarters
of an hour in which both have time are counted, whatever the difference of their clocks (there are some of 45 minutes).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from lti_mentoring.domain.directory import zone_of
from lti_mentoring.domain.profiles import ENDS, HOURS, CareerStage, TermKind
from lti_mentoring.domain.track_templates import N_
from lti_mentoring.domain.vocabularies import LANGUAGES, WORDS

if TYPE_CHECKING:
    from lti_mentoring.domain.fitting import Likeness

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
STAGES = tuple(CareerStage)
ENOUGH = 4 * 4
"""Quarters of an hour of a usual week in which both have time; more of them is no better."""
QUARTER = timedelta(minutes=15)
AN_HOUR, A_DAY, A_WEEK = 4, 24 * 4, 7 * 24 * 4
"""In quarters of an hour."""


HELP_BIT = {key: 1 << place for place, key in enumerate(WORDS)}
LANGUAGE_BIT = {key: 1 << place for place, key in enumerate(LANGUAGES)}
STYLE_BIT = {
    (key, end): 1 << place for place, (key, end) in enumerate((key, end) for key, *_words in STYLE for end in ENDS)
}
"""Each word is a bit of a number: a large round compares two sides two million times, so this has to be quick."""


@dataclass(frozen=True, slots=True)
class Side:
    """What one side says, as numbers of bits: kinds of help, languages, answers on style, quarters of an hour."""

    help: int = 0
    languages: int = 0
    style: int = 0
    suits: int = 0
    """All answers of the other side that go with those on style."""
    stage: int | None = None
    """Place of the career's stage in its order."""
    week: int = 0
    """Of a usual week, by the clock of the world."""


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
    hours = frozenset(key for key in terms.get(TermKind.HOURS, ()) if key in HOURS)
    answers = [(key, end) for key, end in style.items() if (key, end) in STYLE_BIT]
    return Side(
        help=_bits(HELP_BIT, (key for kind in HELP for key in terms.get(kind, ()))),
        languages=_bits(LANGUAGE_BIT, terms.get(TermKind.LANGUAGE, ())),
        style=_bits(STYLE_BIT, answers),
        suits=_bits(STYLE_BIT, ((key, other) for key, end in answers for other in _going_with(end))),
        stage=STAGES.index(career) if career else None,
        week=week_of(hours, zone, on) if hours and zone else 0,
    )


def _bits(places: Mapping[Any, int], words: Iterable[object]) -> int:
    """Return the words as bits; one that is in no table any more is none."""
    found = 0
    for word in words:
        found |= places.get(word, 0)
    return found


def _going_with(end: str) -> tuple[str, ...]:
    return ENDS if end == EITHER else (end, EITHER)


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


def meeting_parts(week: int, zones: Iterable[str], on: date) -> dict[str, tuple[str, ...]]:
    """Return by zone the parts of a week in which somebody there has an hour in common with ``week``, if any."""
    found = {
        zone: tuple(key for key in HOURS if (week_of(frozenset({key}), zone, on) & week).bit_count() >= AN_HOUR)
        for zone in zones
    }
    return {zone: parts for zone, parts in found.items() if parts}


def likeness(student: Side, mentor: Side) -> Likeness:
    """Return how far each thing that the student has said is met by this mentor."""
    wanted, style = student.help, student.style
    return (
        (wanted & mentor.help).bit_count() / wanted.bit_count() if wanted else None,
        float(student.languages & mentor.languages > 0) if student.languages else None,
        min(1.0, (student.week & mentor.week).bit_count() / ENOUGH) if student.week else None,
        (student.suits & mentor.style).bit_count() / style.bit_count() if style else None,
        None if student.stage is None else float(mentor.stage is not None and mentor.stage > student.stage),
    )


def shared(student: Side, mentor: Side) -> Shared:
    """Return what the two have in common, to be told to the student."""
    helps, speaks = student.help & mentor.help, student.languages & mentor.languages
    return Shared(
        tuple(key for key, bit in HELP_BIT.items() if bit & helps),
        tuple(key for key, bit in LANGUAGE_BIT.items() if bit & speaks),
        (student.week & mentor.week).bit_count() * QUARTER / timedelta(hours=1),
    )
