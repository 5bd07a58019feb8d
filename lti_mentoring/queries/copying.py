"""Which tracks a course could be set up like: those of the courses that it was copied from, and one's own others."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select

from lti_mentoring.models import Context, Membership, Milestone, ResourceLink, Track, TrackCopy

if TYPE_CHECKING:
    from sqlalchemy import Row, Select
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter

MOST = 50


class Origin(StrEnum):
    """Why a track is offered."""

    COPIED = "copied"
    """The platform says that the course, or a link in it, is a copy from there."""
    OWN = "own"
    """The same person is faculty there."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One track whose setup may be copied into the sitter's course."""

    track_id: int
    title: str
    course: str
    year: int
    milestones: int
    origin: Origin
    declined: bool = False

    @property
    def source(self) -> str:
        """The course, with the year where its name does not say it."""
        return self.course if str(self.year) in self.course else f"{self.course}, {self.year}"


def copies_offered(session: Session, sitter: Sitter) -> tuple[Offer, ...]:
    """Return what may be copied into the sitter's course, its own ancestors first; two statements.

    A platform's word counts within the same installation in the same platform only; a track that was copied already,
    and one whose course is the sitter's own, are left out.
    """
    course = session.get(Context, sitter.context_id) if sitter.context_id is not None else None
    if course is None:
        return ()
    rows = session.execute(_sources(sitter, course).order_by(Track.id.desc())).all()
    ranked = sorted(rows, key=lambda row: _nearness(row, course.history))
    return tuple(_offer(row, course) for row in ranked[:MOST])


def may_copy(session: Session, sitter: Sitter, track_id: int) -> bool:
    """Tell whether a track is among those offered, also one that was copied or declined before."""
    course = session.get(Context, sitter.context_id) if sitter.context_id is not None else None
    if course is None:
        return False
    return session.execute(_sources(sitter, course, again=True).where(Track.id == track_id)).first() is not None


def copy_made(session: Session, sitter: Sitter, source_id: int) -> bool:
    """Tell whether the sitter's course has a copy of the track."""
    found = select(TrackCopy.id).where(
        TrackCopy.context_ref == sitter.context_id, TrackCopy.source_id == source_id, TrackCopy.track_id.is_not(None)
    )
    return session.scalar(found) is not None


def _sources(sitter: Sitter, course: Context, *, again: bool = False) -> Select[*tuple[Any, ...]]:
    there = Context.__table__.alias("source_course")
    wished = select(ResourceLink.opens_track).where(
        ResourceLink.context_ref == course.id, ResourceLink.track_id.is_(None), ResourceLink.opens_track.is_not(None)
    )
    own = select(Membership.context_ref).where(Membership.person_id == sitter.person_id, Membership.is_faculty)
    open_ones = (
        select(func.count())
        .where(Milestone.track_id == Track.id, Milestone.retired_at.is_(None))
        .correlate(Track)
        .scalar_subquery()
    )
    named = and_(
        there.c.deployment_id == course.deployment_id,
        or_(there.c.context_id.in_(course.history), Track.key.in_(wished)),
    )
    found = (
        select(
            Track.id, Track.title, Track.starts_on, there.c.context_id, there.c.title.label("course_title"),
            there.c.label.label("course_label"), there.c.deployment_id, open_ones.label("milestones"),
            Track.key.in_(wished).label("wished"), TrackCopy.decided_at,
        )
        .join(there, there.c.id == Track.context_ref)
        .outerjoin(TrackCopy, and_(TrackCopy.source_id == Track.id, TrackCopy.context_ref == course.id))
        .where(
            Track.institution_id == sitter.institution_id,
            Track.context_ref != course.id,
            or_(named, Track.context_ref.in_(own)),
        )
    )  # fmt: skip
    return found if again else found.where(TrackCopy.track_id.is_(None))


def _nearness(row: Row[Any], history: list[str]) -> tuple[int, int]:
    """Put first what a link of the course was made for, then the nearest ancestor, then the rest."""
    if row.wished:
        return (0, 0)
    return (1, history.index(row.context_id)) if row.context_id in history else (2, 0)


def _offer(row: Row[Any], course: Context) -> Offer:
    copied = row.deployment_id == course.deployment_id and (row.wished or row.context_id in course.history)
    return Offer(
        track_id=row.id,
        title=row.title,
        course=row.course_title or row.course_label or row.context_id,
        year=row.starts_on.year,
        milestones=row.milestones,
        origin=Origin.COPIED if copied else Origin.OWN,
        declined=row.decided_at is not None,
    )
