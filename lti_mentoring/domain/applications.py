"""Applying as a mentor: who may, and what becomes of it."""

from __future__ import annotations

from enum import StrEnum

from lti_mentoring.errors import Conflict, Refused

LONGEST_WORDS = 2000
LEAST_REASON = 10


class ApplicationState(StrEnum):
    """A draft is the applicant's own; all but ``sent`` and ``draft`` are decided."""

    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


NEXT: dict[ApplicationState, frozenset[ApplicationState]] = {
    ApplicationState.DRAFT: frozenset({ApplicationState.SENT}),
    ApplicationState.SENT: frozenset(
        {ApplicationState.ACCEPTED, ApplicationState.DECLINED, ApplicationState.WITHDRAWN}
    ),
    ApplicationState.WITHDRAWN: frozenset({ApplicationState.DRAFT}),
}


class Bar(StrEnum):
    """Why somebody cannot apply here."""

    IS_MENTOR = "is_mentor"
    PRETENDED = "pretended"
    CLOSED = "closed"
    DECLINED = "declined"
    ACCEPTED = "accepted"
    SENT = "sent"


class CannotApply(Conflict):
    """Somebody cannot apply; ``code`` says why."""

    def __init__(self, bar: Bar) -> None:
        super().__init__(bar.value)
        self.bar, self.code = bar, f"apply_{bar.value}"


class ProfileIncomplete(Conflict):
    """An application is sent when all parts of the profile are there."""

    code = "apply_profile_incomplete"


class StepImpossible(Conflict):
    """Somebody else was quicker: the application was decided or withdrawn meanwhile. Facts: ``state``."""

    code = "apply_step_impossible"


class ReasonNeeded(Refused):
    """Who is declined is told why, in LEAST_REASON letters at least."""

    code = "apply_reason_needed"


def bar_to_apply(
    state: ApplicationState | None, *, is_open: bool, is_mentor: bool, is_pretended: bool = False
) -> Bar | None:
    """Return why somebody may not begin or send an application; None: they may. Withdrawn may come again."""
    decided = {
        ApplicationState.SENT: Bar.SENT,
        ApplicationState.ACCEPTED: Bar.ACCEPTED,
        ApplicationState.DECLINED: Bar.DECLINED,
    }
    if is_mentor:
        return Bar.IS_MENTOR
    if state in decided:
        return decided[state]
    if is_pretended:
        return Bar.PRETENDED
    return None if is_open else Bar.CLOSED


def advance(current: ApplicationState, wanted: ApplicationState) -> ApplicationState:
    """Return the wanted state; raise StepImpossible for a step that there is not."""
    if wanted not in NEXT.get(current, frozenset()):
        raise StepImpossible(state=current.value)
    return wanted


def check_reason(reason: str) -> str:
    """Return the reason without blanks around it; raise ReasonNeeded when it says nothing."""
    said = reason.strip()
    if len(said) < LEAST_REASON:
        raise ReasonNeeded
    return said
