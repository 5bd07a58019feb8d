"""Certificates for many: a job that issues a few at a time, each portion in one transaction with its own progress."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lti_mentoring.errors import MentoringError, Refused
from lti_mentoring.models import Job, JobKind
from lti_mentoring.services.awarding import issue, own_track
from lti_mentoring.services.certificates import AwardWords
from lti_mentoring.services.jobs import ClaimedJob, finish, held_job, progress, start_job, starter_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.services.issuers import Desk

PORTION = 10
"""How many are issued between two commits: about a fifth of a second during which SQLite lets nobody else write."""


class NobodyToIssueTo(Refused):
    """Nobody was named."""

    code = "nobody_to_issue_to"


def queue_batch(
    session: Session, sitter: Sitter, student_ids: Iterable[int], words: AwardWords, *, now: datetime
) -> Job:
    """Queue the issuing of these students' certificates; while one such job of the track is open, return that one."""
    track = own_track(session, sitter)
    people = sorted(set(student_ids))
    if not people:
        raise NobodyToIssueTo
    detail: dict[str, Any] = {"waiting": people, "failed": [], "words": asdict(words)}
    return start_job(
        session, JobKind.CERTIFICATES, track.context_ref, sitter,
        now=now, track_id=track.id, total=len(people), detail=detail,
    )  # fmt: skip


def issue_batch(session: Session, claimed: ClaimedJob, desk: Desk, *, now: datetime) -> bool:
    """Issue the next few of the job; True while more wait. Call it again, each time in a unit of work of its own.

    A worker that is killed loses at most the portion in hand, which is then issued once by the next. Who cannot have
    one is set aside with the reason's code, and the others go on. False at the end, and when the lease was lost.
    """
    job = held_job(session, claimed)
    if job is None:
        return False
    detail = dict(job.detail)
    waiting: list[int] = list(detail["waiting"])
    failed: list[dict[str, Any]] = list(detail["failed"])
    sitter, words = starter_of(session, job), AwardWords(**detail["words"])
    codes = {one: _issue_one(session, sitter, one, desk, words, now=now) for one in waiting[:PORTION]}
    failed += [{"student_id": one, "code": code} for one, code in codes.items() if code]
    left = waiting[PORTION:]
    job.detail = {**detail, "waiting": left, "failed": failed}
    session.flush()
    if not left:
        finish(session, claimed, now=now)
        return False
    return progress(session, claimed, (job.total or 0) - len(left))


def _issue_one(
    session: Session, sitter: Sitter, student_id: int, desk: Desk, words: AwardWords, *, now: datetime
) -> str:
    """Issue one within a savepoint; return "" or the code of what was in the way."""
    try:
        with session.begin_nested():
            issue(session, sitter, student_id, desk, words, now=now)
    except MentoringError as refused:
        return refused.code
    return ""
