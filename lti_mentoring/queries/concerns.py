"""Concerns as lists, for whoever raised them and for their handlers; nobody else learns that there are any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, exists, func, select

from lti_mentoring.domain.concerns import ConcernState, is_late, receipt_by
from lti_mentoring.domain.mentorships import MentorshipState
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.models import (
    Concern,
    ConcernEntry,
    ConcernReading,
    Context,
    Mentor,
    Mentorship,
    Person,
)
from lti_mentoring.models.alias import alias_of
from lti_mentoring.queries.concern_handlers import named_since
from lti_mentoring.queries.paging import Paged, paged
from lti_mentoring.queries.people import is_named

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track

MOST_FOUND = 20
MOST_SHOWN = 50
"""Of one's own, the newest."""
CONCERNS_PAGE = 50
Raiser, About = alias_of(Person), alias_of(Person)


@dataclass(frozen=True, slots=True)
class Whom:
    """Somebody whom a concern can be about. ``mentor_id``: which of the two mentors, where the other is a student."""

    person_id: int
    name: str
    is_mentor: bool
    is_own: bool
    mentor_id: int | None


@dataclass(frozen=True, slots=True)
class ConcernRow:
    """A concern in a list. ``answered_at``: when a handler first wrote; ``has_new``: words the reader did not open."""

    key: str
    raised_by: str
    about: str
    course: str
    state: ConcernState
    raised_at: datetime
    answered_at: datetime | None
    has_new: bool
    is_late: bool

    @property
    def receipt_by(self) -> datetime:
        """Until when its handlers say that they have it."""
        return receipt_by(self.raised_at)


def whom(
    session: Session, sitter: Sitter, track: Track, *, wanted: str = "", person_id: int | None = None
) -> list[Whom]:
    """Return whom a concern of the sitter can be about: those they work or worked with, then the track's mentors.

    ``wanted`` is a part of a name of the latter; ``person_id``: only this one. Two statements.
    """
    mine = _tied(session, sitter, track, person_id)
    guides = (
        select(Person, Mentor.id)
        .join(Mentor, Mentor.person_id == Person.id)
        .where(
            Mentor.track_id == track.id, Mentor.institution_id == sitter.institution_id, Mentor.active.is_(True),
            Person.id != sitter.person_id, Person.id.not_in({one.person_id for one in mine}),
            *([is_named(wanted)] if wanted else []), *_only(person_id),
        )
        .order_by(Person.name, Person.id)
        .limit(MOST_FOUND)
    )  # fmt: skip
    of_student = sitter.role is SeatRole.STUDENT
    return mine + [
        Whom(one.id, one.shown_name, is_mentor=True, is_own=False, mentor_id=number if of_student else None)
        for one, number in session.execute(guides)
    ]


def _tied(session: Session, sitter: Sitter, track: Track, person_id: int | None) -> list[Whom]:
    as_student = sitter.role is SeatRole.STUDENT
    other = Mentor.person_id if as_student else Mentorship.student_id
    me = Mentorship.student_id if as_student else Mentor.person_id
    rows = session.execute(
        select(Person, Mentor.id)
        .select_from(Mentorship)
        .join(Mentor, Mentor.id == Mentorship.mentor_id)
        .join(Person, Person.id == other)
        .where(
            Mentorship.track_id == track.id, Mentorship.institution_id == sitter.institution_id,
            me == sitter.person_id, other != sitter.person_id, Mentorship.state != MentorshipState.PROPOSED,
            *_only(person_id),
        )
        .group_by(Person.id, Mentor.id)
        .order_by(Person.name, Person.id)
    )  # fmt: skip
    return [Whom(one.id, one.shown_name, as_student, is_own=True, mentor_id=number) for one, number in rows]


def _only(person_id: int | None) -> list[ColumnElement[bool]]:
    return [] if person_id is None else [Person.id == person_id]


def my_concerns(session: Session, sitter: Sitter, *, now: datetime) -> tuple[ConcernRow, ...]:
    """Return what the sitter raised, the newest first; one statement."""
    shown = _select_rows(sitter).where(Concern.raised_by_id == sitter.person_id)
    return _rows(session, shown.order_by(Concern.id.desc()).limit(MOST_SHOWN), now)


def concerns_to_handle(
    session: Session, sitter: Sitter, *, number: int = 1, now: datetime
) -> tuple[tuple[ConcernRow, ...], Paged]:
    """Return what the sitter handles, open ones first and of them the oldest; three statements.

    Raises NotFound for whoever is not named.
    """
    mine = read_by(session, sitter)
    total = session.scalar(select(func.count()).select_from(Concern).where(*mine)) or 0
    pages = paged(total, number, CONCERNS_PAGE)
    is_closed = Concern.state == ConcernState.CLOSED
    shown = _select_rows(sitter).where(*mine).order_by(is_closed, Concern.raised_at, Concern.id)
    return _rows(session, shown.limit(CONCERNS_PAGE).offset(pages.offset), now), pages


def read_by(session: Session, sitter: Sitter) -> tuple[ColumnElement[bool], ...]:
    """Leave the concerns that the sitter handles, as ``domain.concerns.may_read`` says; raise NotFound for others."""
    since = named_since(session, sitter)
    if since is None:
        raise NotFound
    return (
        Concern.institution_id == sitter.institution_id,
        Concern.raised_at >= since,
        Concern.raised_by_id != sitter.person_id,
        Concern.about_id != sitter.person_id,
    )


def handled(session: Session, sitter: Sitter, key: str) -> Concern:
    """Return a concern that the sitter handles; raise NotFound. Two statements."""
    return _one(session, key, *read_by(session, sitter))


def own_concern(session: Session, sitter: Sitter, key: str) -> Concern:
    """Return a concern that the sitter raised; raise NotFound."""
    return _one(
        session, key, Concern.institution_id == sitter.institution_id,
        Concern.raised_by_id == sitter.person_id,
    )  # fmt: skip


def _one(session: Session, key: str, *conditions: ColumnElement[bool]) -> Concern:
    found = session.scalars(
        select(Concern).where(Concern.key == key, *conditions).execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def _select_rows(sitter: Sitter) -> Select[*tuple[Any, ...]]:
    answered = (
        select(func.min(ConcernEntry.at))
        .where(ConcernEntry.concern_id == Concern.id, ConcernEntry.by_id != Concern.raised_by_id)
        .scalar_subquery()
    )
    opened = (
        select(func.coalesce(func.max(ConcernReading.upto_id), 0))
        .where(ConcernReading.concern_id == Concern.id, ConcernReading.person_id == sitter.person_id)
        .scalar_subquery()
    )
    new = exists().where(
        ConcernEntry.concern_id == Concern.id, ConcernEntry.by_id != sitter.person_id, ConcernEntry.id > opened
    )
    return (
        select(Concern, Raiser, About, Context, answered, new)
        .join(Raiser, Raiser.id == Concern.raised_by_id)
        .join(About, About.id == Concern.about_id)
        .join(Context, Context.id == Concern.context_ref)
        .where(Concern.institution_id == sitter.institution_id)
    )


def _rows(session: Session, shown: Select[*tuple[Any, ...]], now: datetime) -> tuple[ConcernRow, ...]:
    return tuple(
        ConcernRow(
            one.key, raiser.shown_name, about.shown_name, course.shown_title, one.state, one.raised_at, answered,
            has_new=new, is_late=is_late(one.raised_at, answered, one.state, now=now),
        )
        for one, raiser, about, course, answered, new in session.execute(shown)
    )  # fmt: skip
