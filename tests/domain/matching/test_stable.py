"""Deferred acceptance: stable, best for the mentees, the same from any order."""

from itertools import product

from factories.problems import given_by, problem, problems, strict_problems
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_mentoring.domain.matching.checking import blocking_pairs, faults, holds_in_any_order
from lti_mentoring.domain.matching.outcome import answer
from lti_mentoring.domain.matching.stable import StableMatcher

MATCHER = StableMatcher()


def match(*wishes, seed="s", **more):
    return given_by(MATCHER.match(problem(*wishes, **more), seed=seed))


def test_who_is_refused_asks_the_next_of_the_list():
    found = match({1: "101 102", 2: "101"}, {101: 1, 102: 1}, mentors_wish={101: "2 1"})
    assert found == {1: 102, 2: 101}


def test_to_be_held_is_no_promise_until_nobody_has_to_go():
    wishes = {1: "101 102", 2: "102 101", 3: "101"}
    ranks = {101: "3 1", 102: "1 2"}
    assert match(wishes, {101: 1, 102: 1}, mentors_wish=ranks) == {1: 102, 3: 101}


def test_a_barred_mentor_is_never_asked():
    assert match({1: "101 102"}, {101: 1, 102: 1}, bars=[(1, 101, "conflict")]) == {1: 102}
    assert match({1: "101"}, {101: 1}, bars=[(1, 101, "conflict")], any_other={1}) == {}


def test_of_equals_the_one_passed_over_before_wins_and_then_the_lot_of_the_seed():
    wishes = dict.fromkeys(range(1, 7), "101")
    assert match(wishes, {101: 1}, priority={4: 2, 5: 1}) == {4: 101}
    winners = {next(iter(match(wishes, {101: 1}, seed=str(seed)))) for seed in range(40)}
    assert len(winners) > 3


def test_a_mentors_own_order_comes_before_rounds_passed_over():
    assert match({1: "101", 2: "101"}, {101: 1}, mentors_wish={101: "1"}, priority={2: 7}) == {1: 101}


def test_between_mentors_liked_equally_the_lot_decides():
    found = {match({1: "101=102=103"}, dict.fromkeys([101, 102, 103], 1), seed=str(seed))[1] for seed in range(30)}
    assert found == {101, 102, 103}


def test_any_of_the_others_comes_after_the_list_and_spreads():
    wishes = dict.fromkeys(range(1, 41), "101")
    places = {101: 1} | dict.fromkeys(range(102, 110), 10)
    found = match(wishes, places, any_other=set(wishes))
    assert (len(found), list(found.values()).count(101)) == (40, 1)
    assert len(set(found.values())) > 5


def test_any_of_the_others_reaches_a_mentor_who_ranks_the_mentee():
    wishes = {1: "", 2: "", 3: ""}
    places = {101: 1, 102: 1}
    found = match(wishes, places, any_other={1, 2, 3}, mentors_wish={101: "3 1", 102: "3 2"})
    assert 3 in found


@given(problems())
@settings(max_examples=80, deadline=None)
def test_no_pair_would_rather_have_each_other(round_):
    found = MATCHER.match(round_, seed="s")
    assert faults(round_, found) == []
    assert blocking_pairs(round_, found) == []


@given(problems(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_the_rows_makes_no_difference(round_, draw):
    assert holds_in_any_order(MATCHER, round_, MATCHER.match(round_, seed="s"), draw)


@given(problems(any_other=True, most_mentees=14, most_mentors=9))
@settings(max_examples=60, deadline=None)
def test_many_for_whom_any_will_do_are_placed_as_stably(round_):
    assert blocking_pairs(round_, MATCHER.match(round_, seed="t")) == []


def every_stable_matching(round_):
    mentors = [one.mentor_id for one in round_.mentors]
    for chosen in product([None, *mentors], repeat=len(round_.mentees)):
        given_out = {
            one.mentee_id: mentor for one, mentor in zip(round_.mentees, chosen, strict=True) if mentor is not None
        }
        found = answer(round_, given_out, MATCHER, "s")
        if not faults(round_, found) and not blocking_pairs(round_, found):
            yield given_out


@given(strict_problems(most_mentees=4, most_mentors=3))
@settings(max_examples=60, deadline=None)
def test_with_strict_lists_every_mentee_gets_the_best_of_all_stable_matchings(round_):
    found = given_by(MATCHER.match(round_, seed="s"))
    others = list(every_stable_matching(round_))
    assert found in others
    for seeker in round_.mentees:
        order = [mentor for (mentor,) in seeker.tiers]
        got = [order.index(one[seeker.mentee_id]) if seeker.mentee_id in one else len(order) for one in others]
        mine = order.index(found[seeker.mentee_id]) if seeker.mentee_id in found else len(order)
        assert mine == min(got)
