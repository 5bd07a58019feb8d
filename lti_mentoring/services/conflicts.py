"""Declare that a student and a mentor must not be brought together, and take that back.

The audit trail says so, but of a complaint in lines that no page shows or counts.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from lti_mentoring.domain.conflicts import SEALED, ConflictReason, ReasonNeeded, reasons_of
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.models import ConflictOfInterest, Membership, MembershipStatus, Mentor
from lti_mentoring.models.conflict import LONGEST_NOTE
from lti_mentoring.queries.conflicts import OWN_KIND, readable_by
from lti_mentoring.services.auditing import record
from lti_mentoring.services.mentors import find_mentor

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track


def declare(
    session: Session,
    by: Sitter,
    track: Track,
    student_id: int,
    mentor_id: int,
    reason: ConflictReason,
    note: str = "",
    *,
    now: datetime,
) -> ConflictOfInterest:
    """Keep two apart from now on; saying it twice changes nothing. Of a complaint no words are kept.

    A student speaks for themselves, a mentor too, and faculty for anybody, in words. Raises ReasonNeeded without them
    and for a reason that this side cannot give, NotFound for anybody else and for whoever is not in this track. A
    mentorship that runs is not ended by it.
    """
    mentor = find_mentor(session, by, mentor_id)
    _check(session, by, track, student_id, mentor)
    kind, sealed = OWN_KIND[by.role], reason is ConflictReason.COMPLAINT
    if reason not in reasons_of(kind) or (by.role is SeatRole.FACULTY and not note.strip() and not sealed):
        raise ReasonNeeded
    made = keep(
        session, institution_id=track.institution_id, track_id=track.id, mentor_id=mentor.id, person_id=student_id,
        kind=kind, reason=reason, note="" if sealed else note.strip()[:LONGEST_NOTE], made_by_id=by.person_id,
        made_at=now,
    )  # fmt: skip
    if made is not None and sealed:
        record(session, by, "complaint.declared", SEALED, made, now=now)
    elif made is not None:
        record(
            session, by, "conflict.declared", "conflict", made, now=now, student_id=student_id, mentor_id=mentor.id,
            kind=kind.value,
        )  # fmt: skip
    return session.scalars(
        select(ConflictOfInterest).where(
            ConflictOfInterest.mentor_id == mentor.id,
            ConflictOfInterest.person_id == student_id,
            ConflictOfInterest.kind == kind,
            ConflictOfInterest.reason == reason,
            ConflictOfInterest.ended_at.is_(None),
        )
    ).one()


def keep(session: Session, **values: object) -> int | None:
    """Write a conflict and return its number, or None where the same one holds already."""
    insert: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    made: int | None = session.scalar(
        insert(cast("Table", ConflictOfInterest.__table__))
        .values(**values)
        .on_conflict_do_nothing(
            index_elements=["mentor_id", "person_id", "kind", "reason"], index_where=text("ended_at IS NULL")
        )
        .returning(ConflictOfInterest.id)
    )
    return made


def take_back(session: Session, by: Sitter, conflict_id: int, *, now: datetime) -> None:
    """End a conflict that the sitter's side declared, a complaint only if it was the sitter.

    Raises NotFound for any other, and for one that has ended.
    """
    reason = session.scalar(
        update(ConflictOfInterest)
        .where(
            ConflictOfInterest.id == conflict_id,
            ConflictOfInterest.institution_id == by.institution_id,
            ConflictOfInterest.track_id == by.track_id,
            ConflictOfInterest.kind == OWN_KIND[by.role],
            ConflictOfInterest.ended_at.is_(None),
            readable_by(by),
            *_own(by),
        )
        .values(ended_at=now)
        .returning(ConflictOfInterest.reason)
        .execution_options(synchronize_session=False)
    )
    if reason is None:
        raise NotFound
    if reason is ConflictReason.COMPLAINT:
        record(session, by, "complaint.ended", SEALED, conflict_id, now=now)
    else:
        record(session, by, "conflict.ended", "conflict", conflict_id, now=now)


def _own(by: Sitter) -> tuple[Any, ...]:
    if by.role is SeatRole.STUDENT:
        return (ConflictOfInterest.person_id == by.person_id,)
    own = select(Mentor.id).where(Mentor.track_id == by.track_id, Mentor.person_id == by.person_id)
    return (ConflictOfInterest.mentor_id.in_(own),) if by.role is SeatRole.MENTOR else ()


def _check(session: Session, by: Sitter, track: Track, student_id: int, mentor: Mentor) -> None:
    speaks_for = {SeatRole.STUDENT: student_id, SeatRole.MENTOR: mentor.person_id}.get(by.role, by.person_id)
    here = session.scalar(
        select(Membership.id).where(
            Membership.context_ref == track.context_ref,
            Membership.institution_id == by.institution_id,
            Membership.person_id == student_id,
            Membership.is_student.is_(True),
            Membership.status != MembershipStatus.LEFT,
        )
    )
    if speaks_for != by.person_id or here is None:
        raise NotFound
