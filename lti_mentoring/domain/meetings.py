"""Meetings of a mentor and a student: what may follow which state, by whom and when; and times on people's clocks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lti_mentoring.errors import Conflict, Refused

if TYPE_CHECKING:
    from collections.abc import Collection
    from zoneinfo import ZoneInfo

    from lti_mentoring.domain.vocabularies import MentoringDomain

SHORTEST, LONGEST = 10, 240
"""Minutes."""
FURTHEST = timedelta(days=365)
NOTED_WITHIN = timedelta(days=60)
"""How long ago a meeting may be that nobody had planned."""
CORRECTED_FOR = timedelta(days=14)
AS_PLANNED = -1
"""In place of a milestone's number: what a meeting is for stays as it was said."""
LONGEST_PLACE, LONGEST_LINK, LONGEST_AGENDA, LONGEST_NOTE = 120, 500, 500, 5_000
PLAIN_LINK = re.compile(r"https://[\w.~:/?#\[\]@!$&'()*+,;=%-]+", re.ASCII | re.IGNORECASE)
PLAIN_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


class MeetingState(StrEnum):
    """Where a meeting is."""

    PROPOSED = "proposed"
    """One side has named a time, and the other has not answered."""
    AGREED = "agreed"
    CANCELLED = "cancelled"
    HELD = "held"
    MISSED = "missed"
    """It did not take place."""


OPEN = frozenset({MeetingState.PROPOSED, MeetingState.AGREED})
RECORDED = frozenset({MeetingState.HELD, MeetingState.MISSED})


class Act(StrEnum):
    """What one of the two can do with a meeting."""

    AGREE = "agree"
    MOVE = "move"
    """Propose another time, or change anything else of it; the other side is asked anew."""
    CANCEL = "cancel"
    MET = "met"
    MISSED = "missed"


RECORDS = frozenset({Act.MET, Act.MISSED})


class Stands(StrEnum):
    """Under which heading one of the two finds a meeting."""

    ANSWER = "answer"
    """The other side waits for an answer."""
    ASKED = "asked"
    """It waits for the other side's answer."""
    COMING = "coming"
    RECORD = "record"
    PAST = "past"


class Fault(StrEnum):
    """Why a meeting cannot be as it was said."""

    PAST = "past"
    TOO_FAR = "too_far"
    NOT_YET = "not_yet"
    LONG_AGO = "long_ago"
    BEFORE = "before"
    """The two did not work together then."""
    ALREADY = "already"
    """A meeting of the two at that time is noted."""
    MINUTES = "minutes"
    DOMAINS = "domains"
    NOWHERE = "nowhere"
    LINK = "link"
    TOO_LONG = "too_long"


class MeetingRefused(Refused):
    """What was said of a meeting cannot be; ``fault`` says why."""

    code = "meeting_refused"

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class ActNotPossible(Conflict):
    """Nobody, or not this side, can do this with the meeting now."""

    code = "meeting_act_not_possible"


class MeetingChanged(Conflict):
    """Somebody has changed the meeting since the page was opened."""

    code = "meeting_changed"


