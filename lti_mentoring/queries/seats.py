"""Find who sits behind a browser's secret."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, select

from lti_mentoring.domain.seats import SeatRole, Sitter
from lti_mentoring.errors import MentoringError
from lti_mentoring.models import Context, Mentor, Person, ResourceLink, Seat, Track, TrackState

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


def hash_of(token: str) -> str:
    """Return what is kept of a secret: its SHA-256, in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


class NoTrack(MentoringError):
    """The page of the course opens no track yet: faculty have not chosen one."""

    code = "no_track"
    status = 409


def track_of(session: Session, sitter: Sitter) -> Track:
    """Return the track that the seat's page of the course opens; raise NoTrack when there is none."""
    if sitter.track_id is None:
        raise NoTrack
    return session.get_one(Track, sitter.track_id)


def find_sitter(session: Session, token: str, *, now: datetime) -> Sitter | None:
    """Return the living seat of ``token``, with its course and the track that its link opens; one statement."""
    return _find(session, Seat.token_hash == hash_of(token), now)


def find_sitter_of(session: Session, seat_id: int, *, now: datetime) -> Sitter | None:
    """Return the same by the seat's number: for who came in by a ticket."""
    return _find(session, Seat.id == seat_id, now)


def find_outside_sitter(session: Session, seat_id: int, account_id: int, *, now: datetime) -> Sitter | None:
    """Return where an outside mentor sits; None when faculty took the tick away, or the track was closed."""
    mentors = select(Mentor.id).where(
        Mentor.track_id == Seat.track_ref, Mentor.person_id == Seat.person_id, Mentor.active.is_(True)
    )
    found = _find(session, and_(Seat.id == seat_id, Track.state != TrackState.CLOSED, mentors.exists()), now)
    return replace(found, account_id=account_id) if found else None


def _find(session: Session, which: ColumnElement[bool], now: datetime) -> Sitter | None:
    row = session.execute(
        select(Seat, Person, Context, ResourceLink, Track)
        .join(Person, Person.id == Seat.person_id)
        .outerjoin(Context, Context.id == Seat.context_ref)
        .outerjoin(ResourceLink, ResourceLink.id == Seat.resource_link_ref)
        .outerjoin(Track, Track.id == func.coalesce(Seat.track_ref, ResourceLink.track_id))
        .where(which, Seat.expires_at > now, Seat.ended_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    seat, person, context, link, track = row
    return Sitter(
        seat_id=seat.id,
        institution_id=seat.institution_id,
        person_id=person.id,
        person_name=person.shown_name,
        role=seat.role,
        roles=tuple(SeatRole(role) for role in seat.roles),
        registration_id=seat.registration_id,
        context_id=seat.context_ref,
        context_title=context.shown_title if context else "",
        track_id=track.id if track else None,
        track_title=track.title if track else "",
        track_published=bool(track and track.state is not TrackState.DRAFT),
        resource_link_id=link.id if link else None,
        locale=seat.locale,
        return_url=seat.return_url,
        may_pick=seat.deep_linking is not None,
        is_test=person.is_test_user,
    )
