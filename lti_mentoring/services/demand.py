"""Count what the students of each track look for, where enough of them have said something since the last count."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select

from lti_mentoring.domain.demand import BATCH, told
from lti_mentoring.domain.seeking import HELP
from lti_mentoring.models import Membership, MembershipStatus, Seeking, SeekingCount, Track
from lti_mentoring.queries.seeking import STREAM
from lti_mentoring.services.upserting import upsert

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


def find_tracks_to_count(session: Session) -> list[int]:
    """Return the numbers of the tracks in which enough students have said something since they were counted."""
    due = (
        select(Seeking.track_id)
        .outerjoin(SeekingCount, SeekingCount.track_id == Seeking.track_id)
        .where(or_(SeekingCount.id.is_(None), Seeking.updated_at > SeekingCount.counted_at))
        .group_by(Seeking.track_id)
        .having(func.count() >= BATCH)
        .order_by(Seeking.track_id)
    )
    return list(session.scalars(due))


def count_demand(session: Session, track_id: int, *, now: datetime) -> None:
    """Count what the students of one track look for; two who count at once write one row."""
    track = session.get_one(Track, track_id)
    values = {
        "track_id": track.id, "institution_id": track.institution_id,
        "students": _students(session, track), "counted_at": now,
    }  # fmt: skip
    upsert(session, SeekingCount, values, by=("track_id",))


def _students(session: Session, track: Track) -> dict[str, dict[str, int]]:
    """Count the students of today; a list of a student's terms is read for each, since no term is a row."""
    here = and_(Membership.person_id == Seeking.person_id, Membership.context_ref == track.context_ref)
    said = session.scalars(
        select(Seeking.terms)
        .join(Membership, here)
        .where(
            Seeking.track_id == track.id, Seeking.institution_id == track.institution_id,
            Membership.status != MembershipStatus.LEFT,
        ),
        execution_options=STREAM,
    )  # fmt: skip
    counts = Counter((kind.value, key) for terms in said for kind in HELP for key in terms.get(kind.value, ()))
    found: dict[str, dict[str, int]] = {}
    for (kind, key), students in sorted(counts.items()):
        if told(students):
            found.setdefault(kind, {})[key] = told(students)
    return found
