"""Write a mail into the outbox; another sends it after the commit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from lti_mentoring.db import announce
from lti_mentoring.domain.events import MailWritten
from lti_mentoring.models import Mail, MailState, Person
from lti_mentoring.services.upserting import upsert

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
) -> Mail:
    """Write one mail and announce it; the same ``once_key`` again finds the mail that is there.

    ``facts`` are names, numbers and the page's path for ``templates/mail/<kind>.txt``: never content, grades, patients.
    """
    person = session.get_one(Person, person_id)
    first = {
        "institution_id": person.institution_id,
        "context_ref": context_id,
        "kind": kind,
        "facts": dict(facts),
        "state": MailState.PENDING,
        "attempts": 0,
        "due_at": now,
        "created_at": now,
    }
    session.flush()
    number = upsert(session, Mail, {"once_key": once_key, "person_id": person_id}, by=["once_key"], first=first)
    announce(session, MailWritten(number))
    return session.get_one(Mail, number)
