"""What a mentor says of themselves: its parts, in which order they are asked for, and when all of it is there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lti_mentoring.domain.track_templates import N_
from lti_mentoring.errors import Conflict

MOST_YEARS = 70
LONGEST_ABOUT = 1000


class ProfileClosed(Conflict):
    """Only mentors have a profile, and whoever may apply in this track."""

    code = "profile_closed"


class CareerStage(StrEnum):
    """How far somebody is on their way."""

    STUDYING = "studying"
    TRAINING = "training"
    EARLY = "early"
    ESTABLISHED = "established"
    RETIRED = "retired"


class Works(StrEnum):
    """Where a mentor meets students."""

    REMOTE = "remote"
    ON_SITE = "on_site"
    BOTH = "both"


class TermKind(StrEnum):
    """What a term of a profile is about."""

    SPECIALTY = "specialty"
    SKILL = "skill"
    DOMAIN = "domain"
    LANGUAGE = "language"
    HOURS = "hours"


class Part(StrEnum):
    """A page of the first time; later all parts stand on one."""

    WORK = "work"
    SUBJECTS = "subjects"
    TIMES = "times"
    STYLE = "style"
    OFFER = "offer"


HOURS = {
    "week_morning": (range(5), 8, 12),
    "week_afternoon": (range(5), 12, 17),
    "week_evening": (range(5), 17, 21),
    "end_morning": (range(5, 7), 8, 12),
    "end_afternoon": (range(5, 7), 12, 17),
    "end_evening": (range(5, 7), 17, 21),
}
"""Coarse parts of a week: days (Monday is 0), first hour, and the hour at which it is over; by the mentor's clock."""
STYLE = (
    ("pace", N_("Meetings"), N_("Short and often"), N_("Longer and less often")),
    ("lead", N_("Topics"), N_("The student brings the topics"), N_("I bring the topics")),
    ("answers", N_("Answers"), N_("I say what I would do"), N_("I ask until the student finds it")),
    ("plan", N_("Plans"), N_("A plan with dates"), N_("One step at a time")),
)
"""Two-ended questions: key, what it is about, one end, the other."""
ENDS = ("one", "both", "other")


@dataclass(frozen=True, slots=True)
class ProfileFacts:
    """What one part (or all of them) says: ``values`` are columns, ``terms`` are lists of keys."""

    values: Mapping[str, object] = field(default_factory=dict)
    terms: Mapping[TermKind, tuple[str, ...]] = field(default_factory=dict)


NEEDED: dict[Part, tuple[frozenset[str], frozenset[TermKind]]] = {
    Part.WORK: (frozenset({"profession", "career"}), frozenset()),
    Part.SUBJECTS: (frozenset(), frozenset({TermKind.DOMAIN})),
    Part.TIMES: (frozenset({"timezone"}), frozenset({TermKind.LANGUAGE})),
    Part.STYLE: (frozenset({"style"}), frozenset()),
    Part.OFFER: (frozenset({"works"}), frozenset()),
}
"""Without these a part is not there yet; all else may stay empty."""


def parts_missing(values: Mapping[str, object], kinds: Collection[TermKind]) -> tuple[Part, ...]:
    """Return the parts that are still to be filled, in the order in which they are asked for."""
    given = {name for name, value in values.items() if value}
    return tuple(part for part, (named, listed) in NEEDED.items() if not (named <= given and listed <= set(kinds)))


def next_part(part: Part) -> Part | None:
    """Return the part that follows; None after the last."""
    parts = list(Part)
    following = parts.index(part) + 1
    return parts[following] if following < len(parts) else None


def hours_of(parts: Collection[str]) -> int:
    """Return how many hours these parts of a week are together; one that is no part any more is none."""
    return sum(len(days) * (last - first) for days, first, last in (HOURS[key] for key in parts if key in HOURS))
