"""Best fit: the one cheapest matching, whichever engine computes it."""

import networkx
import pytest
from factories.problems import given_by, problem, problems
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_mentoring.domain.matching.best import BestMatcher
from lti_mentoring.domain.matching.checking import faults, holds_in_any_order
from lti_mentoring.domain.matching.plain_flow import PlainFlow
from lti_mentoring.domain.matching.problem import Bar, BarKind, Candidate, Problem, ProblemUnsound, Seeker
from lti_mentoring.domain.matching.proving import prove
from lti_mentoring.solvers.or_tools import OrToolsFlow

PLAIN, QUICK = BestMatcher(PlainFlow()), BestMatcher(OrToolsFlow())


def match(*wishes, seed="s", **more):
    return given_by(PLAIN.match(problem(*wishes, **more), seed=seed))


def test_one_gives_way_so_that_all_together_get_more():
    assert match({1: "101 102", 2: "101"}, {101: 1, 102: 1}) == {1: 102, 2: 101}


def test_to_place_one_more_is_worth_any_wish():
    wishes = {1: "101 103", 2: "101 102 103 104", 3: "102"}
    found = match(wishes, {101: 1, 102: 1, 103: 1, 104: 1})
    assert len(found) == 3


def test_where_places_are_short_those_passed_over_are_placed_first():
    wishes = dict.fromkeys(range(1, 6), "101")
    assert match(wishes, {101: 2}, priority={3: 1, 5: 2}).keys() == {3, 5}


def test_of_two_equally_good_answers_the_one_that_is_better_for_those_passed_over_is_taken():
    for seed in map(str, range(6)):
        assert match({1: "101 102", 2: "101 102"}, {101: 1, 102: 1}, priority={2: 1}, seed=seed)[2] == 101


def test_within_a_wish_the_score_decides_and_it_may_outweigh_one_wish():
    wishes, places = {1: "101=102", 2: "101=102"}, {101: 1, 102: 1}
    assert match(wishes, places, scores=[(1, 102, 60), (2, 102, 50)]) == {1: 102, 2: 101}
    assert match({1: "101 102"}, places, scores=[(1, 102, 100)]) in ({1: 101}, {1: 102})
    assert match({1: "101 102"}, places, scores=[(1, 102, 99)]) == {1: 101}


def test_the_less_a_wish_weighs_the_sooner_a_better_fit_outweighs_it():
    wishes, places, scores = {1: "101 102 103"}, {101: 1, 102: 1, 103: 1}, [(1, 102, 40), (1, 103, 90)]
    assert [match(wishes, places, scores=scores, wish=wish)[1] for wish in (100, 46, 30, 1)] == [101, 101, 103, 103]


def test_without_lists_the_load_is_even():
    nobodys = dict.fromkeys(range(1, 10), "")
    found = match(nobodys, {101: 9, 102: 9, 103: 9}, any_other=set(nobodys))
    assert sorted(map(list(found.values()).count, (101, 102, 103))) == [3, 3, 3]


def test_nobody_at_all_is_matched_to_nobody():
    assert match({}, {}) == match({}, {101: 1}) == match({1: "", 2: ""}, {}, any_other={1}) == {}


def test_all_vetoed_is_nobody():
    assert match({1: "101"}, {101: 1}, any_other={1}, bars=[(1, 101, "veto")]) == {}


def test_more_bars_of_those_who_would_take_any_than_memory_holds_are_refused():
    many = range(1, 4501)
    round_ = Problem(
        tuple(Seeker(number, any_other=True) for number in many),
        tuple(Candidate(number, 1) for number in many),
        tuple(Bar(number, number, BarKind.VETO) for number in many),
    )
    with pytest.raises(ProblemUnsound, match="too_large"):
        PLAIN.match(round_, seed="s")


@given(problems())
@settings(max_examples=50, deadline=None)
def test_both_engines_give_the_same_pairs_and_a_proof_that_no_other_is_as_cheap(round_):
    plain, quick = PLAIN.match(round_, seed="s"), QUICK.match(round_, seed="s")
    assert plain.pairs == quick.pairs
    for found in (plain, quick):
        assert faults(round_, found) == []
        assert prove(round_, found).holds
        assert prove(round_, found).is_only


@given(problems(), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_the_order_of_the_rows_makes_no_difference(round_, draw):
    assert holds_in_any_order(PLAIN, round_, PLAIN.match(round_, seed="s"), draw)


def cost_by_networkx(round_):
    """Return how many can be placed and what the wishes cost then, by another's network simplex on every pair."""
    scores = {(one.mentee_id, one.mentor_id): one.score for one in round_.scores}
    graph = networkx.DiGraph()
    graph.add_node("end", demand=len(round_.mentees))
    for one in round_.mentors:
        graph.add_edge(("mentor", one.mentor_id), "end", capacity=one.places, weight=0)
    for one in round_.mentees:
        graph.add_node(one.mentee_id, demand=-1)
        graph.add_edge(one.mentee_id, "end", capacity=1, weight=10**6 * (1 + one.priority))
        tiers = {mentor: tier for tier, liked in enumerate(one.tiers) for mentor in liked}
        for mentor in round_.mentors:
            pair = (one.mentee_id, mentor.mentor_id)
            if pair not in round_.barred and (one.any_other or mentor.mentor_id in tiers):
                cost = round_.wish * tiers.get(mentor.mentor_id, len(one.tiers)) + 100 - scores.get(pair, 0)
                graph.add_edge(one.mentee_id, ("mentor", mentor.mentor_id), capacity=1, weight=cost)
    return networkx.network_simplex(graph)[0]


def cost_of(round_, found):
    scores = {(one.mentee_id, one.mentor_id): one.score for one in round_.scores}
    whole = sum(10**6 * (1 + one.priority) for one in round_.mentees if one.mentee_id in found.unmatched)
    for one in round_.mentees:
        mentor = given_by(found).get(one.mentee_id)
        if mentor is not None:
            tier = next((tier for tier, liked in enumerate(one.tiers) if mentor in liked), len(one.tiers))
            whole += round_.wish * tier + 100 - scores.get((one.mentee_id, mentor), 0)
    return whole


@given(problems())
@settings(max_examples=50, deadline=None)
def test_nobody_finds_a_cheaper_matching(round_):
    assert cost_of(round_, PLAIN.match(round_, seed="s")) == cost_by_networkx(round_)
