"""Submission Review (LTI Submission Review 1.0): from a grade in the course's gradebook to the work behind it.

The platform says whose work and which column. The column must be ours in this very course, the student known there,
and whoever comes must be allowed to see this student by our own rules; each failure has a code of its own, and nothing
is stored before all of it holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from lti_mentoring.domain.placing import KINDS, Placed, read_kind
from lti_mentoring.domain.roles import is_faculty, is_learner, is_mentor_observer
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.lti.errors import forbidden
from lti_mentoring.models import (
    LineItem,
    Membership,
    Mentor,
    Mentorship,
    Milestone,
    Person,
    ResourceLink,
    Track,
    TrackState,
)
from lti_mentoring.queries.standings import open_mentorship
from lti_mentoring.services.arrivals import StoredLink, is_mentor_in

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.lti.launch import Launch


@dataclass(frozen=True, slots=True)
class Review:
    """What is looked at, and as what. ``milestone_id`` None: the track's column. ``is_open``: a page shows it."""

    student_id: int
    milestone_id: int | None
    link: StoredLink
    role: SeatRole
    is_open: bool


@dataclass(frozen=True, slots=True)
class _Column:
    track_id: int
    milestone_id: int | None


def find_review(session: Session, launch: Launch, known: Any) -> Review | None:
    """Return whose work is to be looked at; None for other messages. Raise LaunchRefused where it may not be."""
    if launch.reviewed is None or launch.gradebook is None or launch.gradebook.lineitem_url is None:
        return None
    column = _column(session, launch.gradebook.lineitem_url, known)
    link_id = _link_to(session, column, known) if column else None
    if column is None or link_id is None:
        raise forbidden("line_item_foreign")
    student_id = _student(session, launch.reviewed, launch.registration.issuer, known)
    if student_id is None:
        raise forbidden("for_user_unknown")
    role = _role(session, launch, known, column, student_id)
    if role is None:
        raise forbidden("for_user_not_yours")
    draft = session.scalar(select(Track.state).where(Track.id == column.track_id)) is TrackState.DRAFT
    link = StoredLink(link_id, column.track_id)
    return Review(student_id, column.milestone_id, link, role, is_open=role is SeatRole.FACULTY or not draft)


def _column(session: Session, url: str, known: Any) -> _Column | None:
    """Return the column of that address: one that we found or made, or one that came along with a link of ours."""
    ours = session.execute(
        select(LineItem.track_id, LineItem.milestone_id)
        .join(Track, Track.id == LineItem.track_id)
        .where(Track.context_ref == known.context_ref, LineItem.url == url)
    ).first()
    if ours is not None:
        return _Column(ours.track_id, ours.milestone_id)
    links = session.scalars(
        select(ResourceLink).where(
            ResourceLink.context_ref == known.context_ref,
            ResourceLink.lineitem_url == url,
            ResourceLink.track_id.is_not(None),
        )
    )
    return next((_of_link(session, link) for link in links), None)


def _of_link(session: Session, link: ResourceLink) -> _Column:
    kind = read_kind(link.opens)
    milestone = (
        session.scalar(
            select(Milestone.id).where(Milestone.track_id == link.track_id, Milestone.key == link.opens_item)
        )
        if KINDS[kind].has_item
        else None
    )
    return _Column(link.track_id or 0, milestone)


def _link_to(session: Session, column: _Column, known: Any) -> int | None:
    """Return a link of the course that opens the track: the one that was named, else the oldest plain one."""
    if known.link_id is not None and known.track_id == column.track_id:
        return int(known.link_id)
    return session.scalar(
        select(ResourceLink.id)
        .where(ResourceLink.context_ref == known.context_ref, ResourceLink.track_id == column.track_id)
        .order_by(ResourceLink.opens != Placed.TRACK.value, ResourceLink.id)
        .limit(1)
    )


def _student(session: Session, subject: str, issuer: str, known: Any) -> int | None:
    return session.scalar(
        select(Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Person.institution_id == known.institution_id,
            Person.issuer == issuer,
            Person.subject == subject,
            Membership.context_ref == known.context_ref,
            Membership.is_student,
        )
    )


def _role(session: Session, launch: Launch, known: Any, column: _Column, student_id: int) -> SeatRole | None:
    """Return as what the person may see the student; None: as nothing."""
    if is_faculty(launch.roles):
        return SeatRole.FACULTY
    if known.person_id == student_id and is_learner(launch.roles):
        return SeatRole.STUDENT
    if _is_own_mentor(session, known.person_id, column.track_id, student_id):
        return SeatRole.MENTOR
    if not is_mentor_observer(launch.roles) or launch.reviewed not in launch.observed:
        return None
    # Whom faculty have made a mentor sees own students by our record, and nobody by the platform's list.
    ticked = known.person_id is not None and is_mentor_in(session, column.track_id, known.person_id)
    return None if ticked else SeatRole.OBSERVER


def _is_own_mentor(session: Session, person_id: int | None, track_id: int, student_id: int) -> bool:
    found = (
        select(Mentorship.id)
        .join(Mentor, Mentor.id == Mentorship.mentor_id)
        .where(
            Mentor.person_id == person_id,
            Mentor.active.is_(True),
            Mentorship.track_id == track_id,
            Mentorship.student_id == student_id,
            open_mentorship(),
        )
    )
    return session.scalar(found) is not None
