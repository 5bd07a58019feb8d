"""People's own clocks: the time zone that somebody has named, wherever they named it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from lti_mentoring.models import Meeting, MentorProfile, Person, QuietHours, Seeking

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter


def own_zone(session: Session, sitter: Sitter) -> str:
    """Return the time zone that the sitter has named; "": none. One statement."""
    return zones_of(session, sitter.institution_id, [sitter.person_id]).get(sitter.person_id, "")


def zones_of(session: Session, institution_id: int, people: Collection[int]) -> dict[int, str]:
    """Return by person the time zone that somebody has named: as a mentor, as a student, for quiet hours or a meeting.

    Who named none is not in it. One statement.
    """
    learner = (
        select(Seeking.timezone)
        .where(Seeking.person_id == Person.id, Seeking.timezone != "")
        .order_by(Seeking.updated_at.desc(), Seeking.id.desc())
        .limit(1)
    )
    proposer = (
        select(Meeting.timezone)
        .where(Meeting.proposed_by_id == Person.id, Meeting.timezone != "")
        .order_by(Meeting.updated_at.desc(), Meeting.id.desc())
        .limit(1)
    )
    guide = select(func.nullif(MentorProfile.timezone, "")).where(MentorProfile.person_id == Person.id)
    quiet = select(QuietHours.timezone).where(QuietHours.person_id == Person.id)
    named: ColumnElement[Any] = func.coalesce(*(one.scalar_subquery() for one in (guide, learner, quiet, proposer)), "")
    rows = session.execute(
        select(Person.id, named).where(Person.institution_id == institution_id, Person.id.in_(people))
    )
    return {number: zone for number, zone in rows if zone}
