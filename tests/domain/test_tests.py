"""Who may begin a test, until when, what passes, and what may be seen afterwards."""

from datetime import UTC, datetime, timedelta

import pytest

from lti_mentoring.domain.tests import (
    AnswersShown,
    NoAttemptLeft,
    NotOpen,
    NotReady,
    StateOfTest,
    check_may_begin,
    check_ready,
    column_score,
    deadline,
    is_over,
    left,
    may_be_given_students,
    may_see_answers,
    result,
    share_right,
    stamp,
)

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_a_test_needs_items_and_as_many_as_are_drawn():
    with pytest.raises(NotReady) as nothing:
        check_ready(0, None)
    with pytest.raises(NotReady) as few:
        check_ready(4, 5)
    assert (nothing.value.facts, few.value.facts) == ({"problem": "no_items"}, {"problem": "too_few"})
    check_ready(5, 5)
    check_ready(1, None)


@pytest.mark.parametrize("state", [StateOfTest.DRAFT, StateOfTest.CLOSED])
def test_only_a_published_test_can_be_begun(state):
    with pytest.raises(NotOpen):
        check_may_begin(state, 0, None)


def test_attempts_are_counted_where_faculty_set_a_number():
    check_may_begin(StateOfTest.PUBLISHED, 2, 3)
    check_may_begin(StateOfTest.PUBLISHED, 99, None)
    with pytest.raises(NoAttemptLeft):
        check_may_begin(StateOfTest.PUBLISHED, 3, 3)
    assert (left(1, 3), left(5, 3), left(5, None)) == (2, 0, None)


def test_the_time_is_up_at_the_deadline():
    until = deadline(NOON, 20)
    assert until == NOON + timedelta(minutes=20)
    assert is_over(until, now=until)
    assert not is_over(until, now=until - timedelta(seconds=1))
    assert not is_over(deadline(NOON, None), now=NOON + timedelta(days=99))


@pytest.mark.parametrize(("points", "passed"), [([3, 3], True), ([3, 2.99], False), ([0.1] * 60, True)])
def test_the_pass_mark_itself_passes(points, passed):
    assert result(points, 10, 60).passed is passed


def test_a_page_is_told_from_an_older_one_by_when_it_was_saved():
    assert stamp(None) == ""
    assert stamp(NOON) != stamp(NOON + timedelta(microseconds=1))


def test_a_result_says_its_share():
    assert result([1, 2], 4, 60).percent == 75
    assert result([], 0, 60).percent == 0


def test_a_share_fills_the_column():
    assert column_score(66.666, 20) == 13.33


@pytest.mark.parametrize(
    ("shown", "passed", "seen"),
    [
        (AnswersShown.EACH, False, True),
        (AnswersShown.PASSED, True, True),
        (AnswersShown.PASSED, False, False),
        (AnswersShown.NEVER, True, False),
    ],
)
def test_right_answers_are_shown_as_faculty_decided(shown, passed, seen):
    assert may_see_answers(shown, has_passed=passed) is seen


def test_how_hard_an_item_is_is_not_said_of_fewer_than_five():
    assert share_right(2, 4) is None
    assert share_right(2, 5) == 0.4


@pytest.mark.parametrize(
    ("asked", "passed", "trained"), [(True, False, False), (True, True, True), (False, False, True)]
)
def test_a_mentor_is_given_students_when_the_test_that_is_asked_is_passed(asked, passed, trained):
    assert may_be_given_students(asked, passed) is trained
