"""Fairest: as many as possible are placed, then whoever gets least gets as much as can be, then as best fit."""

from __future__ import annotations

from bisect import bisect_left
from operator import mul
from typing import TYPE_CHECKING

from lti_mentoring.domain.matching.market import Market
from lti_mentoring.domain.matching.network import Flow, FlowEngine, cheapest_in_turn
from lti_mentoring.domain.matching.outcome import Matching, answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lti_mentoring.domain.matching.problem import Problem


class FairestMatcher:
    """Searches the best of all worst wishes, then finds the one cheapest flow that keeps to it."""

    name = "fairest"
    version = "1"

    def __init__(self, engine: FlowEngine) -> None:
        self._engine = engine

    def match(self, problem: Problem, *, seed: str) -> Matching:
        """Answer by the worst tier that anybody gets, then as best fit does."""
        market = Market(problem, seed)
        worst, limit_prices = self._worst_needed(market)
        flows, prices = cheapest_in_turn(market.network, market.criteria, self._engine, market.within(worst))
        return answer(
            problem,
            market.pairs_of(flows),
            self,
            seed,
            worst=worst,
            prices=market.prices_of_mentors(prices),
            limit_prices=limit_prices,
        )

    def _worst_needed(self, market: Market) -> tuple[int, dict[int, int]]:
        """Return the lowest limit by which no place is lost, and the proof that the next lower one loses some."""
        fewest, flow = self._unplaced(market, range(len(market.network.tails)))
        tried: dict[int, Flow] = {}

        def suffices(limit: int) -> bool:
            unplaced, tried[limit] = self._unplaced(market, market.within(limit))
            return unplaced == fewest

        worst = bisect_left(range(market.worst_of(flow.amounts)), True, key=suffices)
        return worst, market.prices_of_mentors(tried[worst - 1].prices()) if worst else {}

    def _unplaced(self, market: Market, arcs: Sequence[int]) -> tuple[int, Flow]:
        """Return what the unplaced cost at least with these arcs only, and a flow in which they do."""
        costs = market.unplaced(arcs)
        flow = self._engine.cheapest(market.network.with_arcs(arcs, market.network.supplies), costs)
        return sum(map(mul, costs, flow.amounts)), flow
