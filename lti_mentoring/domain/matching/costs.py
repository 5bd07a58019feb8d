"""What a pair costs: the order of the wishes first, how well the two fit within it."""

from __future__ import annotations

from lti_mentoring.domain.matching.problem import BEST_SCORE


def pair_cost(tier: int, score: int) -> int:
    """Return a cost in which one wish further down weighs as much as the best fit against none."""
    return BEST_SCORE * tier + BEST_SCORE - score
