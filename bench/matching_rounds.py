"""Rounds for the measures of matching: some mentors are much wished for, and a tenth of the places stay free."""

import math
import random
from itertools import accumulate

from lti_mentoring.domain.matching.problem import Candidate, Problem, Seeker

WISHES = 20


def make_round(mentees, mentors, *, mentors_rank=False, seed=7):
    """Return a round of strict lists; with ``mentors_rank`` each mentor ranks whoever wishes for them."""
    draw = random.Random(seed)
    appeal = list(accumulate(math.exp(-0.5 * math.log(-math.log(draw.random()))) for _ in range(mentors)))
    lists = [_list(draw, mentors, appeal) for _ in range(mentees)]
    wishing = [[] for _ in range(mentors)]
    for mentee, wishes in enumerate(lists, 1):
        for mentor in wishes:
            wishing[mentor].append(mentee)
    tiers = [tuple((one,) for one in draw.sample(those, len(those))) if mentors_rank else () for those in wishing]
    places = [round(mentees / mentors * draw.uniform(0.8, 1.4)) for _ in range(mentors)]
    return Problem(
        mentees=tuple(Seeker(number, _one_each(wishes)) for number, wishes in enumerate(lists, 1)),
        mentors=tuple(Candidate(one + 1, places[one], tiers=tiers[one]) for one in range(mentors)),
    )


def _one_each(wishes):
    return tuple((mentor + 1,) for mentor in wishes)


def _list(draw, mentors, appeal):
    wishes = {}
    while len(wishes) < WISHES:
        wishes |= dict.fromkeys(draw.choices(range(mentors), cum_weights=appeal, k=WISHES))
    return list(wishes)[:WISHES]
