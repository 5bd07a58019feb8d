"""The life of a mentorship, and who may take which step."""

from __future__ import annotations

from enum import StrEnum

from lti_mentoring.errors import Refused


class MentorshipState(StrEnum):
    """Every state of a mentorship's life."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    AGREED = "agreed"
    ACTIVE = "active"
    PAUSED = "paused"
    CLOSING = "closing"
    COMPLETED = "completed"
    DECLINED = "declined"
    EXPIRED = "expired"
    ENDED = "ended"
    TRANSFERRED = "transferred"


class EndCause(StrEnum):
    """Why a mentorship ended before its time, as far as it matters for what comes next."""

    MENTOR_LEFT = "mentor_left"
    """The mentor is not in the course any more."""
    MENTOR_STOPS = "mentor_stops"
    STUDENT_LEFT = "student_left"
    MOVED = "moved"
    """The student came to another mentor at the same moment."""
    TAKEN_BACK = "taken_back"
    """The round that had brought the two together was taken back."""
    OTHER = "other"
    """What faculty wrote says why."""


_S = MentorshipState

NEXT: dict[MentorshipState, frozenset[MentorshipState]] = {
    _S.PROPOSED: frozenset({_S.ACCEPTED, _S.DECLINED, _S.EXPIRED}),
    _S.ACCEPTED: frozenset({_S.AGREED, _S.ENDED, _S.TRANSFERRED}),
    _S.AGREED: frozenset({_S.ACTIVE, _S.ENDED, _S.TRANSFERRED}),
    _S.ACTIVE: frozenset({_S.PAUSED, _S.CLOSING, _S.COMPLETED, _S.ENDED, _S.TRANSFERRED}),
    _S.PAUSED: frozenset({_S.ACTIVE, _S.ENDED, _S.TRANSFERRED}),
    _S.CLOSING: frozenset({_S.COMPLETED, _S.ENDED, _S.TRANSFERRED}),
}


class StepNotAllowed(Refused):
    """A mentorship cannot go from where it is to where it was sent."""

    code = "step_not_allowed"
    status = 409


def advance(current: MentorshipState, wanted: MentorshipState) -> MentorshipState:
    """Return ``wanted`` when the step exists; raise StepNotAllowed otherwise."""
    if wanted not in NEXT.get(current, frozenset()):
        raise StepNotAllowed(current=current.value, wanted=wanted.value)
    return wanted
