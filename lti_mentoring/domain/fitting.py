"""How well a student and a mentor fit, 0 to 100, by what faculty say counts how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

MOST_WEIGHT = 10
WHOLE = 100


class Trait(StrEnum):
    """What may count in a fit."""

    WISH = "wish"
    """How high the mentor stands on the student's list: a matter of its own beside how well two fit (``wish_cost``)."""
    MENTOR_WISH = "mentor_wish"
    """How high the student stands on the mentor's list."""
    SECTION = "section"
    """Both are in the same section or group of the course."""
    HELP = "help"
    """What the student would like help with, and the mentor offers."""
    LANGUAGE = "language"
    """Both speak a language that the student named."""
    TIME = "time"
    """Both have time in the same hours of a week."""
    STYLE = "style"
    """Both like to work in the same way."""
    FURTHER = "further"
    """The mentor is further on the way than the student."""


USUAL_WEIGHTS: Mapping[Trait, int] = {
    Trait.WISH: MOST_WEIGHT, Trait.MENTOR_WISH: 2, Trait.SECTION: 1,
    Trait.HELP: 4, Trait.LANGUAGE: 2, Trait.TIME: 2, Trait.STYLE: 1, Trait.FURTHER: 0,
}  # fmt: skip


SAID = (Trait.HELP, Trait.LANGUAGE, Trait.TIME, Trait.STYLE, Trait.FURTHER)
"""What counts only for whoever has said what they look for."""
Likeness = tuple[float | None, ...]
"""How far each of SAID is met, 0 to 1, and None where the student has not said it; empty: nothing was said at all."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one stands on the other's list: tier from 1, of how many; 0 of 0: on none."""

    tier: int = 0
    of: int = 0

    @property
    def share(self) -> float:
        """1 at the top of a list, less with every tier, 0 beside it."""
        return (self.of - self.tier + 1) / self.of if self.tier else 0.0


def wish_cost(weights: Mapping[Trait, int]) -> int:
    """Return what one wish further down weighs, in points of fit: all of them at 10, next to nothing at 0.

    As a share of the list it would weigh more for whoever wished for few, and so reward short lists.
    """
    return max(1, WHOLE * weights.get(Trait.WISH, 0) // MOST_WEIGHT)


def fit_counts(weights: Mapping[Trait, int]) -> bool:
    """Tell whether anything but the wish counts."""
    return any(number for trait, number in weights.items() if trait is not Trait.WISH)


def by_others(weights: Mapping[Trait, int], mentor_wish: Standing, *, same_section: bool) -> tuple[float, int]:
    """Return what the mentor's list and sections give to a fit, and what they weigh."""
    parts = {Trait.MENTOR_WISH: mentor_wish.share, Trait.SECTION: float(same_section)}
    return sum(weights.get(trait, 0) * part for trait, part in parts.items()), sum(weights.get(one, 0) for one in parts)


def said_weights(weights: Mapping[Trait, int]) -> tuple[int, ...]:
    """Return what each of SAID weighs."""
    return tuple(weights.get(trait, 0) for trait in SAID)


def fit(others: tuple[float, int], said: tuple[int, ...] = (), alike: Likeness = ()) -> int:
    """Return how well a pair fits; 0 where nothing counts.

    ``said``: what each of SAID weighs. What a student has not said counts nothing for that student.
    """
    given, whole = others
    for weight, share in zip(said, alike, strict=False):
        if share is not None:
            given, whole = given + weight * share, whole + weight
    return round(WHOLE * given / whole) if whole else 0
