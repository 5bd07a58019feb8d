"""When wishes can be given, and what a list says."""

from datetime import date

import pytest

from lti_mentoring.domain.rank_lists import (
    MatchingRules,
    MatchingWay,
    Window,
    Wishes,
    added,
    raised,
    rearranged,
    tidy,
    without,
)

FIRST, LAST = date(2026, 9, 1), date(2026, 9, 14)


def test_where_faculty_bring_people_together_nobody_is_asked_for_wishes():
    assert MatchingRules().window(FIRST) is Window.OFF


@pytest.mark.parametrize(
    ("day", "window"),
    [
        (date(2026, 8, 31), Window.BEFORE),
        (FIRST, Window.OPEN),
        (LAST, Window.OPEN),
        (date(2026, 9, 15), Window.OVER),
    ],
)
def test_wishes_can_be_given_from_the_first_day_to_the_end_of_the_last(day, window):
    assert MatchingRules(MatchingWay.ROUNDS, FIRST, LAST).window(day) is window


def test_without_days_wishes_can_be_given_at_any_time():
    assert MatchingRules(MatchingWay.REQUESTS).window(FIRST) is Window.OPEN


def test_mentors_of_one_tier_are_equally_welcome():
    assert Wishes(((7,), (3, 5))).places() == {7: 1, 3: 2, 5: 2}


def test_not_wanting_somebody_is_no_list_yet():
    assert [one.is_given for one in (Wishes(vetoed=frozenset({3})), Wishes(any_other=True), Wishes(((3,),)))] == [
        False,
        True,
        True,
    ]


# ------------------------------------------------------------------ putting a list in order

A, B, C, D = 1, 2, 3, 4


def test_nobody_stands_twice_and_whoever_is_not_wanted_is_not_wished_for():
    assert tidy([[A, A], [B], [A, C], [D]], any_other=True, vetoed=[C, D]) == Wishes(
        ((A,), (B,)), any_other=True, vetoed=frozenset({C, D})
    )


@pytest.mark.parametrize(
    ("chosen", "order"),
    [
        ({}, ((A,), (B,), (C,))),
        ({C: 1}, ((C,), (A,), (B,))),
        ({A: 2}, ((B,), (A,), (C,))),
        ({A: 3}, ((B,), (C,), (A,))),
        ({B: None}, ((A, B), (C,))),
        ({B: None, C: None}, ((A, B, C),)),
        ({A: None}, ((A,), (B,), (C,))),
        ({A: 1, B: 1, C: 1}, ((B,), (C,), (A,))),
        ({C: 99}, ((A,), (B,), (C,))),
    ],
)
def test_a_number_moves_a_mentor_and_the_others_make_room(chosen, order):
    assert rearranged(((A,), (B,), (C,)), chosen) == order


@pytest.mark.parametrize(
    ("chosen", "order"),
    [
        ({A: 2}, ((C,), (A, B))),
        ({B: 2}, ((A,), (B,), (C,))),
        ({B: 1}, ((B,), (A,), (C,))),
        ({C: 1}, ((C,), (A, B))),
    ],
)
def test_those_who_are_tied_go_along_and_a_number_of_ones_own_ends_the_tie(chosen, order):
    assert rearranged(((A, B), (C,)), chosen) == order


def test_up_leads_out_of_a_tie_first_and_then_past_the_one_above():
    assert raised(((A,), (B, C)), C) == ((A,), (C,), (B,))
    assert raised(((A,), (C,), (B,)), C) == ((C,), (A,), (B,))
    assert raised(((C,), (A,)), C) == ((C,), (A,))
    assert raised(((A,),), D) == ((A,),)


def test_who_is_added_comes_last_and_who_is_taken_off_leaves_no_gap():
    assert added(((A,), (B,)), A) == ((B,), (A,))
    assert added((), A) == ((A,),)
    assert without(((A, B), (C,)), {C}) == ((A, B),)
