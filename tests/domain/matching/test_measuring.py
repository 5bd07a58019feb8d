"""How fair a round was, in numbers."""

import pytest
from factories.problems import problem

from lti_mentoring.domain.matching.balanced import BalancedMatcher
from lti_mentoring.domain.matching.measuring import gini, measure
from lti_mentoring.domain.matching.outcome import answer


def measured(round_, given_out):
    return measure(round_, answer(round_, given_out, BalancedMatcher(), "s"))


def test_wishes_loads_and_envy_are_counted():
    wishes = {1: "101 102 103 104", 2: "101", 3: "101 102", 4: "", 5: "101"}
    round_ = problem(wishes, {101: 1, 102: 2, 103: 1, 104: 1, 105: 0}, any_other={4}, priority={1: 1})
    seen = measured(round_, {1: 104, 2: 101, 3: 102, 4: 103})
    assert (seen.mentees, seen.placed, seen.unmatched) == (5, 4, 1)
    assert (seen.first, seen.first_three) == (2, 3)
    assert (seen.mean_wish, seen.worst_wish) == (2.0, 4)
    assert (seen.most, seen.fewest, seen.spread, seen.gini) == (1, 1, 0, 0.0)
    assert seen.envy == 3  # 1 was passed over before and would rather have 101, 102 or 103, whom others got
    assert seen.blocking == 1  # 102 has a free place for 1


def test_those_whom_an_earlier_round_passed_over_are_counted_and_how_many_of_them_are_placed_now():
    round_ = problem({1: "101", 2: "101", 3: "101", 4: ""}, {101: 2}, priority={1: 1, 2: 3, 4: 1})
    seen = measured(round_, {1: 101, 3: 101})
    assert (seen.passed_over, seen.passed_over_placed) == (3, 1)


def test_a_round_without_anybody_has_no_mean():
    seen = measured(problem({}, {}), {})
    assert (seen.mean_wish, seen.worst_wish, seen.spread, seen.gini) == (None, None, 0, 0.0)


@pytest.mark.parametrize(("loads", "expected"), [([2, 2, 2], 0.0), ([0, 0, 6], 2 / 3), ([1, 3], 0.25), ([0, 0], 0.0)])
def test_the_gini_coefficient_tells_even_from_uneven(loads, expected):
    assert gini(loads) == pytest.approx(expected)
