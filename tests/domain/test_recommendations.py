"""When answers of students are told, and how little of them."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from factories.world import NOON
from hypothesis import given
from hypothesis import strategies as st

from lti_mentoring.domain.recommendations import (
    ACQUAINTED,
    BATCH,
    OUT_OF,
    Again,
    Band,
    Count,
    Told,
    is_acquainted,
    next_count,
    told_of,
)

ANSWERS = st.lists(st.tuples(st.integers(1, 14), st.sampled_from([*Again, None])), max_size=80)
COUNTS = st.builds(Count, *[st.integers(0, 40)] * 3)


def releases(answers):
    """Play answers one by one; return after each complete batch who had answered what, and what is told."""
    now, told, made = {}, {}, [({}, Count())]
    for who, said in answers:
        now[who] = said
        count = next_count(Counter((now.get(one), told.get(one)) for one in now.keys() | told.keys()))
        if count is not None:
            told = {one: said for one, said in now.items() if said is not None}
            now = dict(told)
            made.append((told, count))
    return made


@given(ANSWERS)
def test_two_releases_never_differ_by_the_answers_of_fewer_than_five_students(answers):
    made = releases(answers)
    for (before, _was), (after, _is) in pairwise(made):
        changed = [who for who in before.keys() | after.keys() if before.get(who) is not after.get(who)]
        assert len(changed) >= BATCH


@given(ANSWERS)
def test_what_is_told_is_what_the_students_said_and_nothing_where_fewer_than_five_did(answers):
    for said, count in releases(answers):
        whole = Count(*(list(said.values()).count(one) for one in Again))
        assert count == (whole if len(said) >= BATCH else Count())


def test_four_answers_tell_nothing_and_the_fifth_does():
    assert next_count({(Again.YES, None): 4}) is None
    assert next_count({(Again.YES, None): 4, (Again.NO, None): 1}) == Count(yes=4, no=1)


def test_one_who_changes_to_and_fro_is_one_student():
    assert releases([(1, Again.YES), (1, Again.NO), (1, None), (1, Again.YES), (1, Again.NO)])[1:] == []


def test_where_so_many_take_their_answers_back_that_too_few_remain_nothing_is_told_any_more():
    assert next_count({(Again.YES, Again.YES): 3, (None, Again.NO): 5}) == Count()
    assert told_of(Count()) is None


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (Count(4, 0, 0), None),
        (Count(5, 0, 0), Told(8, Band.AT_LEAST, some_reserved=False)),
        (Count(2, 2, 1), Told(8, Band.AT_LEAST, some_reserved=True)),
        (Count(0, 0, 5), Told(2, Band.AT_MOST, some_reserved=False)),
        (Count(7, 1, 2), Told(8, Band.ABOUT, some_reserved=False)),
        (Count(97, 1, 2), Told(9, Band.ABOUT, some_reserved=False)),
        (Count(2, 0, 98), Told(1, Band.ABOUT, some_reserved=False)),
        (Count(3, 2, 7), Told(4, Band.ABOUT, some_reserved=True)),
    ],
)  # fmt: skip
def test_what_is_told_is_rounded_and_its_ends_are_bands(count, told):
    assert told_of(count) == told


@given(COUNTS)
def test_nobody_can_read_that_all_students_answered_alike(count):
    told = told_of(count)
    if told is None:
        assert count.students < BATCH
        return
    assert 0 < told.of_ten < OUT_OF
    if count.yes == count.students:
        assert told == told_of(Count(count.yes - 1, 0, 1))
    if count.no == count.students:
        assert told == told_of(Count(1, 0, count.no - 1))


def test_a_student_is_asked_after_four_weeks_with_a_mentor_and_then_for_good():
    began = NOON - ACQUAINTED
    assert is_acquainted(began, None, now=NOON)
    assert is_acquainted(began, NOON, now=NOON + timedelta(days=400))
    assert not is_acquainted(began, NOON - timedelta(seconds=1), now=NOON + timedelta(days=400))
