"""Mails leave by an outbox: claimed under a lease, sent outside any transaction, marked afterwards."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select, update

from lti_mentoring.db import database_now
from lti_mentoring.models import Mail, MailState, Person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LEASE = timedelta(seconds=120)
MOST_ATTEMPTS = 8
FIRST_WAIT = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class DueMail:
    """One claimed mail; ``facts`` fill the template ``mail/<kind>.txt``."""

    mail_id: int
    lease_token: str
    kind: str
    facts: dict[str, Any]
    address: str
    name: str
    locale: str | None
    once_key: str


def claim_mail(session: Session, mail_id: int) -> DueMail | None:
    """Lease a due mail; None when it is gone, sent, or another worker's. Without an address it ends as failed."""
    clock = database_now(session)
    token = secrets.token_hex(8)
    claimed = session.execute(
        update(Mail)
        .where(Mail.id == mail_id, *_due(clock))
        .values(lease_token=token, lease_until=clock + LEASE, attempts=Mail.attempts + 1)
        .execution_options(synchronize_session=False)
    )
    if not claimed.rowcount:  # type: ignore[attr-defined]  # an UPDATE's result is a CursorResult
        return None
    mail = session.get_one(Mail, mail_id, populate_existing=True)
    person = session.get_one(Person, mail.person_id)
    if not person.email:
        _end(mail, MailState.FAILED, "no_address")
        return None
    return DueMail(mail.id, token, mail.kind, mail.facts, person.email, person.shown_name, person.locale, mail.once_key)


def settle_mail(session: Session, due: DueMail, error: str | None, *, now: datetime) -> None:
    """Write down that a mail left, or why not; it is tried MOST_ATTEMPTS times, ever more slowly."""
    mail = session.get_one(Mail, due.mail_id, with_for_update=True, populate_existing=True)
    if mail.lease_token != due.lease_token:
        return
    if error is None:
        mail.sent_at = now
        _end(mail, MailState.SENT, None)
    elif mail.attempts >= MOST_ATTEMPTS:
        _end(mail, MailState.FAILED, error)
    else:
        _end(mail, MailState.PENDING, error)
        mail.due_at = database_now(session) + FIRST_WAIT * (1 << (mail.attempts - 1))


def find_due_mails(session: Session, *, most: int) -> list[int]:
    """Return the mails that are due and leased to nobody, oldest first."""
    clock = database_now(session)
    return list(session.scalars(select(Mail.id).where(*_due(clock)).order_by(Mail.due_at).limit(most)))


def _due(clock: datetime) -> tuple[Any, ...]:
    free = or_(Mail.lease_until.is_(None), Mail.lease_until < clock)
    return (Mail.state == MailState.PENDING, Mail.due_at <= clock, free)


def _end(mail: Mail, state: MailState, error: str | None) -> None:
    mail.state, mail.last_error = state, error
    mail.lease_token = mail.lease_until = None
