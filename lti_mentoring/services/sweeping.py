"""Delete what has run out and nobody may use again. Nothing that a person did is touched."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete

from lti_mentoring.models import AccessToken, LoginTransaction, Seat

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SEATS_KEPT = timedelta(days=30)
"""An ended seat still tells which platform's frame its late pages stand in."""


def sweep_out(session: Session, *, now: datetime) -> None:
    """Delete ended logins and tokens, and seats that ended long ago."""
    session.execute(delete(LoginTransaction).where(LoginTransaction.expires_at < now))
    session.execute(delete(AccessToken).where(AccessToken.expires_at < now))
    session.execute(delete(Seat).where(Seat.expires_at < now - SEATS_KEPT))
