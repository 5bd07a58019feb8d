"""The steps of a milestone, its date, and whose turn it is."""

from datetime import UTC, date, datetime

import pytest

from lti_mentoring.domain.milestones import (
    NotTheSigner,
    ProgressState,
    Proof,
    Signer,
    Standing,
    StepKind,
    StepNotPossible,
    StudentProgress,
    after,
    check_signer,
    due_date,
    is_overdue,
    minutes_to_read,
    step_of_meeting,
    step_of_no_meeting,
)

START = datetime(2026, 10, 1, 23, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def standing(number, state=ProgressState.OPEN, *, overdue=False):
    return Standing(
        milestone_id=number, position=number, title=f"M{number}", stage="", proof=Proof.EVIDENCE, signer=Signer.MENTOR,
        weight=10, needed_for_certificate=True, state=state, due=None, overdue=overdue, days_late=int(overdue),
        submitted_at=None, decided_at=None,
    )  # fmt: skip


def way(*standings):
    return StudentProgress(7, standings)


@pytest.mark.parametrize(
    ("state", "step", "then"),
    [
        (ProgressState.OPEN, StepKind.SUBMITTED, ProgressState.SUBMITTED),
        (ProgressState.SUBMITTED, StepKind.RETURNED, ProgressState.RETURNED),
        (ProgressState.RETURNED, StepKind.APPEALED, ProgressState.APPEALED),
        (ProgressState.APPEALED, StepKind.APPEAL_GRANTED, ProgressState.ACCEPTED),
        (ProgressState.ACCEPTED, StepKind.REOPENED, ProgressState.OPEN),
        (ProgressState.OPEN, StepKind.RETURNED, ProgressState.RETURNED),
    ],
)
def test_a_step_leads_on(state, step, then):
    assert after(state, step) is then


def test_a_step_that_does_not_begin_here_is_refused_with_both_names():
    with pytest.raises(StepNotPossible) as refused:
        after(ProgressState.ACCEPTED, StepKind.SUBMITTED)
    assert refused.value.facts == {"current": "accepted", "step": "submitted"}


def test_a_due_date_is_counted_from_the_start_and_an_own_date_comes_first():
    assert due_date(START, 14, None) == date(2026, 10, 15)
    assert due_date(START, 14, date(2026, 12, 1)) == date(2026, 12, 1)
    assert due_date(None, 14, None) is None
    assert due_date(START, None, None) is None


def test_late_is_past_the_date_and_the_students_turn():
    assert is_overdue(ProgressState.OPEN, date(2026, 11, 22), today=TODAY)
    assert is_overdue(ProgressState.RETURNED, date(2026, 11, 22), today=TODAY)
    assert not is_overdue(ProgressState.OPEN, TODAY, today=TODAY)
    assert not is_overdue(ProgressState.SUBMITTED, date(2026, 11, 22), today=TODAY)
    assert not is_overdue(ProgressState.OPEN, None, today=TODAY)
    assert not is_overdue(ProgressState.OPEN, date(2026, 11, 22), today=TODAY, closed=True)


def test_the_path_lights_one_next_step():
    student = way(
        standing(1, ProgressState.ACCEPTED),
        standing(2, ProgressState.SUBMITTED),
        standing(3),
        standing(4, overdue=True),
        standing(5),
    )
    assert student.knots == ("done", "wait", "now", "late", "next")
    assert (student.done, student.total) == (1, 5)
    assert [one.milestone_id for one in student.overdue] == [4]


def test_in_a_closed_track_nothing_is_next():
    student = StudentProgress(7, (standing(1, ProgressState.ACCEPTED), standing(2)), closed=True)
    assert student.next_step is None
    assert student.knots == ("done", "next")


def test_what_came_back_is_next_before_what_is_open():
    assert way(standing(1), standing(2, ProgressState.RETURNED)).next_step.milestone_id == 2
    assert way(standing(1), standing(2)).next_step.milestone_id == 1
    assert way(standing(1, ProgressState.EXCUSED), standing(2, ProgressState.APPEALED)).next_step is None


@pytest.mark.parametrize(
    ("signer", "faculty", "own_mentor", "has_mentor", "may"),
    [
        (Signer.MENTOR, False, True, True, True),
        (Signer.MENTOR, False, False, True, False),
        (Signer.MENTOR, True, False, True, False),
        (Signer.MENTOR, True, False, False, True),
        (Signer.FACULTY, True, False, True, True),
        (Signer.FACULTY, False, True, True, False),
    ],
)
def test_who_signs(signer, faculty, own_mentor, has_mentor, may):
    facts = {"is_faculty": faculty, "is_own_mentor": own_mentor, "has_mentor": has_mentor}
    if may:
        check_signer(signer, **facts)
        return
    with pytest.raises(NotTheSigner):
        check_signer(signer, **facts)


def test_reading_takes_a_minute_for_200_words_and_more_for_a_link_or_a_file():
    assert minutes_to_read(10) == 1
    assert minutes_to_read(400) == 2
    assert minutes_to_read(0, has_link=True, has_file=True) == 8


P, K = ProgressState, StepKind


@pytest.mark.parametrize(
    ("state", "signs", "step"),
    [
        (P.OPEN, True, K.MET),
        (P.RETURNED, True, K.MET),
        (P.SUBMITTED, True, K.MET),
        (P.APPEALED, True, K.MET),
        (P.OPEN, False, K.REPORTED),
        (P.RETURNED, False, K.REPORTED),
        (P.SUBMITTED, False, None),
        (P.APPEALED, False, None),
        (P.ACCEPTED, True, None),
        (P.EXCUSED, False, None),
    ],
)
def test_a_noted_meeting_counts_at_once_for_who_signs_and_waits_for_them_otherwise(state, signs, step):
    assert step_of_meeting(state, signs=signs) is step


@pytest.mark.parametrize(
    ("state", "kinds", "signs", "left", "step"),
    [
        (P.SUBMITTED, [K.REPORTED], False, (False, False), K.UNMET),
        (P.SUBMITTED, [K.REPORTED], True, (True, False), None),
        (P.ACCEPTED, [K.REPORTED, K.MET], True, (False, False), K.UNMET),
        (P.ACCEPTED, [K.MET, K.EXTENDED, K.DOUBTED], True, (True, False), K.UNMET),
        (P.ACCEPTED, [K.MET], True, (True, True), None),
        (P.ACCEPTED, [K.MET], False, (False, False), K.DOUBTED),
        (P.ACCEPTED, [K.REPORTED, K.RETURNED, K.APPEALED, K.APPEAL_GRANTED], True, (False, False), None),
        (P.ACCEPTED, [K.SUBMITTED, K.ACCEPTED], True, (False, False), None),
        (P.SUBMITTED, [K.SUBMITTED], False, (False, False), None),
        (P.RETURNED, [K.REPORTED, K.RETURNED], True, (False, False), None),
        (P.OPEN, [], True, (False, False), None),
    ],
)
def test_a_meeting_that_was_none_takes_back_what_it_brought_and_no_other_decision(state, kinds, signs, left, step):
    noted, confirmed = left
    assert step_of_no_meeting(state, kinds, signs=signs, noted=noted, confirmed=confirmed) is step
