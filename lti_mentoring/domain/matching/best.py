"""Best fit: as many as possible are placed, then wishes and fits of all together are as good as can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lti_mentoring.domain.matching.market import Market
from lti_mentoring.domain.matching.network import FlowEngine, cheapest_in_turn
from lti_mentoring.domain.matching.outcome import Matching, answer

if TYPE_CHECKING:
    from lti_mentoring.domain.matching.problem import Problem


class BestMatcher:
    """Finds the one cheapest flow; ``engine`` only computes it."""

    name = "best"
    version = "1"

    def __init__(self, engine: FlowEngine) -> None:
        self._engine = engine

    def match(self, problem: Problem, *, seed: str) -> Matching:
        """Answer by cost, then by what those passed over pay, then by even load, then by lot."""
        market = Market(problem, seed)
        arcs = range(len(market.network.tails))
        flows, prices = cheapest_in_turn(market.network, market.criteria, self._engine, arcs)
        return answer(problem, market.pairs_of(flows), self, seed, prices=market.prices_of_mentors(prices))
