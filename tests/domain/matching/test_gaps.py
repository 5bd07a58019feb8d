"""Groups beside each other, and nothing about a few."""

from fractions import Fraction

import pytest
from factories.problems import problem
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_mentoring.domain.matching.balanced import BalancedMatcher
from lti_mentoring.domain.matching.gaps import FEWEST, Result, gap, group_rows, left_out
from lti_mentoring.domain.matching.outcome import answer


def rows(groups):
    """Make a round out of {group: {result: how many}} and return its rows."""
    wishes, given_out, group_of = {}, {}, {}
    lists = {
        Result.FIRST: ("101 102 103 104", 101),
        Result.SECOND_OR_THIRD: ("101 102 103 104", 103),
        Result.LATER: ("101 102 103 104", 104),
        Result.NOBODY: ("101", None),
    }
    for group, counts in groups.items():
        for result, number in counts.items():
            for _ in range(number):
                mentee = len(wishes) + 1
                wishes[mentee], mentor = lists[result]
                group_of[mentee] = group
                if mentor:
                    given_out[mentee] = mentor
    round_ = problem(wishes, dict.fromkeys((101, 102, 103, 104), 999))
    return group_rows(round_, answer(round_, given_out, BalancedMatcher(), "s"), group_of)


FULL = {"a": {Result.FIRST: 8, Result.LATER: 8}, "b": {Result.FIRST: 6, Result.LATER: 18}}


def test_groups_large_enough_are_told_with_the_gap_between_them():
    told = rows(FULL)
    assert [(row.group, row.mentees, row.share(Result.FIRST)) for row in told] == [("a", 16, 0.5), ("b", 24, 0.25)]
    assert gap(told, Result.FIRST) == 0.25
    assert gap(told, Result.NOBODY) == 0.0


def test_a_small_number_is_left_out_with_enough_others_that_it_cannot_be_reckoned():
    told = rows(FULL | {"c": {Result.FIRST: 2, Result.LATER: 20}})
    shown = {row.group: set(row.counts) & {Result.FIRST, Result.LATER} for row in told}
    assert shown["c"] == set()
    assert sum(not cells for cells in shown.values()) == 2
    assert gap(rows({"a": FULL["a"], "c": {Result.FIRST: 2, Result.LATER: 20}}), Result.FIRST) is None


def test_small_groups_are_told_together():
    told = rows(FULL | {"c": {Result.FIRST: 3}, "d": {Result.FIRST: 1, Result.LATER: 3}, "": {Result.LATER: 2}})
    assert [(row.group, row.mentees) for row in told] == [("", 9), ("a", 16), ("b", 24)]
    assert [row.group for row in rows(FULL | {"c": {Result.FIRST: 2}})] == ["", "b"]


def test_who_has_nobody_is_counted_too():
    told = rows({group: {Result.SECOND_OR_THIRD: 6, Result.NOBODY: 6} for group in "ab"})
    assert [row.share(Result.NOBODY) for row in told] == [0.5, 0.5]


def test_one_group_is_no_table():
    assert rows({"a": FULL["a"]}) == ()
    assert rows({}) == ()


TABLES = st.dictionaries(
    st.sampled_from("abcde"),
    st.fixed_dictionaries({result: st.sampled_from([0, 0, 1, 4, 5, 6, 9, 30]) for result in Result}),
    min_size=2,
)


def determined(unknown, sums):
    """Return the unknowns that a system of sums determines: those alone in a row after elimination."""
    matrix = [[Fraction(one in line) for one in unknown] for line in sums]
    lead = 0
    for column in range(len(unknown)):
        pivot = next((row for row in range(lead, len(matrix)) if matrix[row][column]), None)
        if pivot is None:
            continue
        matrix[lead], matrix[pivot] = matrix[pivot], matrix[lead]
        matrix[lead] = [value / matrix[lead][column] for value in matrix[lead]]
        for row in range(len(matrix)):
            if row != lead and matrix[row][column]:
                factor = matrix[row][column]
                matrix[row] = [value - factor * own for value, own in zip(matrix[row], matrix[lead], strict=True)]
        lead += 1
    return [row for row in matrix if sum(value != 0 for value in row) == 1]


@given(TABLES)
@settings(max_examples=150, deadline=None)
def test_nothing_left_out_can_be_reckoned_from_what_is_told_and_the_sums(table):
    table = {group: row for group, row in table.items() if sum(row.values()) >= FEWEST}
    met = [result for result in Result if any(row[result] for row in table.values())]
    hidden = left_out(table)
    assert hidden >= {(group, result) for group, row in table.items() for result in met if row[result] < FEWEST}
    if len(table) < 2 or len(met) < 2:
        return
    unknown = sorted(hidden)
    sums = [[one for one in unknown if one[0] == group] for group in table]
    sums += [[one for one in unknown if one[1] == result] for result in met]
    assert determined(unknown, sums) == []
    for line in sums[: len(table)]:
        assert not line or sum(table[group][result] for group, result in line) >= FEWEST


def test_a_share_of_what_is_left_out_is_not_told():
    told = rows({"a": FULL["a"], "c": {Result.FIRST: 2, Result.LATER: 20}})
    assert [row.share(Result.FIRST) for row in told] == [None, None]
    assert told[0].share(Result.NOBODY) == pytest.approx(0.0)
