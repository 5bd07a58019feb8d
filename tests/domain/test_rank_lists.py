"""When wishes can be given, and what a list says."""

from datetime import date

import pytest

from lti_mentoring.domain.rank_lists import MatchingRules, MatchingWay, Window, Wishes

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
