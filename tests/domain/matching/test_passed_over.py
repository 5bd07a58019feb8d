"""Of two who are alike in everything else, whoever was passed over before fares no worse: by every strategy."""

from dataclasses import replace
from math import inf

import pytest
from factories.problems import given_by, problems
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_mentoring.domain.matching.balanced import BalancedMatcher
from lti_mentoring.domain.matching.best import BestMatcher
from lti_mentoring.domain.matching.checking import faults
from lti_mentoring.domain.matching.costs import pair_cost
from lti_mentoring.domain.matching.fairest import FairestMatcher
from lti_mentoring.domain.matching.plain_flow import PlainFlow
from lti_mentoring.domain.matching.problem import BEST_SCORE, Seeker
from lti_mentoring.domain.matching.stable import StableMatcher

TWIN = 99
BY_COSTS = (BestMatcher(PlainFlow()), FairestMatcher(PlainFlow()))
BY_WISHES = (StableMatcher(), *BY_COSTS)
seeds = st.text("abc", max_size=3)


def with_twin(one):
    """Return a round with somebody who is as the first mentee is in all that counts, but was not passed over."""
    [first, *others] = one.mentees

    def beside(tiers):
        return tuple((*tier, TWIN) if first.mentee_id in tier else tier for tier in tiers)

    return replace(
        one,
        mentees=(replace(first, priority=2), Seeker(TWIN, first.tiers, first.any_other), *others),
        mentors=tuple(replace(mentor, tiers=beside(mentor.tiers)) for mentor in one.mentors),
        bars=one.bars + tuple(replace(bar, mentee_id=TWIN) for bar in one.bars if bar.mentee_id == first.mentee_id),
        scores=one.scores + tuple(replace(s, mentee_id=TWIN) for s in one.scores if s.mentee_id == first.mentee_id),
    )


def tier_of(seeker, mentor_id):
    """Return how far down the own list somebody got: nobody is further than anybody."""
    if mentor_id is None:
        return len(seeker.tiers) + 1
    return next((place for place, tier in enumerate(seeker.tiers) if mentor_id in tier), len(seeker.tiers))


@pytest.mark.parametrize("matcher", BY_WISHES, ids=lambda one: one.name)
@settings(max_examples=60, deadline=None)
@given(one=problems(most_mentees=5).filter(lambda one: one.mentees), seed=seeds)
def test_by_wishes_they_get_no_later_wish(matcher, one, seed):
    round_ = replace(with_twin(one), wish=BEST_SCORE)
    found = matcher.match(round_, seed=seed)
    given_out, [before, twin, *_] = given_by(found), round_.mentees
    assert not faults(round_, found)
    assert tier_of(before, given_out.get(before.mentee_id)) <= tier_of(twin, given_out.get(TWIN))


@pytest.mark.parametrize("matcher", BY_COSTS, ids=lambda one: one.name)
@settings(max_examples=60, deadline=None)
@given(one=problems(most_mentees=5).filter(lambda one: one.mentees), seed=seeds)
def test_where_the_fit_weighs_more_than_a_wish_they_fare_no_worse_by_both_together(matcher, one, seed):
    round_ = with_twin(one)
    scores = {(score.mentee_id, score.mentor_id): score.score for score in round_.scores}

    def cost(seeker, mentor_id):
        if mentor_id is None:
            return inf
        return pair_cost(tier_of(seeker, mentor_id), scores.get((seeker.mentee_id, mentor_id), 0), round_.wish)

    given_out, [before, twin, *_] = given_by(matcher.match(round_, seed=seed)), round_.mentees
    assert cost(before, given_out.get(before.mentee_id)) <= cost(twin, given_out.get(TWIN))


@settings(max_examples=60, deadline=None)
@given(one=problems(most_mentees=5).filter(lambda one: one.mentees), seed=seeds)
def test_without_wishes_they_are_not_left_over_while_the_other_has_a_mentor(one, seed):
    round_ = with_twin(one)
    given_out = given_by(BalancedMatcher().match(round_, seed=seed))
    assert round_.mentees[0].mentee_id in given_out or TWIN not in given_out
