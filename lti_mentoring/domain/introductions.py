"""Introductions: a mentor brings a student together with somebody; and how the picture of a network is laid out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lti_mentoring.errors import Conflict, Refused


class IntroductionState(StrEnum):
    """Where an introduction is."""

    OPEN = "open"
    MET = "met"
    """The student says that the two met."""
    NOT_NEEDED = "not_needed"
    """The student says that it is not needed any more."""
    TAKEN_BACK = "taken_back"
    """The mentor or the student took it back: nobody is shown it, and it is counted nowhere."""


AFTER = {
    IntroductionState.MET: frozenset({IntroductionState.OPEN}),
    IntroductionState.NOT_NEEDED: frozenset({IntroductionState.OPEN}),
    IntroductionState.TAKEN_BACK: frozenset(
        {IntroductionState.OPEN, IntroductionState.MET, IntroductionState.NOT_NEEDED}
    ),
}
"""Which states each may follow."""


class IntroductionSettled(Conflict):
    """The introduction has been answered or taken back meanwhile."""

    code = "introduction_settled"


class NobodyToIntroduceTo(Refused):
    """It is not said to whom: neither another mentor nor a name, or both."""

    code = "nobody_to_introduce_to"
    status = 422


class NotToBeIntroduced(Refused):
    """The student cannot be introduced to this mentor: kept apart, or none here any more. Never said which."""

    code = "not_to_be_introduced"
    status = 422


@dataclass(frozen=True, slots=True)
class To:
    """Whom a student is introduced to: another mentor of the track, or a person outside by ``name`` and ``does``."""

    mentor_id: int | None = None
    name: str = ""
    does: str = ""

    def check(self) -> None:
        """Raise NobodyToIntroduceTo unless it is exactly one of the two."""
        if (self.mentor_id is None) is not bool(self.name):
            raise NobodyToIntroduceTo


ROW, LEFT, INDENT = 56, 22, 44
"""Units of the picture: the height of a row, where the student stands, and how far each step is to the right."""
MOST_LETTERS = 30
"""What fits beside a knot in a picture as wide as a phone; the list beside it has the whole name."""


@dataclass(frozen=True, slots=True)
class Knot:
    """One person in the picture of a network, in its own units; a line comes to it from ``(from_x, from_y)``.

    ``kind`` is now, before or met (somebody to whom the student was introduced).
    """

    x: int
    y: int
    from_x: int
    from_y: int
    label: str
    small: str
    kind: str


@dataclass(frozen=True, slots=True)
class Branch:
    """A mentor with a second line, and the names of those to whom this one introduced the student."""

    name: str
    small: str
    now: bool
    to: tuple[str, ...] = ()


def laid_out(branches: tuple[Branch, ...]) -> tuple[Knot, ...]:
    """Return the knots from above to below: each mentor under the student, each introduction under its mentor."""
    knots: list[Knot] = []
    for one in branches:
        x, y = LEFT + INDENT, ROW * (len(knots) + 1) + LEFT
        knots.append(Knot(x, y, LEFT, LEFT, fitting(one.name), fitting(one.small), "now" if one.now else "before"))
        for name in one.to:
            below = ROW * (len(knots) + 1) + LEFT
            knots.append(Knot(x + INDENT, below, x, y, fitting(name), "", "met"))
    return tuple(knots)


def height_of(knots: tuple[Knot, ...]) -> int:
    """Return how high the picture is."""
    return ROW * len(knots) + 2 * LEFT


def fitting(text: str) -> str:
    """Return a text that is not longer than what fits."""
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1].rstrip()}…"
