"""Bring one score to a gradebook: no database here, and every fault of the platform is an outcome.

An answer that got lost is never answered by sending again at once: the result is read first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from lti_mentoring.lti.access import NO_SCOPE, NOT_GRANTED, UNWELCOME
from lti_mentoring.lti.faults import Fault, PlatformRefused, PlatformUnavailable
from lti_mentoring.lti.scores import Result, ScoreAnswer, Settled, settle
from lti_mentoring.lti.scores import Score as SentScore
from lti_mentoring.models import HeldReason

OLD_TIMESTAMP = "old_timestamp"


@dataclass(frozen=True, slots=True)
class Column:
    """A gradebook column as a delivery needs it; ``url`` is None until the platform has named it."""

    line_item_id: int
    url: str | None
    label: str
    maximum: float
    resource_id: str
    resource_link_id: str | None


@dataclass(frozen=True, slots=True)
class DueScore:
    """One claimed score. ``look_first``: an earlier attempt of this very version may have arrived."""

    score_id: int
    lease_token: str
    registration_id: int
    deployment_id: str
    lineitems_url: str | None
    column: Column
    user_id: str
    value: float
    maximum: float
    version: int
    stamp: datetime
    look_first: bool
    accepted_before: float | None
    overrule: bool


class Gradebook(Protocol):
    """The course's gradebook at the platform."""

    def find_column(self, column: Column) -> str:
        """Return the column's address, made when it is not there."""
        ...

    def post(self, url: str, score: SentScore) -> ScoreAnswer:
        """Send one score."""
        ...

    def read(self, url: str, user_id: str) -> Result | None:
        """Return what the gradebook shows."""
        ...


class End(StrEnum):
    """How a delivery ended."""

    ACCEPTED = "accepted"
    HELD = "held"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a delivery. ``wait`` in seconds, when the platform said how long; ``fault``: what it did wrong."""

    end: End
    reason: str = ""
    wait: int | None = None
    column_url: str | None = None
    column_gone: bool = False
    fault: Fault | None = None


def deliver(due: DueScore, gradebook: Gradebook) -> Outcome:
    """Bring one score to the gradebook; touches no database, and every fault of the platform is an outcome."""
    if due.column.url is None and due.lineitems_url is None:
        return Outcome(End.HELD, HeldReason.NO_GRADEBOOK)
    try:
        url = due.column.url or gradebook.find_column(due.column)
    except (PlatformUnavailable, PlatformRefused) as fault:
        return _fault(fault, None)
    try:
        return _send(due, gradebook, url)
    except (PlatformUnavailable, PlatformRefused) as fault:
        return _fault(fault, url)


def _send(due: DueScore, gradebook: Gradebook, url: str) -> Outcome:
    if due.look_first and (known := _look(due, gradebook, url)):
        return known
    answer = gradebook.post(url, SentScore(due.user_id, due.value, due.maximum, due.stamp))
    if answer is ScoreAnswer.ACCEPTED:
        return Outcome(End.ACCEPTED, column_url=url)
    if answer is ScoreAnswer.OLD_TIMESTAMP:
        return _look(due, gradebook, url) or Outcome(End.LATER, OLD_TIMESTAMP, column_url=url)
    if answer is ScoreAnswer.ITEM_GONE:  # found again, or made anew, at the next attempt
        return Outcome(End.LATER, "column_gone", column_gone=True)
    reason = HeldReason.FORBIDDEN if answer is ScoreAnswer.FORBIDDEN else HeldReason.REFUSED
    return Outcome(End.HELD, reason, column_url=url)


def _look(due: DueScore, gradebook: Gradebook, url: str) -> Outcome | None:
    """Read the result back; None when ours is not there and may be sent."""
    shown = gradebook.read(url, due.user_id)
    settled = settle(due.value, shown, due.maximum, accepted_before=due.accepted_before)
    if settled is Settled.ARRIVED:
        return Outcome(End.ACCEPTED, column_url=url)
    if settled is Settled.TEACHER_CHANGED and not due.overrule:
        return Outcome(End.HELD, HeldReason.TEACHER_CHANGED, column_url=url)
    return None


def _fault(fault: Fault, url: str | None) -> Outcome:
    if isinstance(fault, PlatformUnavailable):
        return Outcome(End.LATER, fault.reason, wait=fault.retry_after, column_url=url, fault=fault)
    if fault.reason_code in UNWELCOME:  # no fault of this score: an administrator has to look at the registration
        return Outcome(End.LATER, fault.reason_code, column_url=url, fault=fault)
    no_access = fault.platform_status in {401, 403} or fault.reason_code in {NO_SCOPE, NOT_GRANTED}
    reason = HeldReason.FORBIDDEN if no_access else HeldReason.REFUSED
    return Outcome(End.HELD, reason, column_url=url, fault=fault)