class NoteChanged(Conflict):
    """The author has changed the note in another window."""

    code = "meeting_note_changed"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is said of a meeting. ``zone``: by whose clock the time was named; ``milestone_id``: what it proves."""

    starts_at: datetime
    minutes: int
    domains: tuple[MentoringDomain, ...]
    place: str = ""
    join_url: str = ""
    agenda: str = ""
    zone: str = ""
    milestone_id: int | None = None

    def check(self, *, now: datetime) -> None:
        """Raise MeetingRefused for what cannot be of a meeting to come."""
        check_time(self.starts_at, now=now)
        self._check_rest()

    def check_held(self, *, since: datetime, now: datetime) -> None:
        """Raise MeetingRefused for what cannot be of a meeting that took place; ``since``: they work together."""
        if self.starts_at > now:
            raise MeetingRefused(Fault.NOT_YET)
        if self.starts_at < now - NOTED_WITHIN:
            raise MeetingRefused(Fault.LONG_AGO)
        if self.starts_at.date() < since.date():
            raise MeetingRefused(Fault.BEFORE)
        self._check_rest()

    def _check_rest(self) -> None:
        check_talk(self.minutes, self.domains)
        if not self.place and not self.join_url:
            raise MeetingRefused(Fault.NOWHERE)
        if self.join_url and join_host(self.join_url) is None:
            raise MeetingRefused(Fault.LINK)
        if len(self.place) > LONGEST_PLACE or len(self.agenda) > LONGEST_AGENDA:
            raise MeetingRefused(Fault.TOO_LONG)


def check_time(starts_at: datetime, *, now: datetime) -> None:
    """Raise MeetingRefused for a time that is over, or more than a year ahead."""
    if starts_at <= now:
        raise MeetingRefused(Fault.PAST)
    if starts_at > now + FURTHEST:
        raise MeetingRefused(Fault.TOO_FAR)


def check_talk(minutes: int, domains: Collection[MentoringDomain]) -> None:
    """Raise MeetingRefused where it is too short or too long, or about nothing."""
    if not SHORTEST <= minutes <= LONGEST:
        raise MeetingRefused(Fault.MINUTES)
    if not domains:
        raise MeetingRefused(Fault.DOMAINS)


def acts(
    state: MeetingState, *, mine: bool, starts_at: datetime, recorded_at: datetime | None, ended: bool, now: datetime
) -> frozenset[Act]:
    """Return what one of the two can do. ``mine``: they named the time; ``ended``: the two work together no more."""
    if state in RECORDED:
        return RECORDS if recorded_at is None or now < recorded_at + CORRECTED_FOR else frozenset()
    if state is MeetingState.CANCELLED:
        return frozenset()
    over = now >= starts_at
    if ended:
        return RECORDS if over else frozenset()
    if state is MeetingState.AGREED:
        return RECORDS if over else frozenset({Act.MOVE, Act.CANCEL})
    if over:
        return RECORDS | {Act.MOVE}
    return frozenset({Act.MOVE, Act.CANCEL}) | (frozenset() if mine else frozenset({Act.AGREE}))


def ends_with_mentorship(state: MeetingState, starts_at: datetime, *, now: datetime) -> bool:
    """Tell whether a meeting is called off when the two are parted: what took place already still can be recorded."""
    return state is MeetingState.PROPOSED or (state is MeetingState.AGREED and starts_at > now)


def stands(state: MeetingState, *, mine: bool, starts_at: datetime, now: datetime) -> Stands:
    """Return under which heading one of the two finds a meeting."""
    if state not in OPEN:
        return Stands.PAST
    if now >= starts_at:
        return Stands.RECORD
    if state is MeetingState.AGREED:
        return Stands.COMING
    return Stands.ASKED if mine else Stands.ANSWER


def overlap(one: datetime, minutes: int, other: datetime, other_minutes: int) -> bool:
    """Tell whether two meetings have time in common; one that begins as the other ends has none."""
    return one < other + timedelta(minutes=other_minutes) and other < one + timedelta(minutes=minutes)


def readings(day: date, clock: time, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Return the moments at which a clock in the zone shows a time of a day.

    Usually it is one. Where the clocks are put forward some times are left out, and where they are put back come twice.
    """
    shown = datetime.combine(day, clock)
    moments = {shown.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return tuple(sorted(one for one in moments if one.astimezone(zone).replace(tzinfo=None) == shown))


def join_host(link: str) -> str | None:
    """Return the host of an address to meet at; None for what is no plain https address, or names a user."""
    if len(link) > LONGEST_LINK or PLAIN_LINK.fullmatch(link) is None:
        return None
    try:
        parts = urlsplit(link)
        _port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    return host if "@" not in parts.netloc and PLAIN_HOST.fullmatch(host) else None
