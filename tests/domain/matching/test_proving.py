"""The proof that comes with an answer is gone through by other code than made it."""

from dataclasses import replace
from itertools import product

import pytest
from factories.problems import given_by, problem, problems
from hypothesis import given, settings

from lti_mentoring.domain.matching.best import BestMatcher
from lti_mentoring.domain.matching.checking import faults
from lti_mentoring.domain.matching.fairest import FairestMatcher
from lti_mentoring.domain.matching.outcome import Pair, Price, answer
from lti_mentoring.domain.matching.plain_flow import PlainFlow
from lti_mentoring.domain.matching.proving import prove
from lti_mentoring.domain.matching.rings import Moves

BEST, FAIREST = BestMatcher(PlainFlow()), FairestMatcher(PlainFlow())
ROUND = problem({1: "101 102", 2: "101", 3: "102 101"}, {101: 1, 102: 1, 103: 4}, any_other={1})


def proof_of(given_out, round_=ROUND, **changes):
    """Prove another answer by the prices of the right one."""
    right = BEST.match(round_, seed="s")
    pairs = tuple(Pair(*item) for item in sorted(given_out.items()))
    unmatched = tuple(one.mentee_id for one in round_.mentees if one.mentee_id not in given_out)
    return prove(round_, replace(right, pairs=pairs, unmatched=unmatched, **changes))


def test_the_right_answer_is_proven():
    right = BEST.match(ROUND, seed="s")
    assert proof_of(given_by(right)).holds
    assert proof_of(given_by(right)).is_only


@pytest.mark.parametrize("given_out", [{}, {1: 101, 3: 102}, {1: 102, 2: 101}, {1: 103, 3: 102}])
def test_a_dearer_answer_has_gaps_in_its_proof(given_out):
    assert not proof_of(given_out).holds


def test_without_prices_nothing_is_proven():
    right = BEST.match(ROUND, seed="s")
    assert proof_of(given_by(right), prices=()).gaps[:3] == ((0, 101), (0, 102), (0, 103))


def test_a_price_that_the_places_do_not_bear_is_a_gap():
    right = BEST.match(ROUND, seed="s")
    dearer = tuple(Price(one.mentor_id, one.price + (1 << 300)) for one in right.prices)
    assert (0, 103) in proof_of(given_by(right), prices=dearer).gaps


def every_sound_answer(round_):
    mentors = [one.mentor_id for one in round_.mentors]
    for chosen in product([None, *mentors], repeat=len(round_.mentees)):
        given_out = {one.mentee_id: mentor for one, mentor in zip(round_.mentees, chosen, strict=True) if mentor}
        if not faults(round_, answer(round_, given_out, BEST, "s")):
            yield given_out


@given(problems(most_mentees=4, most_mentors=3))
@settings(max_examples=40, deadline=None)
def test_no_other_answer_passes_by_the_same_prices(round_):
    right = given_by(BEST.match(round_, seed="s"))
    easy = {one.mentee_id for one in round_.mentees if one.any_other}

    def but_for_the_easy(given_out):
        """Whoever would take any may have changed places with others like them."""
        return {mentee: mentor for mentee, mentor in given_out.items() if mentee not in easy}

    for other in every_sound_answer(round_):
        if but_for_the_easy(other) != but_for_the_easy(right):
            assert not proof_of(other, round_).holds


def test_an_answer_that_allows_more_than_is_needed_is_found_out():
    wishes = {1: "101 102", 2: "102 103", 3: "101 102 103"}
    round_ = problem(wishes, {101: 1, 102: 1, 103: 1})
    fair, best = FAIREST.match(round_, seed="s"), BEST.match(round_, seed="s")
    assert prove(round_, fair).limit_holds
    assert prove(round_, best).limit_holds
    assert not prove(round_, replace(fair, worst=2)).holds
    assert not prove(round_, replace(fair, limit_prices=())).holds


def test_a_limit_that_costs_somebody_a_place_is_found_out_however_good_the_answer_is_within_it():
    places = {101: 1, 102: 1}
    round_ = problem({1: "101 102", 2: "101 102"}, places)
    within = FAIREST.match(problem({1: "101", 2: "101"}, places), seed="s")
    assert (within.worst, len(within.unmatched)) == (0, 1)
    assert not prove(round_, within).limit_holds


def test_the_limit_is_proven_with_any_of_the_others_too():
    vetoes = [(1, 102, "veto"), (2, 102, "veto")]
    round_ = problem({1: "", 2: "", 3: "105 102"}, {101: 1, 102: 1, 105: 0}, any_other={1, 2}, bars=vetoes)
    fair = FAIREST.match(round_, seed="s")
    assert (fair.worst, len(fair.unmatched)) == (1, 1)
    assert prove(round_, fair).holds


def test_moves_to_and_fro_are_no_ring():
    moves = Moves()
    moves.both_ways("a", "b")
    moves.both_ways("b", "c")
    moves.one_way("c", "d")
    assert moves.lead_nowhere


@pytest.mark.parametrize(
    ("both", "one"),
    [
        ([], ["ab", "ba"]),
        ([], ["ab", "bc", "ca", "dx"]),
        (["ab", "bc", "ca"], []),
        (["ab", "bc"], ["ca"]),
        (["ab", "ab"], []),
        (["ab", "cd"], ["bc", "da"]),
    ],
)
def test_a_ring_leads_to_another_answer_of_the_same_cost(both, one):
    moves = Moves()
    for start, end in both:
        moves.both_ways(start, end)
    for start, end in one:
        moves.one_way(start, end)
    assert not moves.lead_nowhere
