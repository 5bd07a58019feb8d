"""Publish a round, or take it back, as a job: all of it in the transaction that ends the job, or none of it.

Who publishes is who pressed the button; a worker that is killed leaves nothing behind, and the next one does it once.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.domain.rounds import RoundState, advance
from lti_mentoring.errors import Conflict
from lti_mentoring.models import Context, Job, JobKind, Track
from lti_mentoring.services.jobs import OPEN, ClaimedJob, fail, finish, held_job, start_job, starter_of
from lti_mentoring.services.publishing import publish
from lti_mentoring.services.rounds import find_round
from lti_mentoring.services.taking_back import check_deadline, take_back

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Round
    from lti_mentoring.services.publishing import RoundChanged

KINDS = (JobKind.PUBLISHING, JobKind.TAKING_BACK)


class RoundUnderWay(Conflict):
    """A round of the track is being published or taken back at this moment."""

    code = "round_under_way"


def queue_publishing(session: Session, by: Sitter, round_id: int, *, now: datetime) -> Job:
    """Queue the publishing of a draft.

    Raises RoundStepNotAllowed for a round that is no draft any more, RoundUnderWay for the second of two who press.
    """
    found = find_round(session, by, round_id, lock=True)
    advance(found.state, RoundState.PUBLISHED)
    return _queue(session, by, found, JobKind.PUBLISHING, now)


def queue_taking_back(session: Session, by: Sitter, round_id: int, *, now: datetime) -> Job:
    """Queue the taking back of a published round.

    Raises RoundStepNotAllowed, TooLateToTakeBack, and RoundUnderWay for the second of two who press.
    """
    found = find_round(session, by, round_id, lock=True)
    advance(found.state, RoundState.UNDONE)
    check_deadline(found, now=now)
    return _queue(session, by, found, JobKind.TAKING_BACK, now)


def publish_claimed(session: Session, claimed: ClaimedJob, *, now: datetime) -> bool:
    """Publish the job's round and end the job; False, and nothing done, where another worker holds it now."""
    job = held_job(session, claimed)
    if job is None:
        return False
    placed = publish(session, starter_of(session, job), claimed.detail["round"], now=now)
    return finish(session, claimed, now=now, total=placed)


def take_back_claimed(session: Session, claimed: ClaimedJob, *, now: datetime) -> bool:
    """Take the job's round back and end the job; False, and nothing done, where another worker holds it now."""
    job = held_job(session, claimed)
    if job is None:
        return False
    back = take_back(session, starter_of(session, job), claimed.detail["round"], now=now, asked_at=job.created_at)
    return finish(session, claimed, now=now, total=back.ended, stay=back.stay)


def tell_stopped(session: Session, claimed: ClaimedJob, changed: RoundChanged, *, now: datetime) -> bool:
    """End the job as refused; its detail names each pair that was in the way, and why."""
    pairs = [[one.wish.student_id, one.wish.mentor_id, one.obstacle.value] for one in changed.stopped]
    return fail(session, claimed, changed.code, now=now, stopped=pairs, number=changed.facts["number"])


def _queue(session: Session, by: Sitter, found: Round, kind: JobKind, now: datetime) -> Job:
    session.get_one(Context, by.context_id, with_for_update=True)  # of two who press, one waits here
    under_way = select(Job.id).where(Job.track_id == found.track_id, Job.kind.in_(KINDS), Job.state.in_(OPEN))
    if session.scalars(under_way.limit(1)).first() is not None:
        raise RoundUnderWay
    course: int = session.get_one(Track, found.track_id).context_ref
    return start_job(session, kind, course, by, now=now, track_id=found.track_id, detail={"round": found.id})
