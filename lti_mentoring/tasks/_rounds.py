"""The long work of rounds. Nothing of a round appears before the transaction that ends its job."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from flask import current_app

from lti_mentoring.clock import utcnow
from lti_mentoring.db import unit_of_work
from lti_mentoring.domain.drawing_up import STEPS, draw_up
from lti_mentoring.domain.round_check import STEPS as CHECK_STEPS
from lti_mentoring.domain.round_check import check
from lti_mentoring.services.drawing_up import UnknownStrategy, keep_round, read_given, wish_of_job
from lti_mentoring.services.jobs import LeaseLost, progress
from lti_mentoring.services.publishing import RoundChanged
from lti_mentoring.services.publishing_jobs import publish_claimed, take_back_claimed, tell_stopped
from lti_mentoring.services.round_check import keep_found, kept_of_job

if TYPE_CHECKING:
    from lti_mentoring.domain.matching.outcome import Matcher
    from lti_mentoring.services.jobs import ClaimedJob

log = logging.getLogger("lti_mentoring.jobs")


@contextmanager
def many_rows() -> Iterator[None]:
    """Let Python not look for cycles: rows have none, and to go through two millions of them doubles the reading."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def draw_up_round(claimed: ClaimedJob) -> None:
    """Draw a round up: read, compute while nothing is held, keep the draft as a whole."""
    with many_rows():
        _draw_up(claimed)


def _draw_up(claimed: ClaimedJob) -> None:
    with unit_of_work() as session:
        given = read_given(session, claimed)
    tell = partial(_tell, claimed, len(STEPS))
    drawn = draw_up(given.problem, _matcher(claimed), given.part_of, seed=wish_of_job(claimed).seed, tell=tell)
    with unit_of_work() as session:
        made = keep_round(session, claimed, given, drawn, now=utcnow())
    log.info("job", extra={"job": claimed.job_id, "end": "done" if made else "lease_lost"})


def check_round(claimed: ClaimedJob) -> None:
    """Check a round again: read, look while nothing is held, keep what was found."""
    with many_rows():
        with unit_of_work() as session:
            kept = kept_of_job(session, claimed)
        found = check(kept, _matchers().get(kept.strategy), tell=partial(_tell, claimed, len(CHECK_STEPS)))
        with unit_of_work() as session:
            done = keep_found(session, claimed, found, now=utcnow())
    log.info("job", extra={"job": claimed.job_id, "end": "done" if done else "lease_lost"})


def publish_round(claimed: ClaimedJob) -> None:
    """Publish a round as a whole; where something stands in the way, say of each pair what."""
    try:
        with many_rows(), unit_of_work() as session:
            done = publish_claimed(session, claimed, now=utcnow())
    except RoundChanged as changed:
        with unit_of_work() as session:
            done = tell_stopped(session, claimed, changed, now=utcnow())
    log.info("job", extra={"job": claimed.job_id, "end": "done" if done else "lease_lost"})


def take_back_round(claimed: ClaimedJob) -> None:
    """Take a round back as a whole."""
    with many_rows(), unit_of_work() as session:
        done = take_back_claimed(session, claimed, now=utcnow())
    log.info("job", extra={"job": claimed.job_id, "end": "done" if done else "lease_lost"})


def _tell(claimed: ClaimedJob, steps: int, done: int) -> None:
    with unit_of_work() as session:
        if not progress(session, claimed, done, steps):
            raise LeaseLost


def _matcher(claimed: ClaimedJob) -> Matcher:
    name = wish_of_job(claimed).strategy
    if name not in _matchers():
        raise UnknownStrategy
    return _matchers()[name]


def _matchers() -> Mapping[str, Matcher]:
    matchers: Mapping[str, Matcher] = current_app.extensions["matchers"]
    return matchers
