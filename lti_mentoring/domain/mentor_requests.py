"""Request and accept: a student asks one mentor at a time, in the order of the wishes, until one says yes."""

from __future__ import annotations

from enum import StrEnum


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
