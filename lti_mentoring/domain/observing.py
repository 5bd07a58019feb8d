"""What somebody who looks on learns of a student: how far the way is gone, and whether that is in time. Nothing else.

LTI core 1.3, section 5.4.3: a Mentor may see "tracking and summary information", not personal data or submissions.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lti_mentoring.domain.milestones import Standing, StudentProgress

LIST_HOLDS_FOR = timedelta(hours=24)
"""How long the platform's word on whom somebody may see is believed without a new launch."""


class Pace(StrEnum):
    """The one word for a student before somebody who looks on."""

    NOT_BEGUN = "not_begun"
    FINISHED = "finished"
    CLOSED = "closed"
    LATE = "late"
    ON_PACE = "on_pace"


def still_holds(told_at: datetime | None, *, now: datetime) -> bool:
    """Tell whether the list of a launch may still be used."""
    return told_at is not None and now < told_at + LIST_HOLDS_FOR


def pace_of(way: StudentProgress, *, has_begun: bool) -> Pace:
    """Return how a student stands. ``has_begun``: there is or was a mentor, from whose first day dates are counted."""
    if way.total and way.done == way.total:
        return Pace.FINISHED
    if way.closed:
        return Pace.CLOSED
    if not has_begun:
        return Pace.NOT_BEGUN
    return Pace.LATE if way.overdue else Pace.ON_PACE


def next_due(way: StudentProgress) -> Standing | None:
    """Return what is due next of the milestones that are the student's turn; None where nothing has a date."""
    if way.closed:
        return None
    turns = [one for one in way.milestones if not one.done and not one.with_others and one.due is not None]
    return min(turns, key=lambda one: (one.due, one.position), default=None)


def knots_of(way: StudentProgress) -> tuple[str, ...]:
    """Return one word for each milestone: done, late or next. What waits with whom is not said."""
    return tuple("done" if one.done else "late" if one.overdue else "next" for one in way.milestones)
