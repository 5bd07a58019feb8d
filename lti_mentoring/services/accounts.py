"""Accounts that sign in without an LMS: made, given a one-time link, switched off and on, and their sessions ended."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from lti_mentoring.db import rows_changed
from lti_mentoring.domain.accounts import LINK_LASTS, LONGEST, AccountKind, Actor, Holder
from lti_mentoring.errors import MentoringError, NotFound, Refused
from lti_mentoring.models import Account, LinkUse, SignInLink, SignInSession
from lti_mentoring.queries.seats import hash_of
from lti_mentoring.services import auditing
from lti_mentoring.services.outside import sit_where_there_is_one_place

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SECRET_BYTES = 32
LINK_PATH = "/sign-in/link"


class LinkRefused(MentoringError):
    """No link, or one that is used, replaced or too old; the answer is the same for all of them."""

    code = "sign_in_link_invalid"
    status = 403


class OwnAccount(Refused):
    """Who switched off the own account would have nobody to undo it."""

    code = "own_account"


def add_account(
    session: Session,
    kind: AccountKind,
    institution_id: int | None,
    name: str,
    *,
    by: Actor | None,
    now: datetime,
    person_id: int | None = None,
) -> Account:
    """Make an account; it opens nothing before its holder has proved who they are. ``person_id``: a mentor's."""
    made = Account(
        kind=kind,
        institution_id=institution_id,
        person_id=person_id,
        name=name,
        user_handle=secrets.token_urlsafe(SECRET_BYTES),
        created_at=now,
    )
    session.add(made)
    session.flush()
    auditing.record(
        session, by, "account.made", "account", made.id, now=now, institution_id=institution_id, kind=kind.value
    )
    return made


def make_link(
    session: Session, account: Account, *, by: Actor | None, now: datetime, lasts: timedelta = LINK_LASTS
) -> str:
    """Make a one-time link to a passkey and return its secret, which is kept nowhere; older links end."""
    end_open_links(session, account, LinkUse.PASSKEY, now=now)
    token = secrets.token_urlsafe(SECRET_BYTES)
    made = SignInLink(
        account_id=account.id,
        institution_id=account.institution_id,
        token_hash=hash_of(token),
        created_at=now,
        expires_at=now + lasts,
    )
    session.add(made)
    session.flush()
    auditing.record(
        session, by, "sign_in_link.made", "account", account.id, now=now, institution_id=account.institution_id
    )
    return token


def end_open_links(session: Session, account: Account, use: LinkUse, *, now: datetime) -> None:
    """Let the account's links for that use, which nobody has followed yet, open nothing any more."""
    session.execute(
        update(SignInLink)
        .where(
            SignInLink.account_id == account.id,
            SignInLink.use == use,
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
        )
        .values(expires_at=now)
    )


def link_url(public_url: str, token: str) -> str:
    """Return the address to open. The secret stands behind the #: no server, log or mail scanner is told it."""
    return f"{public_url}{LINK_PATH}#{token}"


def open_link(
    session: Session, token: str, *, now: datetime, use: LinkUse = LinkUse.PASSKEY
) -> tuple[SignInLink, Account]:
    """Return the link and its account; raise LinkRefused unless it may still be used. Uses nothing up."""
    row = session.execute(
        select(SignInLink, Account)
        .join(Account, Account.id == SignInLink.account_id)
        .where(
            SignInLink.token_hash == hash_of(token),
            SignInLink.use == use,
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
            Account.disabled_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        raise LinkRefused
    link, account = row
    return link, account


def use_link(session: Session, link: SignInLink, *, now: datetime) -> None:
    """Use the link up; of two at once one gets it."""
    used = session.execute(
        update(SignInLink).where(SignInLink.id == link.id, SignInLink.used_at.is_(None)).values(used_at=now)
    )
    if rows_changed(used) != 1:
        raise LinkRefused


def colleague(
    session: Session, kind: AccountKind, institution_id: int | None, account_id: int, *also: AccountKind
) -> Account:
    """Return an account of these kinds and of this institution (None: of none); another's is not there."""
    found = session.scalar(select(Account).where(Account.id == account_id, Account.kind.in_((kind, *also))))
    if found is None or found.institution_id != institution_id:
        raise NotFound
    return found


def switch_account(session: Session, account: Account, *, on: bool, by: Actor | None, now: datetime) -> None:
    """Let an account in again, or keep it out: its sessions and links end now. Nobody switches off themselves."""
    if by is not None and by.account_id == account.id:
        raise OwnAccount
    account.disabled_at = None if on else now
    if not on:
        end_sessions(session, account.id, now=now)
        session.execute(
            update(SignInLink)
            .where(SignInLink.account_id == account.id, SignInLink.used_at.is_(None))
            .values(expires_at=now)
        )
    action = "account.enabled" if on else "account.disabled"
    auditing.record(session, by, action, "account", account.id, now=now, institution_id=account.institution_id)


def begin_session(session: Session, account: Account, passkey_id: int | None, *, now: datetime) -> str:
    """Sign an account in, by a passkey or by a link; return the new secret for the browser.

    An outside mentor with one place to sit sits there at once.
    """
    token = secrets.token_urlsafe(SECRET_BYTES)
    made = SignInSession(
        account_id=account.id,
        institution_id=account.institution_id,
        passkey_id=passkey_id,
        token_hash=hash_of(token),
        created_at=now,
        checked_at=now,
        used_at=now,
        expires_at=now + LONGEST,
    )
    session.add(made)
    session.flush()
    auditing.record_account(session, account, "account.signed_in", "sign_in_session", made.id, now=now)
    sit_where_there_is_one_place(session, account, made, now=now)
    return token


def end_session(session: Session, holder: Holder, *, now: datetime) -> None:
    """Sign out here."""
    session.execute(
        update(SignInSession)
        .where(SignInSession.id == holder.session_id, SignInSession.ended_at.is_(None))
        .values(ended_at=now)
    )
    auditing.record(session, holder, "account.signed_out", "sign_in_session", holder.session_id, now=now)


def end_all_sessions(session: Session, holder: Holder, *, now: datetime) -> None:
    """Sign out everywhere, here too."""
    end_sessions(session, holder.account_id, now=now)
    auditing.record(session, holder, "account.signed_out_everywhere", "account", holder.account_id, now=now)


def end_sessions(session: Session, account_id: int, *, now: datetime, passkey_id: int | None = None) -> None:
    """End the open sessions of an account, or only those that one passkey opened."""
    wanted = update(SignInSession).where(SignInSession.account_id == account_id, SignInSession.ended_at.is_(None))
    if passkey_id is not None:
        wanted = wanted.where(SignInSession.passkey_id == passkey_id)
    session.execute(wanted.values(ended_at=now))


def keep_session(session: Session, holder: Holder, *, now: datetime) -> None:
    """Note that a session is in use, for its idle time."""
    session.execute(update(SignInSession).where(SignInSession.id == holder.session_id).values(used_at=now))
