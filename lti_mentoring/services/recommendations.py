"""Keep whether a student would choose a mentor again, and tell it anew with each complete batch.

The trail says that somebody answered and nothing of what; taking an answer back leaves the same line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update

from lti_mentoring.domain.recommendations import next_count
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Recommendation, RecommendationCount
from lti_mentoring.queries.recommendations import one_asked_about
from lti_mentoring.services.auditing import record
from lti_mentoring.services.upserting import upsert

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.recommendations import Again
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track


def answer(session: Session, by: Sitter, track: Track, mentor_id: int, said: Again | None, *, now: datetime) -> None:
    """Keep what the sitter says about a mentor, None: nothing any more; saying the same again changes nothing.

    Raises NotFound for a mentor whom the sitter is not asked about. A track that is closed still asks.
    """
    asked = one_asked_about(session, by, track, mentor_id, now=now)
    if asked is None:
        raise NotFound
    if asked.answer is said:
        return
    told = _locked(session, track, mentor_id)
    known = {"mentor_id": mentor_id, "person_id": by.person_id}
    values = {"institution_id": track.institution_id, "answer": said}
    number = upsert(session, Recommendation, {**known, **values}, by=tuple(known))
    record(session, by, "recommendation.answered", "recommendation", number, now=now)
    _tell(session, told)


def _locked(session: Session, track: Track, mentor_id: int) -> RecommendationCount:
    """Return what is told of the mentor, held: of two who answer at once, one completes a batch."""
    first = {"yes": 0, "reserved": 0, "no": 0}
    values = {"mentor_id": mentor_id, "institution_id": track.institution_id}
    number = upsert(session, RecommendationCount, values, by=("mentor_id",), first=first)
    return session.get_one(RecommendationCount, number, with_for_update=True, populate_existing=True)


def _tell(session: Session, told: RecommendationCount) -> None:
    """Count anew where a batch is complete; an answer that was taken back is gone for good then."""
    own = (Recommendation.mentor_id == told.mentor_id, Recommendation.institution_id == told.institution_id)
    rows = session.execute(
        select(Recommendation.answer, Recommendation.told, func.count())
        .where(*own)
        .group_by(Recommendation.answer, Recommendation.told)
    )
    count = next_count({(now, before): number for now, before, number in rows})
    if count is not None:
        told.yes, told.reserved, told.no = count.yes, count.reserved, count.no
        session.execute(update(Recommendation).where(*own).values(told=Recommendation.answer))
        session.execute(delete(Recommendation).where(*own, Recommendation.answer.is_(None)))
    session.flush()
