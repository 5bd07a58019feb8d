"""What somebody who looks on learns of a student."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from lti_mentoring.domain.milestones import ProgressState, Proof, Signer, Standing, StudentProgress
from lti_mentoring.domain.observing import LIST_HOLDS_FOR, Pace, knots_of, next_due, pace_of, still_holds

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OPEN = Standing(
    milestone_id=1, position=1, title="Ward history", stage="", proof=Proof.EVIDENCE, signer=Signer.MENTOR, weight=1,
    needed_for_certificate=True, state=ProgressState.OPEN, due=date(2026, 12, 1), overdue=False, days_late=0,
    submitted_at=None, decided_at=None,
)  # fmt: skip
DONE = replace(OPEN, state=ProgressState.ACCEPTED)
LATE = replace(OPEN, overdue=True, due=date(2026, 11, 20), days_late=3)
SENT = replace(OPEN, state=ProgressState.SUBMITTED, due=date(2026, 11, 1))


def way(*milestones, closed=False):
    return StudentProgress(7, milestones, closed)


@pytest.mark.parametrize(
    ("told_at", "holds"),
    [(NOON, True), (NOON - LIST_HOLDS_FOR + timedelta(seconds=1), True), (NOON - LIST_HOLDS_FOR, False), (None, False)],
)
def test_the_list_of_a_launch_holds_for_a_day(told_at, holds):
    assert still_holds(told_at, now=NOON) is holds


@pytest.mark.parametrize(
    ("known", "begun", "pace"),
    [
        (way(DONE, OPEN), True, Pace.ON_PACE),
        (way(DONE, LATE), True, Pace.LATE),
        (way(DONE, DONE), True, Pace.FINISHED),
        (way(DONE, DONE, closed=True), True, Pace.FINISHED),
        (way(DONE, OPEN, closed=True), True, Pace.CLOSED),
        (way(OPEN, OPEN), False, Pace.NOT_BEGUN),
        (way(), True, Pace.ON_PACE),
    ],
)
def test_one_word_says_how_a_student_stands(known, begun, pace):
    assert pace_of(known, has_begun=begun) is pace


def test_what_is_due_next_is_the_earliest_that_is_the_students_turn():
    later = replace(OPEN, milestone_id=2, due=date(2026, 12, 8))
    undated = replace(OPEN, milestone_id=3, due=None)
    assert next_due(way(DONE, SENT, undated, later, OPEN)) is OPEN
    assert next_due(way(DONE, SENT, undated)) is None
    assert next_due(way(OPEN, closed=True)) is None


def test_the_path_tells_done_and_late_and_never_what_waits_with_whom():
    assert knots_of(way(DONE, SENT, LATE, OPEN)) == ("done", "next", "late", "next")
