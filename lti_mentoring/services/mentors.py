"""Make people of the course mentors, and say how many students each may have; never fewer than they have."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from lti_mentoring.db import rows_changed
from lti_mentoring.domain.mentor_roles import check_there
from lti_mentoring.errors import Conflict, NotFound, Refused
from lti_mentoring.models import Membership, MembershipStatus, Mentor, Person, ServedRole, Track
from lti_mentoring.services.auditing import record
from lti_mentoring.services.launching import refresh_roles

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter

MOST_PLACES = 200
LONGEST_FIELD = 120


class PlacesTaken(Conflict):
    """A mentor cannot have fewer places than students. Facts: ``mentor``, ``taken``."""

    code = "places_taken"


class MentorHasStudents(Conflict):
    """Somebody who has students stays a mentor until they are with others. Facts: ``mentor``, ``taken``."""

    code = "mentor_has_students"


class PlacesOutOfRange(Refused):
    """Places are counted from 0 to MOST_PLACES. Facts: ``most``."""

    code = "places_out_of_range"


def tick(
    session: Session,
    by: Sitter,
    track: Track,
    people: Sequence[int],
    *,
    places: int,
    now: datetime,
    roles: Collection[str] = (),
) -> list[Mentor]:
    """Make people of the course's list mentors; who is one already stays as they are.

    ``roles``: in which they serve, where the track has several; none: in its first. Raises NotFound for anybody who is
    not in this course (or has left it) and for a role of nowhere, RoleGone, PlacesOutOfRange.
    """
    check_places(places)
    wanted = list(dict.fromkeys(people))
    here = set(
        session.scalars(
            select(Membership.person_id).where(
                Membership.context_ref == track.context_ref,
                Membership.person_id.in_(wanted),
                Membership.status != MembershipStatus.LEFT,
            )
        )
    )
    if here != set(wanted):
        raise NotFound
    _hold(session, track)
    check_there(track.mentor_roles or (), roles)
    known = {
        one.person_id: one
        for one in session.scalars(
            select(Mentor).where(Mentor.track_id == track.id, Mentor.person_id.in_(wanted)).with_for_update()
        )
    }
    there = {one.person_id for one in known.values() if one.active}
    made = [_make(track, known.get(number), number, places, by.person_id, now) for number in wanted]
    session.add_all(made)
    session.flush()
    for mentor in made:
        if mentor.person_id not in there:
            serve(session, track, mentor, roles)
    for mentor in made:
        record(session, by, "mentor.added", "mentor", mentor.id, now=now, places=mentor.places)
        refresh_roles(session, mentor.person_id, track.id, now)
    return made


def take_in(
    session: Session, track: Track, person_id: int, *, places: int, field: str, made_by_id: int, now: datetime
) -> Mentor:
    """Make somebody who accepted an invitation a mentor; who is one already stays as they are."""
    _hold(session, track)
    known = session.scalars(
        select(Mentor).where(Mentor.track_id == track.id, Mentor.person_id == person_id).with_for_update()
    ).one_or_none()
    if known is not None and known.active:
        return known
    mentor = _make(track, known, person_id, places, made_by_id, now)
    mentor.field = field
    session.add(mentor)
    session.flush()
    serve(session, track, mentor, ())
    record(
        session, None, "mentor.added", "mentor", mentor.id, now=now,
        institution_id=track.institution_id, context_id=track.context_ref, places=places,
    )  # fmt: skip
    return mentor


def _hold(session: Session, track: Track) -> None:
    """Let one after another make mentors of a track: two who tick the same people at once would both find them new."""
    held = select(Track).where(Track.id == track.id).with_for_update(key_share=True)
    session.scalars(held.execution_options(populate_existing=True)).one()


def serve(session: Session, track: Track, mentor: Mentor, roles: Collection[str]) -> None:
    """Let a mentor serve in these roles; none named: in the track's first. Where there is one, nothing is kept."""
    session.execute(delete(ServedRole).where(ServedRole.mentor_id == mentor.id))
    if len(track.roles) > 1:
        session.add_all(
            ServedRole(institution_id=track.institution_id, mentor_id=mentor.id, role=key)
            for key in sorted(roles or {track.roles[0].key})
        )
    session.flush()


def untick(session: Session, by: Sitter, mentor_id: int, *, now: datetime) -> Mentor:
    """End somebody's being a mentor; raise MentorHasStudents while they have any."""
    mentor = find_mentor(session, by, mentor_id)
    ended = session.execute(
        update(Mentor)
        .where(Mentor.id == mentor.id, Mentor.taken == 0)
        .values(active=False)
        .execution_options(synchronize_session=False)
    )
    session.refresh(mentor)
    if not rows_changed(ended):
        raise MentorHasStudents(mentor=name_of(session, mentor), taken=mentor.taken)
    record(session, by, "mentor.removed", "mentor", mentor.id, now=now)
    refresh_roles(session, mentor.person_id, mentor.track_id, now)
    return mentor


def set_places(session: Session, by: Sitter, mentor_id: int, places: int, field: str, *, now: datetime) -> Mentor:
    """Set how many students a mentor may have and what they do; raise PlacesTaken when more are with them already."""
    check_places(places)
    mentor = find_mentor(session, by, mentor_id)
    before = mentor.places
    changed = session.execute(
        update(Mentor)
        .where(Mentor.id == mentor.id, Mentor.taken <= places)
        .values(places=places, field=field.strip()[:LONGEST_FIELD])
        .execution_options(synchronize_session=False)
    )
    session.refresh(mentor)
    if not rows_changed(changed):
        raise PlacesTaken(mentor=name_of(session, mentor), taken=mentor.taken)
    record(session, by, "mentor.changed", "mentor", mentor.id, now=now, places=places, before=before)
    return mentor


def find_mentor(session: Session, by: Sitter, mentor_id: int) -> Mentor:
    """Return an active mentor of the sitter's track; raise NotFound for any other."""
    mentor = session.scalars(
        select(Mentor).where(
            Mentor.id == mentor_id,
            Mentor.institution_id == by.institution_id,
            Mentor.track_id == by.track_id,
            Mentor.active.is_(True),
        )
    ).one_or_none()
    if mentor is None:
        raise NotFound
    return mentor


def name_of(session: Session, mentor: Mentor) -> str:
    """Return a mentor's name."""
    return session.get_one(Person, mentor.person_id).shown_name


def _make(track: Track, known: Mentor | None, person_id: int, places: int, made_by_id: int, now: datetime) -> Mentor:
    mentor = known or Mentor(
        institution_id=track.institution_id, track_id=track.id, person_id=person_id, taken=0, active=False
    )
    if not mentor.active:
        mentor.places, mentor.active, mentor.made_at, mentor.made_by_id = places, True, now, made_by_id
        # What faculty said of somebody who was a mentor before is theirs to say anew.
        mentor.trained_at = mentor.trained_by_id = mentor.lead_at = mentor.lead_by_id = None
    return mentor


def check_places(places: int) -> None:
    """Raise PlacesOutOfRange for a number of places that nobody can have."""
    if not 0 <= places <= MOST_PLACES:
        raise PlacesOutOfRange(most=MOST_PLACES)
