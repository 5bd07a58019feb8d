"""What can be picked for a course: its tracks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.domain.grades import ColumnMode
from lti_mentoring.models import Track, TrackState

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter


@dataclass(frozen=True, slots=True)
class PickableTrack:
    """One track of the course.

    ``points``: the maximum of its one gradebook column; None where each milestone has one, made by the track itself.
    """

    id: int
    key: str
    title: str
    is_draft: bool
    points: int | None


def tracks_to_pick(session: Session, sitter: Sitter) -> tuple[PickableTrack, ...]:
    """Return the open tracks of the sitter's course, newest first."""
    rows = session.execute(
        select(Track.id, Track.key, Track.title, Track.state, Track.points, Track.column_mode)
        .where(
            Track.institution_id == sitter.institution_id,
            Track.context_ref == sitter.context_id,
            Track.state != TrackState.CLOSED,
        )
        .order_by(Track.id.desc())
    )
    return tuple(
        PickableTrack(
            row.id,
            row.key,
            row.title,
            row.state is TrackState.DRAFT,
            row.points if row.column_mode is ColumnMode.ONE else None,
        )
        for row in rows
    )
