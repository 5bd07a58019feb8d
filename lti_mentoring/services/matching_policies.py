"""Say how a track brings students and mentors together."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.domain.tracks import changes, check_version
from lti_mentoring.models import MatchingPolicy
from lti_mentoring.queries.rank_lists import rules_of
from lti_mentoring.services.tracks import locked_track, note

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.rank_lists import MatchingRules
    from lti_mentoring.domain.seats import Sitter


def edit_matching(
    session: Session, by: Sitter, rules: MatchingRules, *, version: int | None, now: datetime
) -> MatchingRules:
    """Change how the track matches; raise TrackChanged where somebody else changed the track meanwhile.

    Wishes that were given stay, whatever is changed; so does a question that a mentor has not answered.
    """
    track = locked_track(session, by)
    changed = changes(rules_of(session, track), rules)
    if not changed:
        return rules
    check_version(track.version, version)
    row = session.scalar(select(MatchingPolicy).where(MatchingPolicy.track_id == track.id))
    if row is None:
        row = MatchingPolicy(institution_id=track.institution_id, track_id=track.id)
        session.add(row)
    for name, value in asdict(rules).items():
        setattr(row, name, value)
    note(
        session, by, track, "track.matching_edited", "track", track.id, now=now, changed=list(changed),
        way=rules.way.value,
    )  # fmt: skip
    return rules
