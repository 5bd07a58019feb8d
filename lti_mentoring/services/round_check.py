"""Check a large round again as a job: read once, looked at outside of any transaction, and what was found is kept."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from lti_mentoring.domain.round_check import Kept, write_found
from lti_mentoring.errors import Conflict
from lti_mentoring.models import Job, JobKind, Track
from lti_mentoring.queries.round_check import kept_round
from lti_mentoring.services.jobs import ClaimedJob, finish, start_job, starter_of
from lti_mentoring.services.rounds import find_round

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.round_check import Found
    from lti_mentoring.domain.seats import Sitter


class OtherRoundChecked(Conflict):
    """Another round of the track is being checked: one comes after the other."""

    code = "other_round_checked"


def queue_check(session: Session, by: Sitter, round_id: int, *, now: datetime) -> Job:
    """Queue the checking of a round; while that is under way, return the same job.

    Raises NotFound, and OtherRoundChecked where it is another round that is being checked.
    """
    found = find_round(session, by, round_id)
    course: int = session.get_one(Track, found.track_id).context_ref
    job = start_job(
        session, JobKind.CHECKING, course, by, now=now, track_id=found.track_id, detail={"round": found.id}
    )  # fmt: skip
    if job.detail["round"] != found.id:
        raise OtherRoundChecked
    return job


def kept_of_job(session: Session, claimed: ClaimedJob) -> Kept:
    """Return what was kept of the job's round."""
    by = starter_of(session, session.get_one(Job, claimed.job_id))
    return kept_round(session, by, claimed.detail["round"])


def keep_found(session: Session, claimed: ClaimedJob, found: Found, *, now: datetime) -> bool:
    """End the job with what was found; False, and nothing kept, where another worker holds it now."""
    return finish(session, claimed, now=now, found=write_found(found))
