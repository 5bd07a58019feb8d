"""What a student can do next about one mentor: the one thing, or why there is nothing to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lti_mentoring.domain.rank_lists import Window


class Approach(StrEnum):
    """The one thing to say to a student on a mentor's page."""

    MINE = "mine"
    """This is their mentor."""
    SERVED = "served"
    """Somebody mentors them already in all that this mentor does."""
    CLOSED = "closed"
    ASKED = "asked"
    """This mentor has their question."""
    WISH = "wish"
    NOT_WANTED = "not_wanted"
    TEST = "test"
    BY_HAND = "by_hand"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    ASK = "ask"
    """This mentor is the one whom they would ask now."""
    WISHED = "wished"


OUTSIDE = {
    Window.OFF: Approach.BY_HAND,
    Window.BEFORE: Approach.TOO_EARLY,
    Window.OVER: Approach.TOO_LATE,
}


@dataclass(frozen=True, slots=True)
class Situation:
    """How a student and a mentor stand to each other. ``lacks``: nobody mentors them in a role that this one serves."""

    is_mine: bool = False
    lacks: bool = True
    closed: bool = False
    window: Window = Window.OPEN
    asked: bool = False
    wished: bool = False
    vetoed: bool = False
    is_next: bool = False
    test_first: bool = False


def approach(now: Situation) -> Approach:
    """Say what comes next: a wish can be stated before a test is passed, nobody is asked or given before."""
    if now.is_mine:
        return Approach.MINE
    if not now.lacks:
        return Approach.SERVED
    if now.closed:
        return Approach.CLOSED
    if now.asked:
        return Approach.ASKED
    if now.window is Window.OPEN and not now.wished:
        return Approach.NOT_WANTED if now.vetoed else Approach.WISH
    if now.test_first:
        return Approach.TEST
    if now.window is not Window.OPEN:
        return OUTSIDE[now.window]
    return Approach.ASK if now.is_next else Approach.WISHED
