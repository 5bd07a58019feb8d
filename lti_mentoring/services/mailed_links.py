"""Links by mail for outside mentors: asked for by anybody, looked up later, used once.

Asking writes the same row for a known address and for an unknown one; a task looks it up, so that neither the words
nor the time of the answer tell which it was. Looking at a link uses nothing up: mail scanners open links.
"""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, func, select

from lti_mentoring.db import announce
from lti_mentoring.domain.accounts import MAILED_LINK_LASTS, MOST_ATTEMPTS, MOST_MAILED_LINKS, AccountKind
from lti_mentoring.domain.events import SignInAsked
from lti_mentoring.domain.inviting import OUTSIDE, same_address
from lti_mentoring.models import Account, Institution, LinkUse, Person, SignInLink, SignInRequest
from lti_mentoring.queries.seats import hash_of
from lti_mentoring.sealing import link_place
from lti_mentoring.services import auditing
from lti_mentoring.services.accounts import (
    SECRET_BYTES,
    LinkRefused,
    begin_session,
    end_open_links,
    open_link,
    use_link,
)
from lti_mentoring.services.mailing import write_mail
from lti_mentoring.services.passkeys import TooManyAttempts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.sealing import Sealer

MAILED_PATH = "/sign-in/mail"
KIND = "sign_in_link"


class MailedLinkRefused(LinkRefused):
    """No link by mail, or one that is used or too old; the answer is the same for all of them."""

    code = "mailed_link_invalid"


def ask(
    session: Session,
    address: str,
    *,
    address_hash: str,
    browser: str,
    source: str,
    back: str | None,
    now: datetime,
) -> SignInRequest:
    """Note that somebody asks for a link; raise TooManyAttempts by address or by network, known or not."""
    for what, value, most in (
        (SignInRequest.address_hash, address_hash, MOST_MAILED_LINKS),
        (SignInRequest.source_hash, source, MOST_ATTEMPTS),
    ):
        if _recent(session, what == value, now) >= most:
            raise TooManyAttempts
    made = SignInRequest(
        address=same_address(address),
        address_hash=address_hash,
        source_hash=source,
        browser_hash=hash_of(browser),
        back=back,
        created_at=now,
    )
    session.add(made)
    session.flush()
    announce(session, SignInAsked(made.id))
    return made


def answer(session: Session, request_id: int, sealer: Sealer, public_url: str, *, now: datetime) -> int:
    """Write a mail to each account of the address, once; return how many. The address is forgotten with it."""
    asked = session.scalar(
        select(SignInRequest)
        .where(SignInRequest.id == request_id, SignInRequest.answered_at.is_(None))
        .with_for_update()
    )
    if asked is None:
        return 0
    known = _accounts_of(session, asked.address or "") if asked.created_at + MAILED_LINK_LASTS > now else []
    for account, institution in known:
        _mail_link(session, asked, account, institution, sealer, public_url, now)
    asked.answered_at, asked.address = now, None
    session.flush()
    return len(known)


def find_unanswered_requests(session: Session, *, most: int, now: datetime) -> list[int]:
    """Return requests whose wake-up was lost."""
    waiting = select(SignInRequest.id).where(
        SignInRequest.answered_at.is_(None), SignInRequest.created_at > now - MAILED_LINK_LASTS
    )
    return list(session.scalars(waiting.order_by(SignInRequest.id).limit(most)))


def open_mailed(session: Session, token: str, *, now: datetime) -> tuple[SignInLink, Account]:
    """Return the link and its account; raise MailedLinkRefused unless it may still be used. Uses nothing up."""
    with _as_mailed():
        return open_link(session, token, now=now, use=LinkUse.SIGN_IN)


def is_same_browser(link: SignInLink, browser: str) -> bool:
    """Tell whether the link was asked for in this browser: there it needs no second button."""
    return bool(browser) and link.browser_hash == hash_of(browser)


def sign_in_by_mail(session: Session, token: str, *, now: datetime) -> tuple[str, SignInLink]:
    """Use a link up, and with it the account's other open ones; return the secret for the browser."""
    link, account = open_mailed(session, token, now=now)
    with _as_mailed():  # another browser may have been sooner
        use_link(session, link, now=now)
    end_open_links(session, account, LinkUse.SIGN_IN, now=now)
    return begin_session(session, account, None, now=now), link


@contextmanager
def _as_mailed() -> Iterator[None]:
    try:
        yield
    except LinkRefused as refused:
        raise MailedLinkRefused from refused


def _recent(session: Session, which: ColumnElement[bool], now: datetime) -> int:
    counted = select(func.count()).where(which, SignInRequest.created_at > now - MAILED_LINK_LASTS)
    return session.scalar(counted) or 0


def _accounts_of(session: Session, address: str) -> list[tuple[Account, str]]:
    """Return the outside mentors with this address, one for each institution that knows it."""
    rows = session.execute(
        select(Account, Institution.name)
        .join(Person, Person.id == Account.person_id)
        .join(Institution, Institution.id == Account.institution_id)
        .where(
            Account.kind == AccountKind.MENTOR,
            Account.disabled_at.is_(None),
            Person.issuer == OUTSIDE,
            func.lower(Person.email) == address,
        )
        .order_by(Account.id)
    )
    return [(account, institution) for account, institution in rows]


def _mail_link(
    session: Session,
    asked: SignInRequest,
    account: Account,
    institution: str,
    sealer: Sealer,
    public_url: str,
    now: datetime,
) -> None:
    token = secrets.token_urlsafe(SECRET_BYTES)
    made = SignInLink(
        account_id=account.id,
        institution_id=account.institution_id,
        use=LinkUse.SIGN_IN,
        token_hash=hash_of(token),
        browser_hash=asked.browser_hash,
        back=asked.back,
        created_at=now,
        expires_at=asked.created_at + MAILED_LINK_LASTS,
    )
    session.add(made)
    session.flush()
    once_key = f"{KIND}:{made.id}"
    sealed = sealer.seal(f"{public_url}{MAILED_PATH}#{token}", link_place(once_key))
    write_mail(
        session, account.person_id or 0, KIND, {"institution": institution}, once_key, None, now, sealed_link=sealed
    )
    auditing.record(
        session, None, "sign_in_link.mailed", "account", account.id, now=now, institution_id=account.institution_id
    )
