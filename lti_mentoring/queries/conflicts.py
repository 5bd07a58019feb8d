"""Which pairs of a track are kept apart, and what a page may show of it: the same few statements for any number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select, union_all

from lti_mentoring.domain.conflicts import DECLARED, Apart, ConflictKind, ConflictReason, Kind, PrivateKind, told_as
from lti_mentoring.domain.rank_lists import USUAL_FACULTY_AS_MENTOR, FacultyAsMentor, LimitKind
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import (
    ConflictOfInterest,
    GroupMembership,
    MatchingPolicy,
    Membership,
    MembershipStatus,
    Mentor,
    MentorLimit,
    Person,
    Veto,
)
from lti_mentoring.models.alias import alias_of
from lti_mentoring.queries.paging import Paged, paged
from lti_mentoring.queries.people import is_named

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import InstrumentedAttribute, Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track

CONFLICTS_PAGE = 50
MOST_FOUND = 20
OWN_KIND = {
    SeatRole.STUDENT: ConflictKind.DECLARED_BY_STUDENT,
    SeatRole.MENTOR: ConflictKind.DECLARED_BY_MENTOR,
    SeatRole.FACULTY: ConflictKind.DECLARED_BY_FACULTY,
}
"""What each may declare, and take back."""
Guide, Then = alias_of(Person), alias_of(Mentor)
"""``Then``: who a mentor was in the track in which a conflict was declared."""


@dataclass(frozen=True, slots=True)
class DeclaredRow:
    """A declared conflict that still holds. ``is_own``: who looks may take it back."""

    conflict_id: int
    student: str
    mentor: str
    kind: ConflictKind
    reason: ConflictReason
    note: str
    made_at: datetime
    is_own: bool


@dataclass(frozen=True, slots=True)
class ConflictsPage:
    """Declared conflicts, and with whom another could be declared.

    A veto or a concern is no part of it, nor a complaint that somebody else declared.
    """

    rows: tuple[DeclaredRow, ...]
    paged: Paged
    mentors: tuple[tuple[int, str], ...]
    """By name; of a mentor's own page only the mentor."""
    students: tuple[tuple[int, str], ...]
    """Who was looked for, MOST_FOUND at most; of a student's own page only the student."""


def conflicts_page(
    session: Session, sitter: Sitter, track: Track, *, wanted: str = "", number: int = 1
) -> ConflictsPage:
    """Return what a student, a mentor or faculty may see of declared conflicts; four statements."""
    shown = (*_declared(sitter, track), *_mine(sitter))
    base = select(func.count()).select_from(ConflictOfInterest).join(Mentor, Mentor.id == ConflictOfInterest.mentor_id)
    pages = paged(session.scalar(base.where(*shown)) or 0, number, CONFLICTS_PAGE)
    return ConflictsPage(
        rows=_rows(session, sitter, *shown, offset=pages.offset),
        paged=pages,
        mentors=_mentors_of(session, sitter, track),
        students=_students_of(session, sitter, track, wanted),
    )


def declared_between(
    session: Session, sitter: Sitter, track: Track, student_id: int, mentor_id: int
) -> tuple[DeclaredRow, ...]:
    """Return what faculty may read of the conflicts that are declared between two; one statement."""
    pair = (ConflictOfInterest.person_id == student_id, ConflictOfInterest.mentor_id == mentor_id)
    return _rows(session, sitter, *_declared(sitter, track), *pair)


def _declared(sitter: Sitter, track: Track) -> tuple[ColumnElement[bool], ...]:
    """Leave of a track's conflicts those that hold and that the sitter's role may read."""
    return (
        ConflictOfInterest.track_id == track.id,
        ConflictOfInterest.institution_id == sitter.institution_id,
        ConflictOfInterest.ended_at.is_(None),
        ConflictOfInterest.kind.in_(DECLARED if sitter.role is SeatRole.FACULTY else {OWN_KIND[sitter.role]}),
        readable_by(sitter),
    )


def _rows(session: Session, sitter: Sitter, *shown: ColumnElement[bool], offset: int = 0) -> tuple[DeclaredRow, ...]:
    rows = session.execute(
        select(ConflictOfInterest, Person, Guide)
        .join(Mentor, Mentor.id == ConflictOfInterest.mentor_id)
        .join(Person, Person.id == ConflictOfInterest.person_id)
        .join(Guide, Guide.id == Mentor.person_id)
        .where(*shown)
        .order_by(ConflictOfInterest.id.desc())
        .limit(CONFLICTS_PAGE)
        .offset(offset)
    )
    return tuple(
        DeclaredRow(
            one.id, student.shown_name, guide.shown_name, one.kind, one.reason, one.note, one.made_at,
            is_own=one.kind is OWN_KIND[sitter.role],
        )
        for one, student, guide in rows
    )  # fmt: skip


def readable_by(sitter: Sitter) -> ColumnElement[bool]:
    """Leave out complaints that others declared; they are not counted either."""
    return or_(ConflictOfInterest.reason != ConflictReason.COMPLAINT, ConflictOfInterest.made_by_id == sitter.person_id)


def _mine(sitter: Sitter) -> tuple[ColumnElement[bool], ...]:
    if sitter.role is SeatRole.STUDENT:
        return (ConflictOfInterest.person_id == sitter.person_id,)
    return (Mentor.person_id == sitter.person_id,) if sitter.role is SeatRole.MENTOR else ()


