"""How many calls a platform may get at once, and when it is left in peace. Pure: time and chance are arguments.

A lane is one client id at one platform: platforms count our calls by it, and when one of them is sick, it is the lane
that rests, so that nobody else waits. What is due there stays due and costs no attempt meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

MOST_AT_ONCE = 4
"""Calls to one client id; Canvas throttles at about the twelfth (request_throttle.rb), Moodle has PHP processes."""
PROVEN = timedelta(minutes=1)
"""So long after a good answer several calls at once are thought well of; otherwise one goes alone and looks."""
OPENS_AFTER = 5
FIRST_REST = timedelta(seconds=15)
LONGEST_REST = timedelta(minutes=10)
FIRST_PAUSE = timedelta(seconds=10)
"""After a throttling that names no time (Canvas's never does), doubled each time."""
LONGEST_OWN_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=1)
"""What we believe of a Retry-After; a day, or a typing error, must not lose a course its grades."""
BURST = 20
"""Scores that may go in a row while a course list waits for the lane."""


class LaneState(StrEnum):
    """How a lane stands. Trying: it rested, and one call may see whether the platform is back."""

    FLOWING = "flowing"
    TRYING = "trying"
    RESTING = "resting"
    PAUSED = "paused"


class Heard(StrEnum):
    """What the last call of a piece of work says about the platform as a whole; a plain "no" is a good answer."""

    NOTHING = "nothing"
    GOOD = "good"
    FAILED = "failed"
    UNWELCOME = "unwelcome"
    """It does not know us any more (token refused): no other call can fare better."""
    THROTTLED = "throttled"


@dataclass(frozen=True, slots=True)
class Lane:
    """What is remembered of a lane. ``failures`` in a row; ``rests`` and ``pauses`` since the last good answer."""

    failures: int = 0
    rests: int = 0
    rests_until: datetime | None = None
    pauses: int = 0
    paused_until: datetime | None = None
    good_at: datetime | None = None


def lane_state(lane: Lane, *, now: datetime) -> LaneState:
    """Say how the lane stands."""
    if lane.paused_until is not None and now < lane.paused_until:
        return LaneState.PAUSED
    if lane.rests_until is None:
        return LaneState.FLOWING
    return LaneState.RESTING if now < lane.rests_until else LaneState.TRYING


def slots(lane: Lane, most: int, *, now: datetime) -> int:
    """Return how many calls there may be at once; none while it rests or was asked to wait."""
    if lane_state(lane, now=now) in {LaneState.RESTING, LaneState.PAUSED}:
        return 0
    proven = lane.failures == 0 and lane.good_at is not None and now < lane.good_at + PROVEN
    return most if proven else 1


def after(lane: Lane, heard: Heard, wait: float | None, *, now: datetime, chance: float) -> Lane:
    """Return the lane after a call. ``wait``: seconds that the platform asked for; ``chance`` from 0 to 1 spreads."""
    if heard is Heard.NOTHING:
        return lane
    if wait is not None:
        lane = replace(lane, paused_until=_later(lane.paused_until, now + min(timedelta(seconds=wait), LONGEST_PAUSE)))
    if heard is Heard.GOOD:
        return replace(lane, failures=0, rests=0, rests_until=None, pauses=0, good_at=now)
    if heard is Heard.THROTTLED:
        return lane if wait is not None else _pause(lane, now=now, chance=chance)
    failures = max(lane.failures + 1, OPENS_AFTER) if heard is Heard.UNWELCOME else lane.failures + 1
    return _rest(replace(lane, failures=failures), now=now, chance=chance)


def _pause(lane: Lane, *, now: datetime, chance: float) -> Lane:
    if lane.paused_until is not None and now < lane.paused_until:  # its calls of the same moment were throttled too
        return lane
    pause = min(FIRST_PAUSE * (1 << min(lane.pauses, 10)), LONGEST_OWN_PAUSE) * (1 + chance / 4)
    return replace(lane, pauses=lane.pauses + 1, paused_until=now + pause)


def _rest(lane: Lane, *, now: datetime, chance: float) -> Lane:
    resting = lane.rests_until is not None and now < lane.rests_until
    if lane.failures < OPENS_AFTER or resting:
        return lane
    rest = min(FIRST_REST * (1 << min(lane.rests, 10)), LONGEST_REST) * (1 + chance / 4)
    return replace(lane, rests=lane.rests + 1, rests_until=now + rest)


def _later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)


def may_go_first(*, is_list: bool, scores_in_a_row: int, other_waits: bool) -> bool:
    """Whether a score, or else a course list, may have the slot now: a list after BURST scores, and the other way."""
    burst_is_over = scores_in_a_row >= BURST
    return not other_waits or is_list is burst_is_over
