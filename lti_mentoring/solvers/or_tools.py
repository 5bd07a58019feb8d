"""Cheapest flows by OR-Tools (maximum flow, cost scaling), and their prices by NumPy.

OR-Tools multiplies each cost by the number of nodes plus one, and its potentials, which add such products up along
paths, must fit into 63 bits; else it says so in its status, and anything but OPTIMAL stops us here. So each criterion
is a flow of its own, of small costs: the dearest arcs are of 8 (``unplaced``), 100 x 10,001 (``cost``), 7 times that
(``cost_to_passed_over``), 2^20 (``load``) and 2^30 (``lot``). In a round of 100,000 mentees and 10,000 mentors, 110,003
nodes, even a path to and fro between mentees and every single mentor fits: 20,003 arcs x 2^30 x 110,004 < 2^62. Real
paths have a few dozen arcs.

Cost scaling takes five to twelve seconds for two million arcs, so we give it as little as we can. Where enough can flow
for nothing, a maximum flow finds that out in a third of a second. Where not, only the few cheapest ways of each source
are looked at first: their prices then tell which of all the others could make it any cheaper, mostly none (column
generation; Gilmore and Gomory 1961).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from ortools.graph.python.max_flow import SimpleMaxFlow
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from lti_mentoring.domain.matching.network import Flow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lti_mentoring.domain.matching.network import Network

    Numbers = np.ndarray[Any, np.dtype[np.int64]]
    Choice = np.ndarray[Any, np.dtype[np.bool_]]

FEW = 8
"""Ways of each source that are looked at first. A round of 100,000 with 20 wishes each then needs no second look."""


class FlowNotFound(Exception):
    """OR-Tools found no flow, which the form of our networks excludes, or did not trust its numbers."""


class OrToolsFlow:
    """The engine for rounds of any size."""

    def cheapest(self, network: Network, costs: Sequence[int]) -> Flow:
        """Return one flow of the least cost."""
        if not network.tails:
            return Flow([], lambda: [0] * len(network.supplies))
        arcs = _Arcs(network, costs)
        flows, left = arcs.most(arcs.costs == 0)
        if left.any() and not arcs.go_straight(flows, left):
            flows = arcs.cheapest()
        return Flow(flows.tolist(), lambda: arcs.prices(flows).tolist())


class _Arcs:
    """A network and its costs as columns."""

    def __init__(self, network: Network, costs: Sequence[int]) -> None:
        self.tails, self.heads = np.array(network.tails, np.int32), np.array(network.heads, np.int32)
        self.capacities, self.costs = np.array(network.capacities, np.int64), np.array(costs, np.int64)
        self.supplies = np.array(network.supplies, np.int64)
        self._prices = np.zeros(len(self.supplies), np.int64)
        self._looked_at = np.zeros(len(self.costs), np.bool_)

    def most(self, open_ones: Choice) -> tuple[Numbers, Numbers]:
        """Return as much as can flow through some arcs, and what each node has left then, or (below zero) lacks."""
        solver, outside = SimpleMaxFlow(), len(self.supplies)
        arcs = solver.add_arcs_with_capacity(self.tails[open_ones], self.heads[open_ones], self.capacities[open_ones])
        sources, sinks = (np.flatnonzero(sign * self.supplies > 0).astype(np.int32) for sign in (1, -1))
        into = solver.add_arcs_with_capacity(np.full_like(sources, outside), sources, self.supplies[sources])
        out = solver.add_arcs_with_capacity(sinks, np.full_like(sinks, outside + 1), -self.supplies[sinks])
        status = solver.solve(outside, outside + 1)
        if status != SimpleMaxFlow.OPTIMAL:
            raise FlowNotFound(status.name)
        flows, left = np.zeros(len(self.costs), np.int64), self.supplies.copy()
        flows[open_ones] = solver.flows(arcs)
        left[sources] -= solver.flows(into)
        left[sinks] += solver.flows(out)
        return flows, left

    def go_straight(self, flows: Numbers, left: Numbers) -> bool:
        """Send what is left straight from its source to a sink, where that costs the least that anything costs.

        As much as can flows for nothing already, so that nothing cheaper is possible. This is the answer to who stays
        without a mentor where nobody has been passed over.
        """
        least = self.costs[self.costs > 0].min(initial=np.iinfo(np.int64).max)
        straight = np.flatnonzero((self.costs == least) & (left[self.tails] > 0) & (left[self.heads] < 0))
        sources, first = np.unique(self.tails[straight], return_index=True)
        ways, rest = straight[first], left.copy()
        sent = np.minimum(left[sources], self.capacities[ways])
        rest[sources] -= sent
        np.add.at(rest, self.heads[ways], sent)
        flows[ways] = sent
        return not rest.any()

    def _few(self) -> Choice:
        """Choose the cheapest ways of each source that nothing flows into, and all arcs that begin elsewhere."""
        order = np.lexsort((self.costs, self.tails))
        tails = self.tails[order]
        firsts = np.flatnonzero(np.diff(tails, prepend=-1))
        rank = np.arange(len(tails)) - np.repeat(firsts, np.diff(firsts, append=len(tails)))
        chosen = np.empty(len(tails), np.bool_)
        chosen[order] = rank < FEW
        return chosen | (np.bincount(self.heads, minlength=len(self.supplies)) > 0)[self.tails]

    def cheapest(self) -> Numbers:
        """Return the cheapest flow: of few arcs, then of these and all that their prices call for, until none is."""
        possible, _ = self.most(np.full(len(self.costs), True))
        self._looked_at = self._few() | (possible > 0)
        while True:
            flows = self._cheapest_of(self._looked_at)
            self._prices[:] = 0  # those of a flow that was dearer prove nothing of this one
            if self._looked_at.all() or not self._look_further(flows):
                return flows

    def prices(self, flows: Numbers) -> Numbers:
        """Return the prices of a cheapest flow: of the arcs looked at, and of all that would be cheaper by these."""
        if not self._looked_at.any():
            self._looked_at = self._few() | (flows > 0)
        while self._look_further(flows):
            pass
        return self._prices

    def _look_further(self, flows: Numbers) -> bool:
        """Reckon the prices of the arcs looked at; look at others, too, if they are cheaper by these, and say so."""
        self._lower(flows)
        cheaper = ~self._looked_at & (self.costs + self._prices[self.heads] < self._prices[self.tails])
        self._looked_at |= cheaper
        return bool(cheaper.any())

    def _cheapest_of(self, chosen: Choice) -> Numbers:
        solver, costs = SimpleMinCostFlow(), self.costs[chosen]
        # The smaller the numbers, the fewer times OR-Tools goes through all arcs: in hundreds a third of the time.
        costs //= max(1, np.gcd.reduce(costs))
        arcs = solver.add_arcs_with_capacity_and_unit_cost(
            self.tails[chosen], self.heads[chosen], self.capacities[chosen], costs
        )
        solver.set_nodes_supplies(np.arange(len(self.supplies), dtype=np.int32), self.supplies)
        status = solver.solve()
        if status != SimpleMinCostFlow.OPTIMAL:
            raise FlowNotFound(status.name)
        flows = np.zeros(len(self.costs), np.int64)
        flows[chosen] = solver.flows(arcs)
        return flows

    def _lower(self, flows: Numbers) -> None:
        """Lower all prices at once until no arc looked at is cheaper than its ends differ (Bellman, Ford)."""
        prices, more, back = self._prices, self._looked_at & (flows < self.capacities), flows > 0
        starts = np.concatenate([self.tails[more], self.heads[back]])
        ends = np.concatenate([self.heads[more], self.tails[back]])
        dearer = np.concatenate([self.costs[more], -self.costs[back]])
        if not len(starts):
            return
        order = np.argsort(starts, kind="stable")
        starts, ends, dearer = starts[order], ends[order], dearer[order]
        firsts = np.flatnonzero(np.diff(starts, prepend=-1))
        nodes = starts[firsts]
        while True:
            lowest = np.minimum(prices[nodes], np.minimum.reduceat(prices[ends] + dearer, firsts))
            if np.array_equal(lowest, prices[nodes]):
                return
            prices[nodes] = lowest
