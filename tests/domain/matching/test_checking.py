"""The checker finds every fault, whoever made the answer."""

from dataclasses import replace
from random import Random

import pytest
from factories.problems import problem

from lti_mentoring.domain.matching.balanced import BalancedMatcher
from lti_mentoring.domain.matching.checking import (
    Fault,
    Finding,
    blocking_pairs,
    envious_pairs,
    faults,
    holds_in_any_order,
)
from lti_mentoring.domain.matching.outcome import Pair, answer

ROUND = problem(
    {1: "101 102", 2: "101", 3: "102"},
    {101: 1, 102: 2},
    bars=[(3, 102, "concern")],
    mentors_wish={101: "1 2"},
    any_other={2},
)


def answered(given, round_=ROUND, **changes):
    return replace(answer(round_, given, BalancedMatcher(), "s"), **changes)


def test_a_right_answer_has_no_fault():
    assert faults(ROUND, answered({1: 101, 2: 102})) == []


@pytest.mark.parametrize(
    ("finding", "given", "changes"),
    [
        (Finding(Fault.OTHER_PROBLEM), {1: 101}, {"problem_digest": "another"}),
        (Finding(Fault.UNKNOWN_MENTEE, 9), {}, {"unmatched": (1, 2, 3, 9)}),
        (Finding(Fault.UNKNOWN_MENTOR, 0, 999), {2: 999}, {}),
        (Finding(Fault.NAMED_TWICE, 1), {1: 101}, {"unmatched": (1, 2, 3)}),
        (Finding(Fault.NAMED_TWICE, 2), {}, {"pairs": (Pair(2, 101), Pair(2, 102)), "unmatched": (1, 3)}),
        (Finding(Fault.LEFT_OUT, 3), {}, {"unmatched": (1, 2)}),
        (Finding(Fault.OVER_PLACES, 0, 101), {1: 101, 2: 101}, {}),
        (Finding(Fault.BARRED, 3, 102), {3: 102}, {}),
        (Finding(Fault.NOT_WANTED, 3, 101), {3: 101}, {}),
    ],
)
def test_each_fault_is_found_with_whom_it_is_about(finding, given, changes):
    assert faults(ROUND, answered(given, **changes)) == [finding]


@pytest.mark.parametrize(
    ("given", "blocking"),
    [
        ({1: 101, 2: 102}, []),
        ({1: 102, 2: 101}, [(1, 101)]),
        ({1: 101}, [(2, 102)]),
        ({}, [(1, 101), (1, 102), (2, 101), (2, 102)]),
    ],
)
def test_a_pair_blocks_where_both_would_rather(given, blocking):
    assert blocking_pairs(ROUND, answered(given)) == blocking


def test_equals_do_not_block():
    round_ = problem({1: "101=102", 2: "101=102"}, {101: 1, 102: 1}, mentors_wish={101: "1=2"})
    assert blocking_pairs(round_, answered({1: 102, 2: 101}, round_)) == []


def test_whom_any_other_would_suit_blocks_with_a_mentor_who_ranks_them_higher():
    round_ = problem({1: "", 2: ""}, {101: 1}, mentors_wish={101: "1 2"}, any_other={1, 2})
    assert blocking_pairs(round_, answered({2: 101}, round_)) == [(1, 101)]


def test_envy_is_justified_by_the_mentors_order_or_among_equals_by_rounds_passed_over():
    assert envious_pairs(ROUND, answered({1: 102, 2: 101})) == [(1, 101)]
    equals = problem({1: "101", 2: "101", 3: "101"}, {101: 1}, priority={1: 1})
    assert envious_pairs(equals, answered({2: 101}, equals)) == [(1, 101)]
    assert envious_pairs(equals, answered({1: 101}, equals)) == []
    assert envious_pairs(equals, answered({}, equals)) == []


class ByRow:
    """A matcher that breaks its promise: the first row gets the first mentor."""

    name, version = "by_row", "1"

    def match(self, round_, *, seed):
        return answer(round_, {round_.mentees[0].mentee_id: 101}, self, seed)


def test_an_answer_that_depends_on_the_rows_is_found_out():
    round_ = problem(dict.fromkeys(range(1, 30), "101"), {101: 1})
    matcher = ByRow()
    assert not holds_in_any_order(matcher, round_, matcher.match(round_, seed="s"), Random(1))