def _mentors_of(session: Session, sitter: Sitter, track: Track) -> tuple[tuple[int, str], ...]:
    wanted = (
        select(Mentor.id, Person)
        .join(Person, Person.id == Mentor.person_id)
        .where(Mentor.track_id == track.id, Mentor.active.is_(True))
        .order_by(Person.name, Person.id)
    )
    if sitter.role is SeatRole.MENTOR:
        wanted = wanted.where(Mentor.person_id == sitter.person_id)
    return tuple((number, who.shown_name) for number, who in session.execute(wanted))


def _students_of(session: Session, sitter: Sitter, track: Track, wanted: str) -> tuple[tuple[int, str], ...]:
    """Return the students of that name; a student sees only their own."""
    named = Person.id == sitter.person_id if sitter.role is SeatRole.STUDENT else is_named(wanted)
    found = session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.context_ref == track.context_ref,
            Membership.is_student.is_(True),
            Membership.status != MembershipStatus.LEFT,
            named if wanted or sitter.role is SeatRole.STUDENT else Person.id.is_(None),
        )
        .order_by(Person.name, Person.id)
        .limit(MOST_FOUND)
    )
    return tuple((who.id, who.shown_name) for who in found)


def kept_apart(session: Session, track: Track, people: Collection[int] | None = None) -> Apart:
    """Return who is kept apart in a track; ``people`` narrows the students. Four statements.

    The matching and the judgement of a pair read it; it is never shown.
    """
    selves, assessors = _mentors(session, track)
    return Apart(_named(session, track, people), selves, assessors, _only(session, track))


def _named(session: Session, track: Track, people: Collection[int] | None) -> dict[tuple[int, int], frozenset[Kind]]:
    """Return what was said of pairs: here, and what nobody may know of in any track of the institution."""
    here = ConflictOfInterest.track_id == track.id
    sealed = or_(ConflictOfInterest.kind == ConflictKind.CONCERN, ConflictOfInterest.reason == ConflictReason.COMPLAINT)
    as_they_were = _between(track, ConflictOfInterest.person_id, Then.person_id).where(or_(here, sealed))
    the_other_way_round = _between(track, Then.person_id, ConflictOfInterest.person_id).where(sealed)
    vetoes = select(Veto.person_id, Veto.mentor_id).where(
        Veto.track_id == track.id, Veto.institution_id == track.institution_id
    )
    if people is not None:
        as_they_were = as_they_were.where(ConflictOfInterest.person_id.in_(people))
        the_other_way_round = the_other_way_round.where(Then.person_id.in_(people))
        vetoes = vetoes.where(Veto.person_id.in_(people))
    found: dict[tuple[int, int], set[Kind]] = {}
    for student, mentor, kind, reason in session.execute(union_all(as_they_were, the_other_way_round)):
        found.setdefault((student, mentor), set()).add(told_as(kind, reason))
    for student, mentor in session.execute(vetoes):
        found.setdefault((student, mentor), set()).add(PrivateKind.VETO)
    return {pair: frozenset(kinds) for pair, kinds in found.items()}


def _between(
    track: Track, student: InstrumentedAttribute[int], guide: InstrumentedAttribute[int]
) -> Select[int, int, ConflictKind, ConflictReason]:
    """Select conflicts of the institution that hold, between one of the two and whoever mentors in this track."""
    return (
        select(student, Mentor.id, ConflictOfInterest.kind, ConflictOfInterest.reason)
        .select_from(ConflictOfInterest)
        .join(Then, Then.id == ConflictOfInterest.mentor_id)
        .join(Mentor, Mentor.person_id == guide)
        .where(
            Mentor.track_id == track.id,
            ConflictOfInterest.institution_id == track.institution_id,
            ConflictOfInterest.ended_at.is_(None),
        )
    )


def _mentors(session: Session, track: Track) -> tuple[dict[int, int], frozenset[int]]:
    """Return which person each mentor is, and the mentors who may mentor nobody because they teach the course."""
    rows = session.execute(
        select(Mentor.id, Mentor.person_id, Membership.is_faculty, MatchingPolicy.faculty_as_mentor)
        .outerjoin(
            Membership, and_(Membership.person_id == Mentor.person_id, Membership.context_ref == track.context_ref)
        )
        .outerjoin(MatchingPolicy, MatchingPolicy.track_id == Mentor.track_id)
        .where(Mentor.track_id == track.id, Mentor.institution_id == track.institution_id)
    ).all()
    refused = (
        number
        for number, _, teaches, rule in rows
        if teaches and (rule or USUAL_FACULTY_AS_MENTOR) is FacultyAsMentor.REFUSE
    )
    return {number: person for number, person, *_ in rows}, frozenset(refused)


def _only(session: Session, track: Track) -> dict[int, frozenset[int]]:
    rows = session.execute(
        select(MentorLimit.mentor_id, GroupMembership.person_id)
        .outerjoin(GroupMembership, GroupMembership.group_id == MentorLimit.group_id)
        .where(
            MentorLimit.track_id == track.id,
            MentorLimit.institution_id == track.institution_id,
            MentorLimit.kind == LimitKind.ONLY_GROUP,
        )
    )
    found: dict[int, set[int]] = {}
    for mentor, person in rows:
        found.setdefault(mentor, set()).add(person)  # None, of an empty group, is nobody's number
    return {mentor: frozenset(people) for mentor, people in found.items()}
