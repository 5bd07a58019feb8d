"""Delete what has run out and nobody may use again. Nothing that a person did is touched."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete

from lti_mentoring.lti.notices import OLDEST
from lti_mentoring.models import (
    AccessToken,
    LoginTransaction,
    MentorInvitation,
    Notice,
    NoticeState,
    PasskeyChallenge,
    Seat,
    SignInLink,
    SignInRequest,
    SignInSession,
    Ticket,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SEATS_KEPT = timedelta(days=30)
"""An ended seat still tells which platform's frame its late pages stand in."""
CHALLENGES_KEPT = timedelta(days=1)
LINKS_KEPT = timedelta(days=30)
INVITATIONS_KEPT = timedelta(days=180)
"""Of who never came: a name and an address that nobody needs any more."""
NOTICES_KEPT = OLDEST * 8
"""Far longer than a notice's token can be used: the same notice, and the same nonce, are still known by then."""


def sweep_out(session: Session, *, now: datetime) -> None:
    """Delete what ended: logins, tickets, tokens, challenges, seats, sessions, links, invitations, notices."""
    session.execute(delete(Ticket).where(Ticket.expires_at < now))
    session.execute(delete(LoginTransaction).where(LoginTransaction.expires_at < now))
    session.execute(delete(AccessToken).where(AccessToken.expires_at < now))
    session.execute(delete(Notice).where(Notice.received_at < now - NOTICES_KEPT, Notice.state != NoticeState.WAITING))
    session.execute(delete(Seat).where(Seat.expires_at < now - SEATS_KEPT))
    session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.created_at < now - CHALLENGES_KEPT))
    session.execute(delete(SignInLink).where(SignInLink.expires_at < now - LINKS_KEPT))
    session.execute(delete(SignInRequest).where(SignInRequest.created_at < now - CHALLENGES_KEPT))
    session.execute(
        delete(MentorInvitation).where(
            MentorInvitation.accepted_at.is_(None), MentorInvitation.expires_at < now - INVITATIONS_KEPT
        )
    )
    session.execute(delete(SignInSession).where(SignInSession.expires_at < now - SEATS_KEPT))
