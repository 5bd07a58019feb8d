"""The mails that an institution's people were written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select

from lti_mentoring.domain.concerns import WAITS
from lti_mentoring.domain.inviting import OUTSIDE
from lti_mentoring.models import Mail, MailState, MentorInvitation, Person

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
    once_key: str
    sealed_link: str | None
    signs_in: bool
    waits_until: datetime | None = None
    """The end of its reader's quiet hours, where it was put off to that."""


@dataclass(frozen=True, slots=True)
class MailsPage:
    """One page of mails, newest first."""

    mails: tuple[WrittenMail, ...]
    total: int
    number: int
    pages: int


def mails_page(session: Session, sitter: Sitter, *, number: int = 1) -> MailsPage:
    """Return one page of the institution's mails, of those about concerns only one's own; two statements."""
    own = and_(
        Mail.institution_id == sitter.institution_id, or_(Mail.kind != WAITS, Mail.person_id == sitter.person_id)
    )
    total = session.scalar(select(func.count()).select_from(Mail).where(own)) or 0
    pages = max(1, -(-total // PAGE))
    number = min(max(number, 1), pages)
    rows = session.execute(
        select(Mail, Person, MentorInvitation)
        .outerjoin(Person, Person.id == Mail.person_id)
        .outerjoin(MentorInvitation, MentorInvitation.id == Mail.invitation_id)
        .where(own)
        .order_by(Mail.id.desc())
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    )
    return MailsPage(tuple(_written(*row) for row in rows), total, number, pages)


def _written(mail: Mail, person: Person | None, invited: MentorInvitation | None) -> WrittenMail:
    name, address, locale = (
        (person.shown_name, person.email or "", person.locale)
        if person
        else (invited.name, invited.address, invited.locale)
        if invited
        else ("", "", None)
    )
    return WrittenMail(
        mail.id, mail.kind, mail.facts, name, address, locale, mail.state, mail.created_at, mail.once_key,
        mail.sealed_link, invited is not None or bool(person and person.issuer == OUTSIDE),
        mail.due_at if mail.held_at else None,
    )  # fmt: skip
