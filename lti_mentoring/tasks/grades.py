"""Push one due score to the course's gradebook."""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import shared_task
from flask import current_app

from lti_mentoring.clock import utcnow
from lti_mentoring.db import unit_of_work
from lti_mentoring.lti.access import GRADE_SCOPES
from lti_mentoring.lti.faults import PlatformRefused, PlatformUnavailable
from lti_mentoring.lti.grades import LineItemDraft, find_or_create_lineitem
from lti_mentoring.lti.scores import Result, Score, ScoreAnswer, post_score, read_result
from lti_mentoring.models import HeldReason
from lti_mentoring.services.delivering import Column, DueScore, End, Outcome, deliver
from lti_mentoring.services.lanes import NOT_ITS_FAULT, is_well, take_score
from lti_mentoring.services.registering import launch_url
from lti_mentoring.services.sending import claim_column, release_column, settle_score
from lti_mentoring.tasks._platform import PlatformLine, SlotWatch, note_fault, platform_line, products, wake

log = logging.getLogger("lti_mentoring.grades")
TAG = "mentoring"
LONGEST_COUNTDOWN = timedelta(seconds=60)
"""So long a wake-up is left with the broker; what is due later is found by the sweep."""
OUR_OWN_REASONS = NOT_ITS_FAULT | {"registration_off", HeldReason.TEACHER_CHANGED, HeldReason.NO_GRADEBOOK}
"""Why a score waits although the platform did nothing wrong."""


class CourseGradebook:
    """The gradebook of one course, over an open line to its platform."""

    def __init__(self, line: PlatformLine, lineitems_url: str | None) -> None:
        self._line, self._lineitems_url = line, lineitems_url

    def find_column(self, column: Column) -> str:
        """Return the column's address; one worker at a time looks for it and makes it."""
        if self._lineitems_url is None:
            raise PlatformUnavailable("no_line_items")
        with unit_of_work() as session:
            mine = claim_column(session, column.line_item_id)
        if not mine:
            raise PlatformUnavailable("column_search", retry_after=2)
        url = None
        try:
            draft = LineItemDraft(
                column.label,
                column.maximum,
                resource_id=column.resource_id,
                tag=TAG,
                resource_link_id=column.resource_link_id,
                review_url=launch_url(current_app.extensions["settings"].public_url),
            )
            url = find_or_create_lineitem(
                self._line.client, self._line.access, self._lineitems_url, draft, quirks=self._line.quirks
            ).url
        finally:
            with unit_of_work() as session:
                release_column(session, column.line_item_id, url)
        return url

    def post(self, url: str, score: Score) -> ScoreAnswer:
        """Send one score."""
        return post_score(self._line.client, self._line.access, url, score, quirks=self._line.quirks)

    def read(self, url: str, user_id: str) -> Result | None:
        """Return what the gradebook shows for one person."""
        return read_result(self._line.client, self._line.access, url, user_id)


@shared_task(name="grades.push")
def push(score_id: int) -> None:
    """Claim, deliver, settle; quiet when the score is gone, sent, or another worker's."""
    with unit_of_work() as session:
        taken = take_score(session, score_id, products())
    if taken is None:
        return
    slot, due = taken
    watch = SlotWatch(slot)
    try:
        outcome = deliver(due, gradebook_for(due, watch))
    except PlatformRefused as off:  # switched off between the launch and now
        outcome = Outcome(End.LATER, "registration_off", fault=off)
    with unit_of_work() as session:
        tasks = watch.leave(session, outcome.fault)
        again = settle_score(
            session, due, outcome, now=utcnow(), platform_is_well=is_well(session, slot, outcome.fault)
        )
    wake(tasks)
    if outcome.reason and outcome.reason not in OUR_OWN_REASONS:
        note_fault(due.registration_id, outcome.reason)
    log.info("score", extra={"score": score_id, "end": outcome.end.value, "reason": outcome.reason})
    if again is not None and again <= LONGEST_COUNTDOWN:
        push.apply_async(kwargs={"score_id": score_id}, countdown=again.total_seconds(), retry=False)


def gradebook_for(due: DueScore, watch: SlotWatch) -> CourseGradebook:
    """Open the line to the gradebook that a due score belongs to."""
    line = platform_line(due.registration_id, due.deployment_id, GRADE_SCOPES, watch)
    return CourseGradebook(line, due.lineitems_url)
