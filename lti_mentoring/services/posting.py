"""Mails leave by an outbox: claimed under a lease, sent outside any transaction, marked afterwards.

Whoever claims a mail in its reader's quiet hours puts it off to their end (docs/adr/0026).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import or_, select, update

from lti_mentoring.db import database_now, rows_changed
from lti_mentoring.domain.inviting import OUTSIDE
from lti_mentoring.domain.quiet_hours import waits_until
from lti_mentoring.models import Mail, MailState, MentorInvitation, Person, QuietHours
from lti_mentoring.queries.quiet_hours import hours_of_row

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.quiet_hours import Hours

LEASE = timedelta(seconds=120)
MOST_ATTEMPTS = 8
FIRST_WAIT = timedelta(seconds=30)
WAKES_WITHIN = timedelta(seconds=30)
"""A new mail is woken by whoever wrote it; the sweep comes after those whose wake-up was lost."""


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
    sealed_link: str | None = None
    signs_in: bool = False
    """The reader has no course to open the tool from."""


def claim_mail(session: Session, mail_id: int) -> DueMail | None:
    """Lease a due mail; None when it is gone, sent, another worker's, or now put off for its reader's quiet hours.

    Without an address it ends as failed.
    """
    clock = database_now(session)
    token = secrets.token_hex(8)
    claimed = session.execute(
        update(Mail)
        .where(Mail.id == mail_id, *_due(clock))
        .values(lease_token=token, lease_until=clock + LEASE, attempts=Mail.attempts + 1, held_at=None)
        .execution_options(synchronize_session=False)
    )
    if not rows_changed(claimed):
        return None
    mail = session.get_one(Mail, mail_id, populate_existing=True)
    reader = _reader(session, mail)
    if not reader.address:
        _end(mail, MailState.FAILED, "no_address")
        return None
    later = waits_until(mail.kind, reader.hours, clock)
    if later is not None:
        _hold(mail, later, clock)
        return None
    return DueMail(
        mail.id, token, mail.kind, mail.facts, reader.address, reader.name, reader.locale, mail.once_key,
        mail.sealed_link, reader.signs_in,
    )  # fmt: skip


def settle_mail(session: Session, due: DueMail, error: str | None, *, now: datetime, keeps_link: bool = False) -> None:
    """Write down that a mail left, or why not; it is tried MOST_ATTEMPTS times, ever more slowly.

    Its one-time link is deleted with that, unless the mail is shown on a page in place of being sent.
    """
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
    if mail.state is not MailState.PENDING and not keeps_link:
        mail.sealed_link = None


def find_due_mails(session: Session, *, most: int) -> list[int]:
    """Return the mails that are due and leased to nobody, oldest first; not those whose own wake-up is on its way."""
    clock = database_now(session)
    wanted = select(Mail.id).where(*_due(clock), Mail.created_at <= clock - WAKES_WITHIN)
    return list(session.scalars(wanted.order_by(Mail.due_at).limit(most)))


def find_mails_between(session: Session, after: int, upto: int, *, most: int) -> list[int]:
    """Return the due mails of these numbers, ``upto`` included, leased to nobody, in order of their numbers."""
    clock = database_now(session)
    wanted = select(Mail.id).where(Mail.id > after, Mail.id <= upto, *_due(clock)).order_by(Mail.id).limit(most)
    return list(session.scalars(wanted))


class _Reader(NamedTuple):
    """To whom a mail goes; ``signs_in``: without a course."""

    address: str
    name: str
    locale: str | None
    signs_in: bool
    hours: Hours | None


def _reader(session: Session, mail: Mail) -> _Reader:
    """Return a mail's reader, with their quiet hours: one statement."""
    if mail.invitation_id is not None:
        invited = session.get_one(MentorInvitation, mail.invitation_id)
        return _Reader(invited.address, invited.name, invited.locale, signs_in=True, hours=None)
    own = (QuietHours.person_id == Person.id) & (QuietHours.institution_id == Person.institution_id)
    person, named = session.execute(
        select(Person, QuietHours).outerjoin(QuietHours, own).where(Person.id == mail.person_id)
    ).one()
    return _Reader(
        person.email or "", person.shown_name, person.locale,
        signs_in=person.issuer == OUTSIDE, hours=hours_of_row(named) if named else None,
    )  # fmt: skip


def _due(clock: datetime) -> tuple[Any, ...]:
    free = or_(Mail.lease_until.is_(None), Mail.lease_until < clock)
    return (Mail.state == MailState.PENDING, Mail.due_at <= clock, free)


def _hold(mail: Mail, until: datetime, clock: datetime) -> None:
    """Put a mail off: it is due again at the end of the quiet hours, and this was no attempt to send it."""
    _end(mail, MailState.PENDING, mail.last_error)
    mail.attempts -= 1
    mail.held_at, mail.due_at = clock, until


def _end(mail: Mail, state: MailState, error: str | None) -> None:
    mail.state, mail.last_error = state, error
    mail.lease_token = mail.lease_until = None
