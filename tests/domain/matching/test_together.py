"""Groups stay together: all get one mentor or nobody does, and what a strategy promises holds of groups."""

from dataclasses import replace
from random import Random

import pytest
from factories.problems import given_by, grouped_problems, problem, shuffled
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_mentoring.domain.matching.balanced import BalancedMatcher
from lti_mentoring.domain.matching.best import BestMatcher
from lti_mentoring.domain.matching.checking import (
    Fault,
    Finding,
    blocking_pairs,
    faults,
    faults_in_units,
    holds_in_any_order,
)
from lti_mentoring.domain.matching.fairest import FairestMatcher
from lti_mentoring.domain.matching.favour import favours
from lti_mentoring.domain.matching.measuring import measure
from lti_mentoring.domain.matching.outcome import answer
from lti_mentoring.domain.matching.plain_flow import PlainFlow
from lti_mentoring.domain.matching.problem import Flaw, ProblemUnsound
from lti_mentoring.domain.matching.proving import prove
from lti_mentoring.domain.matching.snapshot import digest_of, read_problem, write_problem
from lti_mentoring.domain.matching.stable import StableMatcher
from lti_mentoring.domain.matching.together import as_units, each, size_of, unit_of, unite

STRATEGIES = [StableMatcher(), BestMatcher(PlainFlow()), FairestMatcher(PlainFlow()), BalancedMatcher()]


def unit(round_, number=1):
    return next(one for one in unite(round_).mentees if one.mentee_id == number)


def places(round_):
    return {one.mentor_id: (one.places, one.taken) for one in unite(round_).mentors}


def people_answer(round_, pairs):
    return answer(round_, pairs, BalancedMatcher(), "s")


