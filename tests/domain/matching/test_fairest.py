"""Fairest: whoever gets least gets as much as can be."""

from itertools import product

from factories.problems import given_by, problem, problems
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_mentoring.domain.matching.best import BestMatcher
from lti_mentoring.domain.matching.checking import faults, holds_in_any_order
from lti_mentoring.domain.matching.fairest import FairestMatcher
from lti_mentoring.domain.matching.outcome import answer
from lti_mentoring.domain.matching.plain_flow import PlainFlow
from lti_mentoring.domain.matching.proving import prove
from lti_mentoring.solvers.or_tools import OrToolsFlow

PLAIN, QUICK = FairestMatcher(PlainFlow()), FairestMatcher(OrToolsFlow())


def test_the_worst_wish_is_as_good_as_can_be():
    wishes = {1: "101 102", 2: "102 103", 3: "103 104", 4: "101 105 104"}
    round_ = problem(wishes, {101: 1, 102: 1, 103: 1, 104: 1, 105: 0})
    best, fairest = BestMatcher(PlainFlow()).match(round_, seed="s"), PLAIN.match(round_, seed="s")
    assert given_by(best) == {1: 101, 2: 102, 3: 103, 4: 104}
    assert given_by(fairest) == {1: 102, 2: 103, 3: 104, 4: 101}
    assert fairest.worst == 1


def test_nobody_loses_a_place_for_it():
    found = PLAIN.match(problem({1: "101 102", 2: "101 102"}, {101: 1, 102: 1}), seed="s")
    assert (len(found.pairs), found.worst) == (2, 1)


def test_where_places_are_short_those_passed_over_come_first_whatever_they_get():
    wishes = {1: "101", 2: "101 102", 3: "102"}
    found = PLAIN.match(problem(wishes, {101: 1, 102: 1}, priority={1: 2, 2: 1}), seed="s")
    assert given_by(found) == {1: 101, 2: 102}


def test_nobody_at_all_is_fair():
    assert PLAIN.match(problem({}, {}), seed="s").worst == 0
    assert prove(problem({}, {}), PLAIN.match(problem({}, {}), seed="s")).holds


@given(problems())
@settings(max_examples=40, deadline=None)
def test_both_engines_give_the_same_pairs_proven_the_cheapest_under_a_limit_that_cannot_be_lower(round_):
    plain, quick = PLAIN.match(round_, seed="s"), QUICK.match(round_, seed="s")
    assert (plain.pairs, plain.worst) == (quick.pairs, quick.worst)
    assert faults(round_, plain) == []
    assert prove(round_, plain).holds
    assert prove(round_, quick).is_only


@given(problems(), st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_the_order_of_the_rows_makes_no_difference(round_, draw):
    assert holds_in_any_order(PLAIN, round_, PLAIN.match(round_, seed="s"), draw)


def standing(round_, given_out):
    """Return what fairest goes by: those passed over who are placed, then all placed, then the worst tier."""
    placed = [one for one in round_.mentees if one.mentee_id in given_out]
    worst = max(
        (
            next((tier for tier, liked in enumerate(one.tiers) if given_out[one.mentee_id] in liked), len(one.tiers))
            for one in placed
        ),
        default=0,
    )
    return sum(1 + one.priority for one in placed), -worst


@given(problems(most_mentees=4, most_mentors=3))
@settings(max_examples=40, deadline=None)
def test_of_all_matchings_there_is_none_fairer(round_):
    mentors = [one.mentor_id for one in round_.mentors]
    every = (
        {one.mentee_id: mentor for one, mentor in zip(round_.mentees, chosen, strict=True) if mentor}
        for chosen in product([None, *mentors], repeat=len(round_.mentees))
    )
    sound = [one for one in every if not faults(round_, answer(round_, one, PLAIN, "s"))]
    found = given_by(PLAIN.match(round_, seed="s"))
    assert standing(round_, found) == max(standing(round_, one) for one in sound)
