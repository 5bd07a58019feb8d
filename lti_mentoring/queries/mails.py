"""The mails that an institution's people were written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from lti_mentoring.models import Mail, MailState, Person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter

PAGE = 50


@dataclass(frozen=True, slots=True)
class WrittenMail:
    """One mail; ``facts`` fill the template of its kind."""

    mail_id: int
    kind: str
    facts: Mapping[str, Any]
    name: str
    address: str
    locale: str | None
    state: MailState
    written_at: datetime


@dataclass(frozen=True, slots=True)
class MailsPage:
    """One page of mails, newest first."""

    mails: tuple[WrittenMail, ...]
    total: int
    number: int
    pages: int


def mails_page(session: Session, sitter: Sitter, *, number: int = 1) -> MailsPage:
    """Return one page of the institution's mails; two statements."""
    own = Mail.institution_id == sitter.institution_id
    total = session.scalar(select(func.count()).select_from(Mail).where(own)) or 0
    pages = max(1, -(-total // PAGE))
    number = min(max(number, 1), pages)
    rows = session.execute(
        select(Mail, Person)
        .join(Person, Person.id == Mail.person_id)
        .where(own)
        .order_by(Mail.id.desc())
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    )
    mails = tuple(
        WrittenMail(
            mail.id, mail.kind, mail.facts, who.shown_name, who.email or "", who.locale, mail.state, mail.created_at
        )
        for mail, who in rows
    )
    return MailsPage(mails, total, number, pages)