@pytest.mark.parametrize("matcher", STRATEGIES, ids=lambda one: one.name)
@given(round_=grouped_problems(), draw=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_every_strategy_keeps_groups_together_and_its_rules(matcher, round_, draw):
    units = unite(round_)
    found = matcher.match(units, seed="s")
    assert faults_in_units(round_, found) == []
    people = each(round_, found)
    got = given_by(people)
    for group in round_.together:
        assert len({got.get(one) for one in group}) == 1
    assert {(one, got[one]) for one in got}.isdisjoint(round_.barred)
    for mentor in round_.mentors:
        assert list(got.values()).count(mentor.mentor_id) <= mentor.places
    assert len(got) + len(people.unmatched) == len(round_.mentees)
    assert unite(shuffled(round_, draw)) is not units
    assert digest_of(unite(shuffled(round_, draw))) == digest_of(units)
    assert holds_in_any_order(matcher, units, found, Random(1))


@given(round_=grouped_problems())
@settings(max_examples=120, deadline=None)
def test_in_a_stable_round_no_group_and_mentor_would_rather_have_each_other(round_):
    units = unite(round_)
    found = StableMatcher().match(units, seed="s")
    assert blocking_pairs(units, found) == []
    assert measure(round_, each(round_, found)).blocking == 0


@given(round_=grouped_problems())
@settings(max_examples=60, deadline=None)
def test_the_proof_of_best_fit_holds_of_groups(round_):
    units = unite(round_)
    assert prove(units, BestMatcher(PlainFlow()).match(units, seed="s")).holds


@given(round_=grouped_problems())
@settings(max_examples=60, deadline=None)
def test_the_text_keeps_who_stays_together_and_people_can_be_made_units_again(round_):
    again = read_problem(write_problem(round_))
    assert write_problem(again) == write_problem(round_)
    found = StableMatcher().match(unite(again), seed="s")
    units, standing = as_units(again, each(again, found))
    assert digest_of(units) == digest_of(unite(round_))
    assert (standing.pairs, standing.unmatched) == (found.pairs, found.unmatched)


def test_where_nobody_stays_together_nothing_is_different():
    round_ = problem({1: "101", 2: "101"}, {101: 2})
    found = people_answer(round_, {1: 101})
    assert unite(round_) is round_
    assert each(round_, found) is found
    assert as_units(round_, found) == (round_, found)
    assert (size_of(round_), unit_of(round_)) == (1, {})
    assert "together" not in write_problem(round_)


def test_places_are_counted_in_whole_groups_of_the_largest():
    round_ = problem(dict.fromkeys(range(1, 8), ""), {101: 5, 102: 3, 103: 8}, together=[(1, 2, 3, 4), (5, 6)])
    round_ = replace(round_, mentors=tuple(replace(one, taken=one.mentor_id - 101) for one in round_.mentors))
    assert places(round_) == {101: (1, 0), 102: (0, 1), 103: (2, 1)}
    assert [one.mentee_id for one in unite(round_).mentees] == [7, 1, 5]


def test_a_groups_wishes_are_added_up_and_equals_stay_equals():
    wishes = {1: "101 102 103", 2: "102 101 103"}
    assert unit(problem(wishes, dict.fromkeys([101, 102, 103], 2), together=[(1, 2)])).tiers == ((101, 102), (103,))


def test_a_mentor_whom_somebody_would_not_take_is_nobody_for_the_group():
    round_ = problem({1: "101 102", 2: "102", 3: ""}, {101: 3, 102: 3}, together=[(1, 2, 3)], any_other={3})
    assert (unit(round_).tiers, unit(round_).any_other) == (((102,),), False)


def test_who_takes_any_other_puts_whom_they_did_not_wish_after_their_list():
    round_ = problem({1: "101 102", 2: "103"}, dict.fromkeys(range(101, 105), 2), together=[(1, 2)], any_other={1, 2})
    assert unit(round_).tiers == ((101,), (102, 103))
    assert unit(round_).any_other


def test_who_gave_no_list_leaves_the_choice_to_the_others():
    round_ = problem({1: "", 2: "102 101"}, {101: 2, 102: 2}, together=[(1, 2)], any_other={1})
    assert unit(round_).tiers == ((102,), (101,))


def test_whoever_keeps_one_of_the_group_apart_keeps_all_apart_and_the_longest_passed_over_speaks_for_all():
    round_ = problem(
        {1: "101", 2: "101"}, {101: 2}, together=[(1, 2)], bars=[(2, 101, "veto"), (1, 101, "veto")], priority={2: 3}
    )
    assert unite(round_).barred == {(1, 101)}
    assert len(unite(round_).bars) == 1
    assert unit(round_).priority == 3


def test_a_mentor_ranks_a_group_by_the_mean_of_its_people_and_a_score_is_the_mean():
    round_ = problem(
        dict.fromkeys(range(1, 7), "101"), {101: 6},
        together=[(1, 6), (2, 3)], mentors_wish={101: "1 2 3 4"}, scores=[(1, 101, 91), (4, 101, 7)],
    )  # fmt: skip
    # 2 and 3: (1 + 2) / 2; 1 and 6, who is on no list: (0 + 4) / 2; 4 alone: 3.
    assert unite(round_).mentors[0].tiers == ((2,), (1,), (4,))
    assert [(one.mentee_id, one.score) for one in unite(round_).scores] == [(1, 45), (4, 7)]


def test_a_mentor_who_knows_none_of_a_group_has_it_in_no_tier():
    round_ = problem(dict.fromkeys(range(1, 4), "101"), {101: 6}, together=[(1, 2)], mentors_wish={101: "3"})
    assert unite(round_).mentors[0].tiers == ((3,),)


@pytest.mark.parametrize(
    ("together", "flaw"),
    [
        ([(1,)], Flaw.GROUP_OF_ONE),
        ([(1, 9)], Flaw.UNKNOWN_MENTEE),
        ([(1, 2), (2, 3)], Flaw.GROUPED_TWICE),
    ],
)
def test_groups_that_contradict_each_other_are_refused(together, flaw):
    with pytest.raises(ProblemUnsound) as unsound:
        problem({1: "", 2: "", 3: ""}, {}, together=together)
    assert unsound.value.flaw is flaw


TWO = problem(dict.fromkeys(range(1, 5), "101 102"), {101: 2, 102: 2}, together=[(1, 2), (3, 4)])


def test_a_group_that_was_parted_is_a_fault_of_an_answer():
    assert faults(TWO, people_answer(TWO, {1: 101, 2: 102, 3: 102})) == [
        Finding(Fault.SPLIT, 2, 102),
        Finding(Fault.SPLIT, 4, 0),
    ]


def test_people_who_were_parted_by_hand_are_units_alone():
    units, standing = as_units(TWO, people_answer(TWO, {1: 101, 2: 102, 3: 102, 4: 102}))
    assert {one.mentee_id for one in units.mentees} == {1, 2, 3}
    assert given_by(standing) == {1: 101, 2: 102, 3: 102}


def test_the_numbers_count_people_and_the_pairs_that_block_are_of_groups():
    found = measure(TWO, people_answer(TWO, {1: 102, 2: 102}))
    assert (found.mentees, found.placed, found.most) == (4, 2, 2)
    assert found.blocking == 2  # both groups and the mentor whom nobody has


def test_people_who_come_together_are_one_draw_of_the_lots():
    people = range(1, 41)
    groups = [tuple(range(first, first + 5)) for first in range(1, 41, 5)]
    part_of = {one: "A" if one <= 5 else "B" for one in people}
    pairs = {one: 101 if one <= 5 else 102 for one in people}
    alone = problem(dict.fromkeys(people, ""), {101: 5, 102: 40}, any_other=set(people))
    assert favours([(alone, people_answer(alone, pairs))], part_of)
    kept = replace(alone, together=tuple(groups))
    assert favours([(kept, people_answer(kept, pairs))], part_of) == ()
    mixed = dict.fromkeys(people, "B") | {1: "A"}
    assert favours([(kept, people_answer(kept, pairs))], mixed) == ()
