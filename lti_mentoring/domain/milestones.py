"""Milestones: what proves one, who signs it off, and the steps between open and done."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

from lti_mentoring.errors import Refused


class Proof(StrEnum):
    """What proves a milestone."""

    EVIDENCE = "evidence"
    """A text, a link or a file that the student sends."""
    ASSESSMENT = "assessment"
    """A form that the mentor fills."""
    WORD = "word"
    """The signer's word alone: a meeting held, a talk given."""


class Signer(StrEnum):
    """Who says that a milestone is reached."""

    MENTOR = "mentor"
    FACULTY = "faculty"


class EvidenceKind(StrEnum):
    """What a student sent."""

    TEXT = "text"
    LINK = "link"
    FILE = "file"


class ProgressState(StrEnum):
    """Where one student stands with one milestone."""

    OPEN = "open"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPEALED = "appealed"
    ACCEPTED = "accepted"
    EXCUSED = "excused"


class StepKind(StrEnum):
    """One thing that happened on the way."""

    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    REOPENED = "reopened"
    EXCUSED = "excused"
    EXCUSE_LIFTED = "excuse_lifted"
    EXTENDED = "extended"
    APPEALED = "appealed"
    APPEAL_GRANTED = "appeal_granted"
    APPEAL_DECLINED = "appeal_declined"


_P, _K = ProgressState, StepKind

NEXT: dict[tuple[ProgressState, StepKind], ProgressState] = {
    (_P.OPEN, _K.SUBMITTED): _P.SUBMITTED,
    (_P.RETURNED, _K.SUBMITTED): _P.SUBMITTED,
    (_P.SUBMITTED, _K.SUBMITTED): _P.SUBMITTED,
    (_P.SUBMITTED, _K.WITHDRAWN): _P.OPEN,
    (_P.RETURNED, _K.WITHDRAWN): _P.OPEN,
    (_P.OPEN, _K.ACCEPTED): _P.ACCEPTED,
    (_P.SUBMITTED, _K.ACCEPTED): _P.ACCEPTED,
    (_P.RETURNED, _K.ACCEPTED): _P.ACCEPTED,
    (_P.SUBMITTED, _K.RETURNED): _P.RETURNED,
    (_P.ACCEPTED, _K.REOPENED): _P.OPEN,
    (_P.RETURNED, _K.APPEALED): _P.APPEALED,
    (_P.APPEALED, _K.APPEAL_GRANTED): _P.ACCEPTED,
    (_P.APPEALED, _K.APPEAL_DECLINED): _P.RETURNED,
    (_P.OPEN, _K.EXCUSED): _P.EXCUSED,
    (_P.SUBMITTED, _K.EXCUSED): _P.EXCUSED,
    (_P.RETURNED, _K.EXCUSED): _P.EXCUSED,
    (_P.EXCUSED, _K.EXCUSE_LIFTED): _P.OPEN,
    (_P.OPEN, _K.EXTENDED): _P.OPEN,
    (_P.SUBMITTED, _K.EXTENDED): _P.SUBMITTED,
    (_P.RETURNED, _K.EXTENDED): _P.RETURNED,
}

DONE = frozenset({ProgressState.ACCEPTED, ProgressState.EXCUSED})


class StepNotPossible(Refused):
    """The milestone is not where this step begins (often: somebody else was quicker)."""

    code = "milestone_step_not_possible"
    status = 409


def after(current: ProgressState, step: StepKind) -> ProgressState:
    """Return the state after ``step``; raise StepNotPossible when it does not begin here."""
    try:
        return NEXT[current, step]
    except KeyError:
        raise StepNotPossible(current=current.value, step=step.value) from None


def due_date(started_at: datetime | None, due_after_days: int | None, own: date | None) -> date | None:
    """Return when a student's milestone is due: the own date, else counted from the start of the mentorship."""
    if own is not None:
        return own
    if started_at is None or due_after_days is None:
        return None
    return started_at.date() + timedelta(days=due_after_days)


def is_overdue(state: ProgressState, due: date | None, *, today: date) -> bool:
    """Whether the student is late: past the date, and it is the student's turn."""
    return due is not None and today > due and state in {ProgressState.OPEN, ProgressState.RETURNED}
