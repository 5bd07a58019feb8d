"""Long work: read what to do, do the slow part outside any transaction, write the result; repeatable at every point."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from celery import shared_task
from flask import current_app

from lti_mentoring.clock import utcnow
from lti_mentoring.db import unit_of_work
from lti_mentoring.domain.roster import without_believed
from lti_mentoring.errors import MentoringError
from lti_mentoring.lti.access import NO_SCOPE, NOT_GRANTED, SCOPE_ROSTER, UNWELCOME
from lti_mentoring.lti.faults import PlatformRefused, PlatformUnavailable
from lti_mentoring.lti.roster import Roster, fetch_roster
from lti_mentoring.models import JobKind
from lti_mentoring.services.awarding_jobs import issue_batch
from lti_mentoring.services.issuers import Desk
from lti_mentoring.services.jobs import ClaimedJob, LeaseLost, fail, progress, try_later
from lti_mentoring.services.lanes import NOT_ITS_FAULT, take_job
from lti_mentoring.services.roster import RosterSource, roster_source, sync_roster
from lti_mentoring.tasks._groups import refresh_groups
from lti_mentoring.tasks._platform import SlotWatch, leaving, noting_faults, platform_line, products
from lti_mentoring.tasks._rounds import check_round, draw_up_round, publish_round, take_back_round

if TYPE_CHECKING:
    from lti_mentoring.settings import Settings

log = logging.getLogger("lti_mentoring.jobs")

TELL_EVERY = 1.0
"""Seconds between two tellings of how far a reading is: a thousand pages must not cost a thousand commits."""


# Longer than other tasks may take: a round of a hundred thousand needs a minute of a core that it has to itself.
@shared_task(name="jobs.run", soft_time_limit=600, time_limit=660)
def run(job_id: int) -> None:
    """Claim and do a job; quiet when it has ended or is another worker's. Every failure is written on the job."""
    with unit_of_work() as session:
        taken = take_job(session, job_id, products())
    if taken is None:
        return
    slot, claimed = taken
    watch = SlotWatch(slot) if slot is not None else None
    try:
        with leaving(watch):
            RUNNERS[claimed.kind](claimed, watch)
    except LeaseLost:
        log.info("job", extra={"job": job_id, "end": "lease_lost"})
    except PlatformUnavailable as away:
        _again(claimed, away)
    except PlatformRefused as refused:
        _refused(claimed, refused)
    except MentoringError as refused:
        _fail(claimed, refused.code)


def read_roster(claimed: ClaimedJob, watch: SlotWatch | None) -> None:
    """Read a course's whole list and bring it in."""
    read_at = utcnow()
    with unit_of_work() as session:
        source = roster_source(session, claimed)
    roster = _fetch(claimed, source, watch)
    with unit_of_work() as session:
        change = sync_roster(session, claimed, roster, read_at=read_at, now=utcnow())
    log.info("job", extra={"job": claimed.job_id, "end": "done" if change else "lease_lost"})
    if change is not None and not without_believed(change, claimed.detail.get("believed", ())).is_held:
        refresh_groups(claimed.context_id, source, roster, watch)


def _fetch(claimed: ClaimedJob, source: RosterSource, watch: SlotWatch | None) -> Roster:
    with noting_faults(source.registration_id):
        return _read_pages(claimed, source, watch)


def _read_pages(claimed: ClaimedJob, source: RosterSource, watch: SlotWatch | None) -> Roster:
    line = platform_line(source.registration_id, source.deployment_id, (SCOPE_ROSTER,), watch)

    told = -TELL_EVERY

    def tell(_pages: int, people: int) -> None:
        nonlocal told
        if monotonic() - told < TELL_EVERY:
            return
        told = monotonic()
        with unit_of_work() as session:
            if not progress(session, claimed, people):
                raise LeaseLost

    return fetch_roster(
        line.client,
        line.access,
        source.url,
        on_page=tell,
        quirks=line.quirks,
        context_id=source.context_id,
    )


def _again(claimed: ClaimedJob, away: PlatformUnavailable) -> None:
    with unit_of_work() as session:
        asked = away.reason == "throttled" or away.reason in NOT_ITS_FAULT
        pause = try_later(session, claimed, away.code, now=utcnow(), wait=away.retry_after, asked=asked)
    log.info("job", extra={"job": claimed.job_id, "end": away.code, "reason": away.reason})
    if pause is not None:
        run.apply_async(kwargs={"job_id": claimed.job_id}, countdown=pause.total_seconds() + 1, retry=False)


def _refused(claimed: ClaimedJob, refused: PlatformRefused) -> None:
    if refused.reason_code in UNWELCOME:  # every call is refused: as if the platform were away, until somebody looks
        _again(claimed, PlatformUnavailable(refused.reason_code, host=refused.host))
        return
    _fail(claimed, NOT_GRANTED if refused.reason_code in {NO_SCOPE, NOT_GRANTED} else refused.code)


def _fail(claimed: ClaimedJob, code: str) -> None:
    with unit_of_work() as session:
        fail(session, claimed, code, now=utcnow())
    log.info("job", extra={"job": claimed.job_id, "end": code})


def issue_certificates(claimed: ClaimedJob, _watch: SlotWatch | None) -> None:
    """Issue a job's certificates, a few in each transaction."""
    settings: Settings = current_app.extensions["settings"]
    desk = Desk(current_app.extensions["sealer"], settings.public_url)
    more = True
    while more:
        with unit_of_work() as session:
            more = issue_batch(session, claimed, desk, now=utcnow())
    log.info("job", extra={"job": claimed.job_id, "end": "done"})


RUNNERS: dict[JobKind, Callable[[ClaimedJob, SlotWatch | None], None]] = {
    JobKind.ROSTER: read_roster,
    JobKind.CERTIFICATES: issue_certificates,
    JobKind.ROUND: lambda claimed, _watch: draw_up_round(claimed),
    JobKind.PUBLISHING: lambda claimed, _watch: publish_round(claimed),
    JobKind.TAKING_BACK: lambda claimed, _watch: take_back_round(claimed),
    JobKind.CHECKING: lambda claimed, _watch: check_round(claimed),
}
