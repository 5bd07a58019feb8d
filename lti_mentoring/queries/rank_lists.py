"""How a track matches, who has given wishes, and one's own; nobody else's are read for a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.domain.rank_lists import MatchingRules
from lti_mentoring.models import MatchingPolicy

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.models import Track


def rules_of(session: Session, track: Track) -> MatchingRules:
    """Return how a track matches; one statement."""
    row = session.scalar(
        select(MatchingPolicy).where(
            MatchingPolicy.track_id == track.id, MatchingPolicy.institution_id == track.institution_id
        )
    )
    if row is None:
        return MatchingRules()
    return MatchingRules(
        row.way, row.wishes_from, row.wishes_until, row.reply_days, row.mentors_rank, row.faculty_as_mentor
    )
