"""A round is checked again from what was kept of it: what its strategy promised is proved, a change is found."""

from dataclasses import replace

import pytest
from factories.problems import given_by, problem

from lti_mentoring.domain.matching.balanced import BalancedMatcher
from lti_mentoring.domain.matching.best import BestMatcher
from lti_mentoring.domain.matching.fairest import FairestMatcher
from lti_mentoring.domain.matching.outcome import Pair, Price, answer
from lti_mentoring.domain.matching.plain_flow import PlainFlow
from lti_mentoring.domain.matching.record import write_matching
from lti_mentoring.domain.matching.stable import StableMatcher
from lti_mentoring.domain.round_check import STEPS, Kept, Optimum, Replay, check, read_found, write_found

BEST, FAIREST = BestMatcher(PlainFlow()), FairestMatcher(PlainFlow())
WISHES = {1: "101 102 103", 2: "101 102 103", 3: "102 103", 4: "101"}
ROUND = problem(WISHES, {101: 1, 102: 1, 103: 2}, priority={4: 1})


def kept(matching, round_=ROUND, **changes):
    rows = dict.fromkeys(matching.unmatched, 0) | given_by(matching)
    whole = Kept(
        problem=round_, matching=matching, answered=write_matching(matching), strategy=matching.strategy,
        version=matching.version, seed=matching.seed, computed=tuple(sorted(rows.items())), now=matching,
        is_unchanged=True,
    )  # fmt: skip
    return replace(whole, **changes)


def found(one, matcher=None, **options):
    return check(one, matcher, tell=lambda _done: None, **options)


def with_pairs(matching, given_out):
    """The same answer, as if it had given others; nothing else of it is changed."""
    pairs = tuple(Pair(*item) for item in sorted(given_out.items()))
    unmatched = tuple(one.mentee_id for one in ROUND.mentees if one.mentee_id not in given_out)
    return replace(matching, pairs=pairs, unmatched=unmatched)


@pytest.mark.parametrize("matcher", [BEST, FAIREST])
def test_the_best_placing_is_proved_to_be_that_and_the_only_one(matcher):
    told = []
    one = kept(matcher.match(ROUND, seed="s"))
    what = check(one, matcher, tell=told.append)
    assert (what.is_intact, what.faults, what.optimum, what.replay) == (True, 0, Optimum.PROVED, Replay.SAME)
    assert told == list(range(1, len(STEPS) + 1))
    assert read_found(write_found(what)) == what


def test_what_promises_no_best_placing_is_not_asked_for_one():
    for matcher in (BalancedMatcher(), StableMatcher()):
        matching = matcher.match(ROUND, seed="s")
        assert found(kept(matching)).optimum is Optimum.NOT_PROMISED
        assert found(kept(replace(matching, problem_digest="0"))).optimum is Optimum.NOT_PROMISED


def test_a_strategy_of_somebody_else_s_is_proved_where_it_brings_prices():
    own = replace(BEST.match(ROUND, seed="s"), strategy="ours")
    assert found(kept(own)).optimum is Optimum.PROVED
    assert found(kept(with_pairs(own, {1: 103, 2: 102, 4: 101}))).optimum is Optimum.NOT_PROVED


def without_proof(one):
    return kept(replace(one.matching, prices=()))


def with_two_changed_places(one):
    given_out = given_by(one.matching)
    (first, mine), (second, theirs) = ((who, given_out[who]) for who in (1, 2) if who in given_out)
    return kept(with_pairs(one.matching, given_out | {first: theirs, second: mine}))


def with_one_left_out(one):
    given_out = given_by(one.matching)
    del given_out[3]
    return kept(with_pairs(one.matching, given_out))


def with_a_place_too_many(one):
    return kept(with_pairs(one.matching, dict.fromkeys(given_by(one.matching), 101)))


def with_a_limit_that_its_strategy_does_not_set(one):
    return kept(replace(one.matching, worst=None if one.matching.worst is not None else 2))


def with_other_prices(one):
    return kept(replace(one.matching, prices=tuple(Price(price.mentor_id, 0) for price in one.matching.prices)))


def under_another_seed(one):
    return replace(one, seed="another")


def shown_otherwise(one):
    (first, _mentor), *others = one.computed
    return replace(one, computed=((first, 0), *others))


def listed_as_something_that_promises_nothing(one):
    return replace(one, strategy="balanced")


TAMPERED = (
    without_proof, with_two_changed_places, with_one_left_out, with_a_place_too_many,
    with_a_limit_that_its_strategy_does_not_set, with_other_prices, under_another_seed, shown_otherwise,
    listed_as_something_that_promises_nothing,
)  # fmt: skip


@pytest.mark.parametrize("matcher", [BEST, FAIREST])
@pytest.mark.parametrize("tamper", TAMPERED)
def test_whatever_is_changed_in_what_was_kept_it_does_not_pass_for_the_best(matcher, tamper):
    one = kept(matcher.match(ROUND, seed="s"))
    assert found(tamper(one)).optimum is Optimum.NOT_PROVED


@pytest.mark.parametrize("tamper", [under_another_seed, shown_otherwise, listed_as_something_that_promises_nothing])
def test_what_is_shown_and_not_answered_is_not_intact(tamper):
    one = kept(BEST.match(ROUND, seed="s"))
    assert not found(tamper(one)).is_intact
    assert not found(replace(one, is_unchanged=False)).is_intact


def test_of_an_older_version_it_is_proved_all_the_same_and_the_rule_is_not_asked():
    older = replace(BEST.match(ROUND, seed="s"), version="0")
    what = found(kept(older), BEST)
    assert (what.optimum, what.replay, what.installed) == (Optimum.PROVED, Replay.OTHER_VERSION, "1")
    what = found(kept(older))
    assert (what.optimum, what.replay, what.installed) == (Optimum.PROVED, Replay.NOT_INSTALLED, "")


def test_a_large_round_is_drawn_up_again_only_where_no_proof_stands_for_it():
    right = BEST.match(ROUND, seed="s")
    assert found(kept(right), BEST, most_repeated=3).replay is Replay.NEEDLESS
    assert found(with_two_changed_places(kept(right)), BEST, most_repeated=3).replay is Replay.DIFFERENT
    assert (
        found(kept(BalancedMatcher().match(ROUND, seed="s")), BalancedMatcher(), most_repeated=3).replay is Replay.SAME
    )


def test_pairs_that_would_rather_are_counted_as_computed_and_as_they_stand():
    matching = StableMatcher().match(ROUND, seed="s")
    by_hand = answer(ROUND, {3: 102, 4: 101}, StableMatcher(), "s")
    what = found(kept(matching, now=by_hand))
    assert what.blocking == 0
    assert (what.blocking_now > 0, what.faults_now) == (True, 0)
