"""Write a mail into the outbox; another sends it after the commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from lti_mentoring.db import announce
from lti_mentoring.domain.events import MailsWritten, MailWritten
from lti_mentoring.models import Mail, MailState, MentorInvitation, Person
from lti_mentoring.services.upserting import insert_many, upsert

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def write_mail(
    session: Session,
    person_id: int,
    kind: str,
    facts: Mapping[str, str | int],
    once_key: str,
    context_id: int | None,
    now: datetime,
    *,
    sealed_link: str | None = None,
) -> Mail:
    """Write one mail and announce it; the same ``once_key`` again finds the mail that is there.

    ``facts`` are names, numbers and the page's path for ``templates/mail/<kind>.txt``: never content, grades, patients.
    ``sealed_link``: a one-time address, sealed for ``link_place(once_key)``; nobody but the reader is told it.
    """
    person = session.get_one(Person, person_id)
    to = {"person_id": person_id, "institution_id": person.institution_id, "sealed_link": sealed_link}
    return _write(session, to, kind, facts, once_key, context_id, now)


def write_to_invited(
    session: Session,
    invitation: MentorInvitation,
    kind: str,
    facts: Mapping[str, str | int],
    once_key: str,
    context_id: int,
    now: datetime,
    *,
    sealed_link: str,
) -> Mail:
    """Write one mail to somebody who is invited and no person of the institution yet."""
    to = {
        "invitation_id": invitation.id, "institution_id": invitation.institution_id, "sealed_link": sealed_link,
    }  # fmt: skip
    return _write(session, to, kind, facts, once_key, context_id, now)


def _write(
    session: Session,
    to: Mapping[str, Any],
    kind: str,
    facts: Mapping[str, str | int],
    once_key: str,
    context_id: int | None,
    now: datetime,
) -> Mail:
    first = {
        **to,
        "context_ref": context_id,
        "kind": kind,
        "facts": dict(facts),
        "state": MailState.PENDING,
        "attempts": 0,
        "due_at": now,
        "created_at": now,
    }
    session.flush()
    number = upsert(session, Mail, {"once_key": once_key}, by=["once_key"], first=first)
    announce(session, MailWritten(number))
    return session.get_one(Mail, number)


@dataclass(frozen=True, slots=True)
class Letter:
    """One of many mails that are written at once."""

    person_id: int
    kind: str
    facts: Mapping[str, str | int]
    once_key: str


def write_mails(
    session: Session,
    letters: Sequence[Letter],
    common: Mapping[str, str | int],
    *,
    institution_id: int,
    context_id: int | None,
    now: datetime,
) -> None:
    """Write many mails and announce them; ``common`` facts are in each. The number of statements does not grow."""
    if not letters:
        return
    same = {
        "institution_id": institution_id, "context_ref": context_id, "state": MailState.PENDING, "attempts": 0,
        "due_at": now, "created_at": now,
    }  # fmt: skip
    rows = [
        {
            "person_id": letter.person_id,
            "kind": letter.kind,
            "facts": {**common, **letter.facts},
            "once_key": letter.once_key,
        }
        for letter in letters
    ]
    before = _last_number(session)
    insert_many(session, Mail, rows, common=same, by=["once_key"])
    # One wake-up for all: a message for each of a hundred thousand would take longer than writing them.
    last = _last_number(session)
    if last > before:
        announce(session, MailsWritten(after=before, upto=last))


def _last_number(session: Session) -> int:
    return session.scalar(select(func.max(Mail.id))) or 0
