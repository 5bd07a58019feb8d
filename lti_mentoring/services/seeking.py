"""Keep what a student looks for; the trail says that it was kept, and nothing of what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lti_mentoring.models import Seeking, TrackState
from lti_mentoring.services.auditing import record
from lti_mentoring.services.steps import TrackClosed
from lti_mentoring.services.upserting import upsert

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.profiles import ProfileFacts
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track


def save_seeking(session: Session, by: Sitter, track: Track, facts: ProfileFacts, *, now: datetime) -> None:
    """Keep what the sitter looks for in a mentor of this track, in the place of what was there.

    Raises TrackClosed in a track that is not open.
    """
    if track.state is not TrackState.PUBLISHED:
        raise TrackClosed
    known = {"track_id": track.id, "person_id": by.person_id}
    said = {
        "institution_id": track.institution_id,
        "career": facts.values["career"],
        "timezone": facts.values["timezone"],
        "style": facts.values["style"],
        "terms": {kind.value: list(keys) for kind, keys in facts.terms.items() if keys},
        "updated_at": now,
    }
    number = upsert(session, Seeking, {**known, **said}, by=tuple(known))
    record(session, by, "seeking.saved", "seeking", number, now=now)
