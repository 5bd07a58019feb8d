"""Invitations to mentors from outside the course: what may be pasted, and where an invitation stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

INVITATION_LASTS = timedelta(days=14)
MOST_AT_ONCE = 50
MOST_A_DAY = 200
"""Mails of invitation that one track may write within a day: a mistake stays small, and nobody makes us a mailer."""
LONGEST_NAME = 120
LONGEST_ADDRESS = 254
"""RFC 5321 §4.5.3.1.3, without the angle brackets."""
OUTSIDE = "urn:lti-mentoring:outside"
"""The issuer of people without an LMS account: the tool itself. No platform can have it: theirs are web addresses."""

_PIECES = re.compile(r"[\n;]")
_LETTER = r"[^\s<>,;:\"()\[\]]"
_ADDRESS = re.compile(rf"{_LETTER}{{0,300}}@{_LETTER}{{0,300}}")
"""Bounded, so that a long text without an address is read in a moment."""
_GOOD = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}"
)
_AROUND = " \t,<>\"'"


class InvitationState(StrEnum):
    """Where an invitation stands; the first two may still be answered."""

    SENT = "sent"
    OPENED = "opened"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    TAKEN_BACK = "taken_back"


class Fault(StrEnum):
    """Why somebody cannot be invited."""

    NO_ADDRESS = "no_address"
    BAD_ADDRESS = "bad_address"
    LONG_NAME = "long_name"
    TWICE = "twice"
    INVITED_ALREADY = "invited_already"
    MENTOR_ALREADY = "mentor_already"


@dataclass(frozen=True, slots=True)
class Invitee:
    """Somebody to invite. ``name`` may be empty: the person writes it when they accept."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class FaultyEntry:
    """What was typed, and what is wrong with it."""

    typed: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a pasted text holds: people to invite, and what could not be used."""

    invitees: tuple[Invitee, ...]
    faults: tuple[FaultyEntry, ...]


def same_address(address: str) -> str:
    """Return an address in the spelling by which two are the same."""
    return address.strip().lower()


def is_address(address: str) -> bool:
    """Tell whether a mail could go there."""
    return len(address) <= LONGEST_ADDRESS and len(address.partition("@")[0]) <= 64 and bool(_GOOD.fullmatch(address))


def read_pasted(text: str) -> Pasted:
    """Read names and addresses as people paste them: ``Name <address>``, ``Name, address`` or the address alone.

    Each line is one person, or several as a mail program lists them, with commas or semicolons between.
    """
    invitees: list[Invitee] = []
    faults: list[FaultyEntry] = []
    known: set[str] = set()
    for piece in filter(None, (one.strip() for one in _PIECES.split("\n".join(text.splitlines())))):
        people = _people_in(piece)
        if not people:
            faults.append(FaultyEntry(piece, Fault.NO_ADDRESS))
        for one in people:
            fault = _fault_of(one, known)
            if fault:
                faults.append(FaultyEntry(f"{one.name} {one.address}".strip(), fault))
            else:
                invitees.append(one)
            known.add(same_address(one.address))
    return Pasted(tuple(invitees), tuple(faults))


def state_of(
    *,
    opened_at: datetime | None,
    accepted_at: datetime | None,
    declined_at: datetime | None,
    taken_back_at: datetime | None,
    expires_at: datetime,
    now: datetime,
) -> InvitationState:
    """Return where an invitation stands; what somebody said counts before what time did."""
    if accepted_at:
        return InvitationState.ACCEPTED
    if declined_at:
        return InvitationState.DECLINED
    if taken_back_at:
        return InvitationState.TAKEN_BACK
    if expires_at <= now:
        return InvitationState.EXPIRED
    return InvitationState.OPENED if opened_at else InvitationState.SENT


def may_send_again(state: InvitationState) -> bool:
    """Tell whether a new link may go out: to whoever has not answered."""
    return state in {InvitationState.SENT, InvitationState.OPENED, InvitationState.EXPIRED}


def may_take_back(state: InvitationState) -> bool:
    """Tell whether there is a link that could still be answered."""
    return state in {InvitationState.SENT, InvitationState.OPENED}


def _people_in(piece: str) -> list[Invitee]:
    found = list(_ADDRESS.finditer(piece))
    if len(found) == 1:
        (only,) = found
        around = f"{piece[: only.start()].strip(_AROUND)} {piece[only.end() :].strip(_AROUND)}"
        return [Invitee(_one_line(around), only.group())]
    starts = [0, *(one.end() for one in found)]
    return [
        Invitee(_one_line(piece[start : one.start()].strip(_AROUND)), one.group())
        for start, one in zip(starts, found, strict=False)
    ]


def _fault_of(one: Invitee, known: set[str]) -> Fault | None:
    if not is_address(one.address):
        return Fault.BAD_ADDRESS
    if len(one.name) > LONGEST_NAME:
        return Fault.LONG_NAME
    return Fault.TWICE if same_address(one.address) in known else None


def _one_line(text: str) -> str:
    """Return a name without control characters: a mail's header has one line."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
