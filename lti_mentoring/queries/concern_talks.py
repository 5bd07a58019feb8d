"""What was written in a concern, as whoever raised it and its handlers read it: opened for nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from lti_mentoring.domain.concerns import Between, ConcernState, is_late, readers, receipt_by
from lti_mentoring.domain.conflicts import ConflictKind
from lti_mentoring.models import (
    Concern,
    ConcernEntry,
    ConcernReading,
    ConflictOfInterest,
    Context,
    Mentor,
    Mentorship,
    Person,
)
from lti_mentoring.models.sealed import place_of
from lti_mentoring.queries.concern_handlers import handlers_of
from lti_mentoring.queries.concerns import handled, own_concern
from lti_mentoring.queries.standings import open_mentorship

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.sealing import Sealer


@dataclass(frozen=True, slots=True)
class EntryView:
    """Something written. ``text`` is None until the handler who looks has opened it."""

    by: str
    by_raiser: bool
    is_own: bool
    at: datetime
    text: str | None


@dataclass(frozen=True, slots=True)
class Talk:
    """One concern with what was written, and who reads it now."""

    key: str
    raised_by: str
    about: str
    course: str
    state: ConcernState
    version: int
    raised_at: datetime
    closed_at: datetime | None
    entries: tuple[EntryView, ...]
    readers: tuple[str, ...]

    @property
    def answered(self) -> bool:
        """Whether a handler has written."""
        return any(not one.by_raiser for one in self.entries)

    @property
    def unopened(self) -> int:
        """How many entries the handler who looks has not opened."""
        return sum(one.text is None for one in self.entries)

    @property
    def receipt_by(self) -> datetime:
        """Until when its handlers say that they have it."""
        return receipt_by(self.raised_at)


@dataclass(frozen=True, slots=True)
class Case:
    """What a handler sees besides: who opened it, and how the two are brought together, or kept apart.

    ``mentor`` and ``student`` are "" between two mentors: nothing would bring them together.
    """

    talk: Talk
    readings: tuple[tuple[str, datetime], ...]
    mentor: str
    student: str
    are_pair: bool
    are_apart: bool
    is_late: bool


def own_talk(session: Session, sitter: Sitter, key: str, sealer: Sealer) -> Talk:
    """Return one's own concern with what was written; four statements."""
    return _talk(session, sitter, own_concern(session, sitter, key), sealer, None)


def case_of(session: Session, sitter: Sitter, key: str, sealer: Sealer, *, now: datetime) -> Case:
    """Return a concern as its handler sees it: of what was written, that which the handler opened; eight statements."""
    one = handled(session, sitter, key)
    talk = _talk(session, sitter, one, sealer, opened_upto(session, sitter, one))
    readings = session.execute(
        select(Person, func.max(ConcernReading.at))
        .join(ConcernReading, ConcernReading.person_id == Person.id)
        .where(ConcernReading.concern_id == one.id)
        .group_by(Person.id)
        .order_by(func.max(ConcernReading.at).desc(), Person.id)
    )
    of_mentor = one.mentor_id is not None and session.get_one(Mentor, one.mentor_id).person_id == one.about_id
    mentor, student = (talk.about, talk.raised_by) if of_mentor else (talk.raised_by, talk.about)
    answered = next((entry.at for entry in talk.entries if not entry.by_raiser), None)
    return Case(
        talk=talk,
        readings=tuple((who.shown_name, at) for who, at in readings),
        mentor=mentor if one.mentor_id else "",
        student=student if one.mentor_id else "",
        are_pair=_are_pair(session, one),
        are_apart=kept_by(session, one) is not None,
        is_late=is_late(one.raised_at, answered, one.state, now=now),
    )


def opened_upto(session: Session, sitter: Sitter, one: Concern) -> int:
    """Return the number of the last entry that the sitter has opened; 0 where they have opened none."""
    mine = (ConcernReading.concern_id == one.id, ConcernReading.person_id == sitter.person_id)
    return session.scalar(select(func.max(ConcernReading.upto_id)).where(*mine)) or 0


def kept_by(session: Session, one: Concern) -> ConflictOfInterest | None:
    """Return what keeps the two of a concern apart, where a handler of it or of another of them said so."""
    return session.scalars(
        select(ConflictOfInterest).where(
            ConflictOfInterest.mentor_id == one.mentor_id,
            ConflictOfInterest.institution_id == one.institution_id,
            ConflictOfInterest.person_id.in_((one.raised_by_id, one.about_id)),
            ConflictOfInterest.kind == ConflictKind.CONCERN,
            ConflictOfInterest.ended_at.is_(None),
        )
    ).first()


def _are_pair(session: Session, one: Concern) -> bool:
    """Tell whether the two are mentor and student now, in whichever track."""
    two = (one.raised_by_id, one.about_id)
    found = (
        select(Mentorship.id)
        .join(Mentor, Mentor.id == Mentorship.mentor_id)
        .where(
            Mentorship.institution_id == one.institution_id, Mentorship.student_id.in_(two),
            Mentor.person_id.in_(two), Mentor.person_id != Mentorship.student_id, open_mentorship(),
        )
    )  # fmt: skip
    return session.scalar(found.limit(1)) is not None


def _talk(session: Session, sitter: Sitter, one: Concern, sealer: Sealer, upto: int | None) -> Talk:
    """Return what was written; ``upto`` is the number of the last entry that is opened, None: all are."""
    rows = session.execute(
        select(ConcernEntry, Person)
        .join(Person, Person.id == ConcernEntry.by_id)
        .where(ConcernEntry.concern_id == one.id)
        .order_by(ConcernEntry.id)
    )
    entries = tuple(
        EntryView(
            by=who.shown_name,
            by_raiser=who.id == one.raised_by_id,
            is_own=who.id == sitter.person_id,
            at=entry.at,
            text=sealer.open(entry.sealed_text, place_of(entry, "sealed_text"))
            if upto is None or entry.id <= upto or who.id == sitter.person_id
            else None,
        )
        for entry, who in rows
    )
    return Talk(
        one.key, session.get_one(Person, one.raised_by_id).shown_name, session.get_one(Person, one.about_id).shown_name,
        session.get_one(Context, one.context_ref).shown_title, one.state, one.version, one.raised_at, one.closed_at,
        entries, _readers(session, one),
    )  # fmt: skip


def _readers(session: Session, one: Concern) -> tuple[str, ...]:
    named = handlers_of(session, one.institution_id)
    between = Between(one.raised_by_id, one.about_id, one.raised_at)
    found = readers({who.person_id: who.named_at for who in named}, between)
    return tuple(who.name for who in named if who.person_id in found)
