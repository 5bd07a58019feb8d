"""Who reads an institution's concerns, and who could be named for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.domain.inviting import OUTSIDE
from lti_mentoring.models import ConcernHandler, Person
from lti_mentoring.queries.people import is_named

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter

MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class HandlerView:
    """Somebody who reads the concerns that are raised after ``named_at``."""

    handler_id: int
    person_id: int
    name: str
    email: str
    named_at: datetime


@dataclass(frozen=True, slots=True)
class HandlersPage:
    """Who is named, and those of the wanted name who could be: number, name and e-mail address."""

    named: tuple[HandlerView, ...]
    found: tuple[tuple[int, str, str], ...]


def handlers_page(session: Session, sitter: Sitter, *, wanted: str = "") -> HandlersPage:
    """Return what an administrator sees of it; two statements, one where nobody is looked for."""
    named = handlers_of(session, sitter.institution_id)
    if not wanted:
        return HandlersPage(named, ())
    known = {one.person_id for one in named}
    people = session.scalars(
        who_can_handle(sitter).where(is_named(wanted), Person.id.not_in(known)).order_by(Person.name, Person.id)
        .limit(MOST_FOUND)
    )  # fmt: skip
    return HandlersPage(named, tuple((one.id, one.shown_name, one.email or "") for one in people))


def who_can_handle(sitter: Sitter) -> Select[Person]:
    """Select the people of the institution who can be named: they come from an LMS, in whatever role."""
    return select(Person).where(
        Person.institution_id == sitter.institution_id, Person.is_test_user.is_(False), Person.issuer != OUTSIDE
    )


def handlers_of(session: Session, institution_id: int) -> tuple[HandlerView, ...]:
    """Return who is named, by name; one statement."""
    rows = session.execute(
        select(ConcernHandler, Person)
        .join(Person, Person.id == ConcernHandler.person_id)
        .where(ConcernHandler.institution_id == institution_id)
        .order_by(Person.name, Person.id)
    )
    return tuple(
        HandlerView(one.id, who.id, who.shown_name, who.email or "", one.named_at) for one, who in rows
    )  # fmt: skip


def named_since(session: Session, sitter: Sitter) -> datetime | None:
    """Return since when the sitter reads concerns, or None; one statement."""
    return session.scalar(
        select(ConcernHandler.named_at).where(
            ConcernHandler.institution_id == sitter.institution_id, ConcernHandler.person_id == sitter.person_id
        )
    )
