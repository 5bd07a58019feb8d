"""Whom a student asks next, and when a question ends by itself."""

from datetime import timedelta

import pytest
from factories.world import NOON

from lti_mentoring.domain.mentor_requests import Askable, RequestState, Standing, answer_due, next_to_ask, outcome
from lti_mentoring.domain.rank_lists import Wishes

THERE = {number: Askable(number, free, waiting) for number, free, waiting in [(1, 0, 0), (2, 3, 1), (3, 3, 0)]}


def test_the_first_wish_is_asked_even_without_a_free_place():
    assert next_to_ask(Wishes(((1,), (2,))), THERE, []) == 1


def test_who_was_asked_or_is_gone_is_passed_over():
    assert next_to_ask(Wishes(((9,), (1,), (2,))), THERE, [1]) == 2
    assert next_to_ask(Wishes(((1,),)), THERE, [1]) is None


def test_of_equal_wishes_the_one_with_most_room_is_asked():
    assert next_to_ask(Wishes(((1, 2, 3),)), THERE, []) == 3


def test_any_of_the_others_is_asked_last_where_there_is_room():
    wishes = Wishes(((1,),), any_other=True, vetoed=frozenset({3}))
    assert next_to_ask(wishes, THERE, [1]) == 2
    assert next_to_ask(wishes, THERE, [1, 2]) is None
    assert next_to_ask(Wishes(any_other=True), {1: THERE[1]}, []) is None


def test_an_answer_is_due_after_the_days_of_the_track():
    assert answer_due(NOON, 3) == NOON + timedelta(days=3)


@pytest.mark.parametrize(
    ("standing", "state"),
    [
        (Standing(NOON, student_gone=True, mentor_gone=True), RequestState.WITHDRAWN),
        (Standing(NOON + timedelta(days=1), student_gone=False, mentor_gone=True), RequestState.PASSED_ON),
        (Standing(NOON, student_gone=False, mentor_gone=False), RequestState.EXPIRED),
        (Standing(NOON + timedelta(seconds=1), student_gone=False, mentor_gone=False), None),
    ],
)
def test_a_question_ends_by_itself(standing, state):
    assert outcome(standing, now=NOON) is state
