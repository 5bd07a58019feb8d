"""Accounts: who signs in without an LMS, how long a session lasts, and what asks for the passkey again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from lti_mentoring.domain.seats import SeatRole, Sitter

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=8)
CHECK_HOLDS = timedelta(minutes=5)
CHALLENGE_LASTS = timedelta(minutes=5)
LINK_LASTS = timedelta(hours=24)
MAILED_LINK_LASTS = timedelta(minutes=15)
MOST_MAILED_LINKS = 5
"""To one address within the time that such a link lasts."""
MOST_ATTEMPTS = 30
"""From one network address within the time that a challenge lasts."""


class AccountKind(StrEnum):
    """What an account is for."""

    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"
    MENTOR = "mentor"
    """A mentor from outside the course: the only account that stands for a person."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody signed in without an LMS. An operator belongs to no institution; ``checked_at``: the last proof.

    ``seat_id``: where an outside mentor sits; nobody else has a seat of their own.
    """

    account_id: int
    session_id: int
    name: str
    kind: AccountKind
    institution_id: int | None
    institution: str
    checked_at: datetime
    used_at: datetime
    passkey_id: int | None = None
    seat_id: int | None = None

    def as_administrator(self, institution_id: int) -> Sitter:
        """Return the seat that an administrator's pages are handed: no person of any course, no platform."""
        return Sitter(
            seat_id=0,
            institution_id=institution_id,
            person_id=0,
            person_name=self.name,
            role=SeatRole.ADMINISTRATOR,
            roles=(SeatRole.ADMINISTRATOR,),
            registration_id=0,
            account_id=self.account_id,
        )


Actor: TypeAlias = Sitter | Holder
"""Whoever changes something: somebody in a seat, or an account."""


def lives(kind: AccountKind, used_at: datetime, expires_at: datetime, *, now: datetime) -> bool:
    """Tell whether a session still counts: half an hour without a page ends it, and eight hours end it anyway.

    A mentor reads and writes for longer than that: theirs lasts as long as a seat from a course.
    """
    rests = LONGEST if kind is AccountKind.MENTOR else IDLE
    return used_at + rests > now and expires_at > now


def is_fresh(checked_at: datetime, *, now: datetime) -> bool:
    """Tell whether the passkey was shown a moment ago; passkeys and colleagues change only then."""
    return checked_at + CHECK_HOLDS > now


def may_remove_passkey(passkeys: int, *, by_mail: bool = False) -> bool:
    """Tell whether one may go: the last one is the only way in, but for whoever is sent links by mail, too."""
    return passkeys > 1 or by_mail


def was_copied(known_count: int, shown_count: int) -> bool:
    """Tell whether a passkey's counter stands still or runs backwards, as a copy's does; all zero is no counter.

    WebAuthn Level 3 §7.2, step 22.
    """
    return (known_count > 0 or shown_count > 0) and shown_count <= known_count
