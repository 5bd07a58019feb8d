"""The grade: a pure function of the track's rule and of what a student has reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lti_mentoring.domain.milestones import ProgressState


class ColumnMode(StrEnum):
    """How many columns of the course's gradebook a track fills."""

    ONE = "one"
    PER_MILESTONE = "per_milestone"


class GradeRule(StrEnum):
    """How a grade is formed."""

    WEIGHTED = "weighted"
    """Each accepted milestone earns its weight; the grade rises on the way."""
    AT_END = "at_end"
    """The same sum, formed only when every milestone that counts is done."""
    COMPLETION = "completion"
    """All points once every milestone is done; nothing is formed before."""


@dataclass(frozen=True, slots=True)
class Reached:
    """One milestone that counts, and where the student stands with it."""

    milestone_id: int
    weight: int
    state: ProgressState


def track_grade(rule: GradeRule, points: float, milestones: Sequence[Reached]) -> float | None:
    """Return the grade of the whole track out of ``points``, or None while none is formed.

    Excused milestones leave the sum and the whole; a track of excused milestones only forms no grade.
    """
    counting = [one for one in milestones if one.state is not ProgressState.EXCUSED]
    accepted = [one for one in counting if one.state is ProgressState.ACCEPTED]
    finished = bool(counting) and len(accepted) == len(counting)
    if rule is GradeRule.COMPLETION:
        return float(points) if finished else None
    whole = sum(one.weight for one in counting)
    if not accepted or whole == 0 or (rule is GradeRule.AT_END and not finished):
        return None
    return round(points * sum(one.weight for one in accepted) / whole, 2)


def milestone_grade(milestone: Reached) -> float | None:
    """Return the grade in the milestone's own column (its weight is the maximum), or None while none is formed."""
    return float(milestone.weight) if milestone.state is ProgressState.ACCEPTED and milestone.weight else None
