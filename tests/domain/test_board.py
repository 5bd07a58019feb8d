"""What a student's state is called on the board, who comes first, and the finding of the day."""

from datetime import UTC, date, datetime, timedelta

import pytest

from lti_mentoring.domain.board import (
    BoardRow,
    BoardState,
    Finding,
    RowMentor,
    Show,
    Stop,
    Verdict,
    Wish,
    counts,
    finding,
    in_order,
    judge,
    judge_for_mentor,
    narrowed,
    safe_cell,
    shown,
    silence,
    stops,
    week_of,
)
from lti_mentoring.domain.milestones import ProgressState, Proof, Signer, Standing, StudentProgress

TODAY = date(2026, 11, 23)
S = BoardState


def standing(number=1, state=ProgressState.OPEN, *, days_late=0, signer=Signer.MENTOR, sent_days_ago=None):
    sent = None
    if sent_days_ago is not None:
        sent = datetime(2026, 11, 23, 8, 0, tzinfo=UTC) - timedelta(days=sent_days_ago)
    return Standing(
        milestone_id=number, position=number, title=f"M{number}", stage="", proof=Proof.EVIDENCE, signer=signer,
        weight=10, needed_for_certificate=True, state=state, due=None, overdue=days_late > 0, days_late=days_late,
        submitted_at=sent, decided_at=None,
    )  # fmt: skip


def way(*standings):
    return StudentProgress(7, standings)


def ago(days):
    return TODAY - timedelta(days=days)


def judged(*standings, has_mentor=True, left=False, contact_on=TODAY, refused=False, test_first=False):
    return judge(
        way(*standings), has_mentor=has_mentor, left=left, contact_on=contact_on, refused=refused, today=TODAY,
        test_first=test_first,
    )  # fmt: skip


def closed(*standings, has_mentor=True, refused=False):
    way = StudentProgress(7, standings, closed=True)
    return judge(way, has_mentor=has_mentor, left=False, contact_on=ago(60), refused=refused, today=TODAY)


def row(number, state=S.ON_PACE, *, name="", mentor=1, mentor_name="Dr Raman", contact_on=TODAY, standings=()):
    return BoardRow(
        number, name or f"Student {number}", (RowMentor(mentor, mentor_name),) if mentor else (),
        () if mentor else ("",), way(*standings), Verdict(state), contact_on,
    )  # fmt: skip


DONE, OPEN, SENT = ProgressState.ACCEPTED, ProgressState.OPEN, ProgressState.SUBMITTED


def test_who_left_is_called_so_whatever_else_holds():
    assert judged(standing(days_late=9), left=True, has_mentor=False) == Verdict(S.LEFT)


def test_without_a_mentor_nothing_else_counts():
    assert judged(standing(days_late=9), has_mentor=False) == Verdict(S.NEEDS_MENTOR)


def test_whom_a_test_holds_back_does_not_need_a_mentor_yet():
    assert judged(standing(days_late=9), has_mentor=False, test_first=True) == Verdict(S.TEST_FIRST)
    assert judged(standing(days_late=9), test_first=True) == Verdict(S.LATE, 9)
    sent = standing(state=SENT, signer=Signer.FACULTY, sent_days_ago=4)
    assert judged(sent, has_mentor=False, test_first=True) == Verdict(S.NEEDS_YOU, 4)


def test_who_has_done_it_all_needs_no_mentor_any_more():
    assert judged(standing(state=DONE), has_mentor=False) == Verdict(S.DONE)


def test_a_track_without_milestones_is_never_done():
    assert judged() == Verdict(S.ON_PACE)


def test_a_refused_grade_is_seen_even_when_all_is_done():
    assert judged(standing(state=DONE), refused=True) == Verdict(S.REFUSED)


@pytest.mark.parametrize(
    "held",
    [
        standing(state=SENT, signer=Signer.FACULTY, sent_days_ago=4),
        standing(state=ProgressState.APPEALED, sent_days_ago=4),
    ],
)
def test_what_only_faculty_can_decide_comes_before_silence(held):
    assert judged(held, contact_on=ago(40)) == Verdict(S.NEEDS_YOU, 4)


def test_an_appeal_without_a_date_waits_for_no_days():
    assert judged(standing(state=ProgressState.APPEALED)) == Verdict(S.NEEDS_YOU, 0)


def test_a_pair_is_quiet_after_three_weeks():
    assert judged(standing(), contact_on=ago(21)) == Verdict(S.QUIET, 21)
    assert judged(standing(), contact_on=ago(20)) == Verdict(S.ON_PACE)


def test_the_latest_milestone_says_how_late_a_student_is():
    assert judged(standing(1, days_late=9), standing(2, days_late=2)) == Verdict(S.LATE, 9)


def test_an_answer_that_takes_a_week_is_worth_a_look():
    assert judged(standing(state=SENT, sent_days_ago=7)) == Verdict(S.WAITING, 7)
    assert judged(standing(state=SENT, sent_days_ago=6)) == Verdict(S.ON_PACE)


def test_a_refused_grade_is_worth_a_look():
    assert judged(standing(), refused=True) == Verdict(S.REFUSED)


