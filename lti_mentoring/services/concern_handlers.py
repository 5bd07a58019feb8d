"""Name those who read an institution's concerns, and end it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from lti_mentoring.errors import NotFound
from lti_mentoring.models import ConcernHandler, Person
from lti_mentoring.queries.concern_handlers import who_can_handle
from lti_mentoring.services.auditing import record

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter


def name_handler(session: Session, by: Sitter, person_id: int, *, now: datetime) -> None:
    """Let somebody of the institution read the concerns that are raised from now on; naming twice changes nothing.

    Raises NotFound for whoever cannot be named.
    """
    if session.scalar(who_can_handle(by).where(Person.id == person_id)) is None:
        raise NotFound
    row = ConcernHandler(institution_id=by.institution_id, person_id=person_id, named_at=now)
    try:
        with session.begin_nested():  # of two who name the same one at once the database lets one
            session.add(row)
    except IntegrityError:
        return
    record(session, by, "concern_handler.named", "concern_handler", row.id, now=now, person_id=person_id)


def end_handler(session: Session, by: Sitter, handler_id: int, *, now: datetime) -> None:
    """Let somebody read no concern any more, whatever they read before; raises NotFound where nobody is named so."""
    own = (ConcernHandler.id == handler_id, ConcernHandler.institution_id == by.institution_id)
    ended = session.scalar(delete(ConcernHandler).where(*own).returning(ConcernHandler.person_id))
    if ended is None:
        raise NotFound
    record(session, by, "concern_handler.ended", "concern_handler", handler_id, now=now, person_id=ended)
