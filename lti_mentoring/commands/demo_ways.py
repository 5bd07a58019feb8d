"""How far each student of the demonstration has come when it begins; ``demo_story`` tells how they got there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Way:
    """How far one student has come: milestones reached, how the next one stands, and how long nothing has happened."""

    reached: int
    then: str = ""
    """"", "sent", "returned", "appealed", "extended", "excused" or "met"."""
    quiet: int = 0


WAYS: Mapping[str, Way] = {
    "student-01": Way(3, "returned"),
    "student-02": Way(7),
    "student-03": Way(7),
    "student-04": Way(7),
    "student-05": Way(3, "sent"),
    "student-06": Way(3, "sent"),
    "student-07": Way(1, quiet=32),
    "student-08": Way(2, quiet=24),
    "student-09": Way(3, "appealed"),
    "student-10": Way(4),
    "student-11": Way(4),
    "student-13": Way(3, "extended"),
    "student-14": Way(1, "sent"),
    "student-15": Way(3, "sent"),
    "student-16": Way(2, "excused"),
    "student-17": Way(4),
    "student-18": Way(6),
    "student-19": Way(6, "met"),
    "student-20": Way(3, "returned"),
    "student-30": Way(0),
}
USUAL = Way(3)
AGES = (50, 38, 20, 9, 6, 4, 2)
"""Days ago at which each milestone was reached by those who are on pace."""
