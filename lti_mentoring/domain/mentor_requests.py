"""Request and accept: a student asks one mentor at a time, in the order of the wishes, until one says yes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from lti_mentoring.errors import Conflict, Refused

if TYPE_CHECKING:
    from lti_mentoring.domain.rank_lists import Wishes


class RequestState(StrEnum):
    """Where a request is; all but ``asked`` are its end."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    """Nobody answered in time."""
    WITHDRAWN = "withdrawn"
    PASSED_ON = "passed_on"
    """The mentor could take nobody any more."""


NOT_AGAIN = frozenset({RequestState.DECLINED, RequestState.EXPIRED, RequestState.PASSED_ON})
"""Whoever a student has asked with this end is not asked again."""


class RequestOver(Conflict):
    """The request has been answered, taken back or passed on meanwhile."""

    code = "request_over"


class NobodyToAsk(Refused):
    """Nobody is left of the wishes who could be asked."""

    code = "nobody_to_ask"
    status = 409


class NotAsking(Refused):
    """This track does not go by requests, or the student has a mentor."""

    code = "not_asking"
    status = 409


class PassFirst(Refused):
    """The track asks for a test before anybody is given a mentor, and it is not passed. Fact ``title``: the test's."""

    code = "test_first"
    status = 409


@dataclass(frozen=True, slots=True)
class Askable:
    """A mentor who may be asked now: free places, and how many wait for an answer already."""

    mentor_id: int
    free: int
    waiting: int


def next_to_ask(wishes: Wishes, there: Mapping[int, Askable], asked: Collection[int]) -> int | None:
    """Return whom to ask next: the first tier in which somebody is left, in it the one with most room.

    Whoever is wished for is asked even without a free place, for one may become free; of the others only who has one.
    """
    left = {number: one for number, one in there.items() if number not in asked and number not in wishes.vetoed}

    def room(number: int) -> tuple[int, int]:
        return (left[number].waiting - left[number].free, number)

    for tier in wishes.tiers:
        if here := [number for number in tier if number in left]:
            return min(here, key=room)
    others = [number for number, one in left.items() if one.free > one.waiting]
    return min(others, key=room) if wishes.any_other and others else None


def answer_due(asked_at: datetime, reply_days: int) -> datetime:
    """Return by when a mentor answers."""
    return asked_at + timedelta(days=reply_days)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of an open request when somebody looks after it."""

    reply_by: datetime
    student_gone: bool
    """Has a mentor by now, or has left the course."""
    mentor_gone: bool
    """No mentor any more, gone from the course, or taking nobody new for a while."""


def outcome(standing: Standing, *, now: datetime) -> RequestState | None:
    """Return how an open request ends by itself now; None: it stays open."""
    if standing.student_gone:
        return RequestState.WITHDRAWN
    if standing.mentor_gone:
        return RequestState.PASSED_ON
    return RequestState.EXPIRED if standing.reply_by <= now else None
