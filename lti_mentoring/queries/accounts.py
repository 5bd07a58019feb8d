"""Who signed in without an LMS, and what pages show of accounts: their names and passkeys, never course people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from lti_mentoring.domain.accounts import AccountKind, Holder, lives
from lti_mentoring.models import Account, Institution, Passkey, Person, SignInLink, SignInSession
from lti_mentoring.queries.seats import hash_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class PasskeyView:
    """One passkey of one's own."""

    id: int
    name: str
    created_at: datetime
    used_at: datetime | None
    is_here: bool


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """One's own passkeys and how many browsers one is signed in with; ``address``: where links go by mail."""

    passkeys: tuple[PasskeyView, ...]
    sessions: int
    address: str = ""


@dataclass(frozen=True, slots=True)
class AccountView:
    """A colleague's account. ``passkeys`` 0: its link was not used yet."""

    id: int
    name: str
    passkeys: int
    link_until: datetime | None
    is_on: bool
    is_you: bool


def find_holder(session: Session, token: str, *, now: datetime) -> Holder | None:
    """Return who is signed in behind a browser's secret, if the session lives; one statement."""
    row = session.execute(
        select(SignInSession, Account, Institution.name)
        .join(Account, Account.id == SignInSession.account_id)
        .outerjoin(Institution, Institution.id == Account.institution_id)
        .where(
            SignInSession.token_hash == hash_of(token),
            SignInSession.ended_at.is_(None),
            Account.disabled_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    found, account, institution = row
    if not lives(account.kind, found.used_at, found.expires_at, now=now):
        return None
    return Holder(
        account_id=account.id,
        session_id=found.id,
        name=account.name,
        kind=account.kind,
        institution_id=account.institution_id,
        institution=institution or "",
        checked_at=found.checked_at,
        used_at=found.used_at,
        passkey_id=found.passkey_id,
        seat_id=found.seat_id,
    )


def own_account(session: Session, holder: Holder, *, now: datetime) -> OwnAccount:
    """Return what the holder's own page shows."""
    rows = session.scalars(select(Passkey).where(Passkey.account_id == holder.account_id).order_by(Passkey.id))
    passkeys = tuple(
        PasskeyView(one.id, one.name, one.created_at, one.used_at, one.id == holder.passkey_id) for one in rows
    )
    open_sessions = session.scalars(
        select(SignInSession).where(SignInSession.account_id == holder.account_id, SignInSession.ended_at.is_(None))
    )
    living = sum(lives(holder.kind, one.used_at, one.expires_at, now=now) for one in open_sessions)
    own = select(Person.email).join(Account, Account.person_id == Person.id).where(Account.id == holder.account_id)
    return OwnAccount(passkeys, living, session.scalar(own) or "")


def known_credentials(session: Session, account_id: int) -> list[str]:
    """Return the passkeys that an account has, so that a device makes no second one."""
    return list(session.scalars(select(Passkey.credential_id).where(Passkey.account_id == account_id)))


def accounts(
    session: Session, kind: AccountKind, institution_id: int | None, *, you: int | None, now: datetime
) -> tuple[AccountView, ...]:
    """Return the operators (of no institution) or the administrators of one; one statement."""
    passkeys = select(func.count()).where(Passkey.account_id == Account.id).correlate(Account).scalar_subquery()
    link = (
        select(func.max(SignInLink.expires_at))
        .where(SignInLink.account_id == Account.id, SignInLink.used_at.is_(None), SignInLink.expires_at > now)
        .correlate(Account)
        .scalar_subquery()
    )
    own = Account.institution_id.is_(None) if institution_id is None else Account.institution_id == institution_id
    rows = session.execute(
        select(Account, passkeys, link).where(Account.kind == kind, own).order_by(Account.name, Account.id)
    )
    return tuple(
        AccountView(one.id, one.name, count, until, one.disabled_at is None, one.id == you)
        for one, count, until in rows
    )
