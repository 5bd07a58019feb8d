"""What a pair costs: how far down the wish stands, and how well the two fit."""

from __future__ import annotations

from lti_mentoring.domain.matching.problem import BEST_SCORE


def pair_cost(tier: int, score: int, wish: int = BEST_SCORE) -> int:
    """Return what a pair costs in points of fit; ``wish``: how many of these one wish further down weighs."""
    return wish * tier + BEST_SCORE - score
