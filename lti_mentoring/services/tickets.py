"""Tickets: one address opened once within a minute, where neither a cookie nor a header can carry the seat."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import delete

from lti_mentoring.models import Seat, Ticket
from lti_mentoring.queries.seats import find_sitter_of, hash_of
from lti_mentoring.services import auditing

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter

TICKET_LASTS = timedelta(seconds=60)
TICKET_BYTES = 24
"""192 bits."""
TOKEN_BYTES = 32
OWN = frozenset({"id", "token_hash", "created_at", "used_at"})
"""What a window's seat does not take over from the seat that opened the window."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who comes in by a ticket. ``token`` is the secret of the window's own seat; empty where one file is fetched."""

    sitter: Sitter
    token: str = field(default="", repr=False)


def make_ticket(session: Session, sitter: Sitter, address: str, *, for_window: bool, now: datetime) -> str:
    """Return the secret that opens ``address`` (path and query) once for this seat; it is kept nowhere else."""
    secret = secrets.token_urlsafe(TICKET_BYTES)
    session.add(
        Ticket(
            institution_id=sitter.institution_id,
            secret_hash=hash_of(secret),
            seat_id=sitter.seat_id,
            address=address,
            for_window=for_window,
            expires_at=now + TICKET_LASTS,
        )
    )
    session.flush()
    return secret


def use_ticket(session: Session, secret: str, address: str, *, now: datetime) -> Admitted | None:
    """Use a ticket up and return who comes in by it; of two at once the database lets one have it.

    None: it was used, is too old, or never was; it is for another address (and used up all the same); or the seat that
    it was made in has ended.
    """
    ticket = session.execute(
        delete(Ticket)
        .where(Ticket.secret_hash == hash_of(secret))
        .returning(Ticket.seat_id, Ticket.address, Ticket.for_window, Ticket.expires_at)
    ).one_or_none()
    if ticket is None or ticket.expires_at <= now or ticket.address != address:
        return None
    sitter = find_sitter_of(session, ticket.seat_id, now=now)
    if sitter is None or not ticket.for_window:
        return Admitted(sitter) if sitter else None
    token = secrets.token_urlsafe(TOKEN_BYTES)
    window = _seat_like(session.get_one(Seat, sitter.seat_id), token, now)
    session.add(window)
    session.flush()
    auditing.record(session, sitter, "seat.opened_window", "seat", window.id, now=now)
    own = find_sitter_of(session, window.id, now=now)
    return Admitted(cast("Sitter", own), token)


def _seat_like(seat: Seat, token: str, now: datetime) -> Seat:
    """Return a seat of the same person in the same role that ends when that one would."""
    columns = cast("Table", Seat.__table__).c
    same: dict[str, Any] = {column.name: getattr(seat, column.name) for column in columns if column.name not in OWN}
    return Seat(**same, token_hash=hash_of(token), created_at=now, used_at=now)
