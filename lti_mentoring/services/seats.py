"""The seat after the launch: take another role that the launch gave, or leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from lti_mentoring.errors import NotAllowed
from lti_mentoring.models import Membership, Seat
from lti_mentoring.services import auditing

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import SeatRole, Sitter


def switch_role(session: Session, sitter: Sitter, role: SeatRole, *, now: datetime) -> None:
    """Sit here in another role of the same launch, and begin there the next time.

    Raises NotAllowed for a role that the launch did not give.
    """
    if role not in sitter.roles:
        raise NotAllowed(needed=role.value)
    is_news = _remember(session, sitter, role)
    if role is sitter.role and not is_news:
        return
    seat = session.get_one(Seat, sitter.seat_id)
    seat.role, seat.used_at = role, now
    auditing.record(session, sitter, "seat.switched", "seat", seat.id, now=now, to=role.value)


def _remember(session: Session, sitter: Sitter, role: SeatRole) -> bool:
    """Keep the choice for this person in this course; tell whether it is another than before."""
    kept = session.execute(
        update(Membership)
        .where(
            Membership.context_ref == sitter.context_id,
            Membership.person_id == sitter.person_id,
            Membership.chosen_role.is_distinct_from(role),
        )
        .values(chosen_role=role)
        .returning(Membership.id)
    )
    return kept.first() is not None


def leave(session: Session, sitter: Sitter, *, now: datetime) -> None:
    """End the seat: the browser's secret opens nothing any more."""
    seat = session.get_one(Seat, sitter.seat_id)
    seat.ended_at = now
    auditing.record(session, sitter, "seat.left", "seat", seat.id, now=now)
