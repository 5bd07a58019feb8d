"""Hours in which a person is sent no mail: by their own clock, over midnight if they like, and whole days of a week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from lti_mentoring.domain.directory import zone_of
from lti_mentoring.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

MAY_WAIT = frozenset({
    "activity_waits", "appeal_decided", "appeal_waits", "application_decided", "assessment_sent", "badge_withdrawn",
    "certificate_issued", "certificate_withdrawn", "credential", "evidence_accepted", "evidence_returned",
    "evidence_waits", "introduced", "invitation_answered", "meeting", "meeting_doubted", "meeting_waits",
    "mentor_asked", "mentor_assigned", "mentorship_ended", "request_accepted", "request_passed_on",
    "round_taken_back", "something_waits", "wishes_exhausted",
})  # fmt: skip
"""Kinds of mail that tell what somebody else did, or the calendar: it is there in the morning, too.

All others go at once: their reader asked for them this very minute and waits for the link, which soon opens nothing.
"""
WEEK = range(7)
A_DAY = timedelta(days=1)
MIDNIGHT = time()


class Fault(StrEnum):
    """Why hours cannot be kept."""

    NO_START = "no_start"
    NO_END = "no_end"
    SAME = "same"
    EVERY_DAY = "every_day"


class HoursRefused(Refused):
    """Only half of them is said, or no time is left in which a mail may go. ``fault`` says which."""

    code = "quiet_hours_refused"

    def __init__(self, fault: Fault) -> None:
        super().__init__()
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Hours:
    """From when until when on each day, and days (0 is Monday) that are quiet as a whole, by the clock of ``zone``.

    Some time of each week is always left, or they are refused: raises HoursRefused.
    """

    zone: str
    starts_at: time | None = None
    ends_at: time | None = None
    days: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        """Look whether a mail may ever go."""
        if self.starts_at is None and self.ends_at is not None:
            raise HoursRefused(Fault.NO_START)
        if self.starts_at is not None and self.ends_at is None:
            raise HoursRefused(Fault.NO_END)
        if self.starts_at is not None and self.starts_at == self.ends_at:
            raise HoursRefused(Fault.SAME)
        if self.days.issuperset(WEEK):
            raise HoursRefused(Fault.EVERY_DAY)


def waits_until(kind: str, hours: Hours | None, moment: datetime) -> datetime | None:
    """Return when a mail may go that would go at ``moment``; None: now.

    Whoever named no hours waits for nothing, nor does a mail that answers its reader's own wish. A zone that this
    machine does not know any more holds nothing back: a mail at night is better than none.
    """
    zone = zone_of(hours.zone) if hours and kind in MAY_WAIT else None
    if hours is None or zone is None:
        return None
    end = moment
    while (further := _end_of(hours, zone, end)) is not None:  # a quiet day may follow upon a quiet night
        end = further
    return None if end == moment else end


def _end_of(hours: Hours, zone: ZoneInfo, moment: datetime) -> datetime | None:
    """Return until when it is quiet around a moment; None: it is not."""
    today = moment.astimezone(zone).date()
    near = (span for away in (-1, 0, 1) for span in _spans(hours, zone, today + away * A_DAY))
    return max((end for start, end in near if start <= moment < end), default=None)


def _spans(hours: Hours, zone: ZoneInfo, day: date) -> Iterator[tuple[datetime, datetime]]:
    """Return what begins on a day, as moments.

    Where the clocks are changed, a time of day is there twice or not at all, so that there are two readings of it:
    quiet begins at the earlier and ends at the later one.
    """
    if hours.starts_at is not None and hours.ends_at is not None:
        last = day if hours.starts_at < hours.ends_at else day + A_DAY
        yield min(_readings(day, hours.starts_at, zone)), max(_readings(last, hours.ends_at, zone))
    if day.weekday() in hours.days:
        yield min(_readings(day, MIDNIGHT, zone)), max(_readings(day + A_DAY, MIDNIGHT, zone))


def _readings(day: date, clock: time, zone: ZoneInfo) -> list[datetime]:
    return [datetime.combine(day, clock.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1)]
