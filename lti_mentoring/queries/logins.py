"""Find a login that a page of ours began, before anything of its launch is believed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.models import LoginTransaction, Registration
from lti_mentoring.queries.seats import hash_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class KeptLogin:
    """What a page needs to fetch its secret back; ``storage_target`` None: the platform keeps nothing for us."""

    registration_id: int
    auth_url: str
    storage_target: str | None


def find_kept_login(session: Session, state: str, *, now: datetime) -> KeptLogin | None:
    """Return the login if a page keeps a secret for it; it stays where it is."""
    row = session.execute(
        select(Registration.id, Registration.auth_url, LoginTransaction.storage_target)
        .join(Registration, Registration.id == LoginTransaction.registration_id)
        .where(
            LoginTransaction.state_hash == hash_of(state),
            LoginTransaction.kept_secret_hash.is_not(None),
            LoginTransaction.expires_at > now,
        )
    ).one_or_none()
    return KeptLogin(*row) if row else None