def test_a_mentor_sees_first_what_waits_for_the_mentor():
    def seen(*standings, waits=False, contact_on=TODAY):
        return judge_for_mentor(way(*standings), waits=waits, contact_on=contact_on, today=TODAY)

    assert seen(standing(days_late=3), waits=True) == Verdict(S.NEEDS_YOU)
    assert seen(standing(state=DONE)) == Verdict(S.DONE)
    assert seen(standing(days_late=3), contact_on=ago(40)) == Verdict(S.LATE, 3)
    assert seen(standing(), contact_on=ago(22)) == Verdict(S.QUIET, 22)
    assert seen(standing()) == Verdict(S.ON_PACE)


def test_silence_needs_somebody_to_hear_from():
    assert silence(None, today=TODAY) == 0
    assert silence(TODAY + timedelta(days=1), today=TODAY) == 0


def test_the_longest_silence_comes_first_and_who_has_no_contact_last():
    rows = [row(1, contact_on=None), row(2, contact_on=ago(3)), row(3, contact_on=ago(30)), row(4, contact_on=ago(3))]
    assert [one.student_id for one in in_order(rows)] == [3, 2, 4, 1]


def test_a_name_is_found_without_accents_and_by_the_mentor():
    rows = [row(1, name="Zoë Brandt"), row(2, mentor_name="Dra. María Ibáñez"), row(3, mentor=None)]
    assert [one.student_id for one in narrowed(rows, Wish(name=" zoe"))] == [1]
    assert [one.student_id for one in narrowed(rows, Wish(name="ibanez"))] == [2]
    assert len(narrowed(rows, Wish())) == 3


def test_the_board_is_narrowed_by_mentor_and_by_the_milestone_that_somebody_works_on():
    rows = [
        row(1, standings=[standing(1, DONE), standing(2)]),
        row(2, mentor=None, standings=[standing(1), standing(2)]),
        row(3, mentor=5, standings=[standing(1, DONE), standing(2, DONE)]),
    ]
    assert [one.student_id for one in narrowed(rows, Wish(milestone_id=2))] == [1]
    assert [one.student_id for one in narrowed(rows, Wish(mentor_id=0))] == [2]
    assert [one.student_id for one in narrowed(rows, Wish(mentor_id=5))] == [3]


def test_chips_count_what_they_would_show():
    rows = [row(1), row(2, S.QUIET), row(3, S.LATE), row(4, S.DONE), row(5, S.LEFT)]
    assert counts(rows) == {Show.ALL: 4, Show.LOOK: 2, Show.ON_PACE: 1, Show.DONE: 1, Show.LEFT: 1}
    assert [one.student_id for one in shown(rows, "late")] == [3]


def test_the_finding_names_what_only_faculty_can_do_first():
    rows = [row(1), row(2, S.QUIET), row(3, S.NEEDS_YOU), row(4, S.LEFT), row(5, S.DONE)]
    assert finding(rows) == Finding(S.NEEDS_YOU, count=1, on_pace=1, done=1, total=4)


def test_a_calm_day_has_no_lead():
    assert finding([row(1)]) == Finding(None, count=0, on_pace=1, done=0, total=1)
    assert finding([]) == Finding(None, count=0, on_pace=0, done=0, total=0)


def test_everybody_stands_at_one_stop_and_who_left_at_none():
    rows = [
        row(1, standings=[standing(1, DONE), standing(2, days_late=2)]),
        row(2, standings=[standing(1), standing(2)]),
        row(3, standings=[standing(1, DONE), standing(2, DONE)]),
        row(4, S.LEFT, standings=[standing(1), standing(2)]),
    ]
    assert stops(rows) == [Stop(1, "M1", 1, 0), Stop(2, "M2", 1, 1), Stop(None, "", 1, 0)]


def test_a_track_without_students_or_milestones_has_no_stops():
    assert stops([]) == []
    assert stops([row(1)]) == []


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_cell_never_becomes_a_formula(start):
    assert safe_cell(f"{start}1+1") == f"'{start}1+1"
    assert safe_cell("Amina = Yusuf") == "Amina = Yusuf"


def test_weeks_are_counted_from_one():
    assert week_of(TODAY, TODAY) == 1
    assert week_of(TODAY, ago(7)) == 2
    assert week_of(TODAY, TODAY + timedelta(days=1)) == 0


def test_in_a_closed_track_nobody_is_quiet_or_without_a_mentor():
    assert closed(standing(days_late=9)) == Verdict(S.STOPPED)
    assert closed(standing(), has_mentor=False) == Verdict(S.STOPPED)
    assert closed(standing(), refused=True) == Verdict(S.REFUSED)
    assert closed(standing(1, ProgressState.ACCEPTED)) == Verdict(S.DONE)


def test_in_a_closed_track_faculty_still_have_what_only_they_decide():
    assert closed(standing(1, ProgressState.APPEALED, sent_days_ago=3)) == Verdict(S.NEEDS_YOU, 3)
    assert closed(standing(1, ProgressState.SUBMITTED, signer=Signer.FACULTY)) == Verdict(S.NEEDS_YOU)
    assert closed(standing(1, ProgressState.SUBMITTED), has_mentor=False) == Verdict(S.NEEDS_YOU)
    assert closed(standing(1, ProgressState.SUBMITTED)) == Verdict(S.STOPPED)


def test_a_mentor_of_a_closed_track_sees_who_did_not_finish():
    ways = [
        StudentProgress(7, (one,), closed=True) for one in (standing(days_late=9), standing(1, ProgressState.ACCEPTED))
    ]
    seen = [judge_for_mentor(way, waits=False, contact_on=ago(60), today=TODAY).state for way in ways]
    assert seen == [S.STOPPED, S.DONE]
