"""Delete what has run out and nobody may use again. Nothing that a person did is touched."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete

from lti_mentoring.models import AccessToken, LoginTransaction, PasskeyChallenge, Seat, SignInLink, SignInSession

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SEATS_KEPT = timedelta(days=30)
"""An ended seat still tells which platform's frame its late pages stand in."""
CHALLENGES_KEPT = timedelta(days=1)
LINKS_KEPT = timedelta(days=30)


def sweep_out(session: Session, *, now: datetime) -> None:
    """Delete ended logins, tokens and challenges; and seats, sessions and links that ended long ago."""
    session.execute(delete(LoginTransaction).where(LoginTransaction.expires_at < now))
    session.execute(delete(AccessToken).where(AccessToken.expires_at < now))
    session.execute(delete(Seat).where(Seat.expires_at < now - SEATS_KEPT))
    session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.created_at < now - CHALLENGES_KEPT))
    session.execute(delete(SignInLink).where(SignInLink.expires_at < now - LINKS_KEPT))
    session.execute(delete(SignInSession).where(SignInSession.expires_at < now - SEATS_KEPT))
