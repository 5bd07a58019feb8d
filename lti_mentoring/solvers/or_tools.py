"""Cheapest flows by OR-Tools (cost scaling), and their prices by NumPy.

OR-Tools multiplies each cost by the number of nodes plus one, and its potentials, which add such products up along
paths, must fit into 63 bits; else it says so in its status, and anything but OPTIMAL stops us here. So each criterion
is a flow of its own, of small costs: the dearest arcs are of 8 (``unplaced``), 100 x 10,001 (``cost``), 7 times that
(``cost_to_passed_over``), 2^20 (``load``) and 2^30 (``lot``). In a round of 100,000 mentees and 10,000 mentors, 110,003
nodes, even a path to and fro between mentees and every single mentor fits: 20,003 arcs x 2^30 x 110,004 < 2^62. Real
paths have a few dozen arcs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lti_mentoring.domain.matching.network import Network


class FlowNotFound(Exception):
    """OR-Tools found no flow, which the form of our networks excludes, or did not trust its numbers."""


class OrToolsFlow:
    """The engine for rounds of any size."""

    def cheapest(self, network: Network, costs: Sequence[int]) -> list[int]:
        """Return what flows through each arc in one flow of the least cost."""
        if not network.tails:
            return []
        solver = SimpleMinCostFlow()
        arcs = solver.add_arcs_with_capacity_and_unit_cost(
            np.array(network.tails, np.int32),
            np.array(network.heads, np.int32),
            np.array(network.capacities, np.int64),
            np.array(costs, np.int64),
        )
        nodes = np.arange(len(network.supplies), dtype=np.int32)
        solver.set_nodes_supplies(nodes, np.array(network.supplies, np.int64))
        status = solver.solve()
        if status != SimpleMinCostFlow.OPTIMAL:
            raise FlowNotFound(status.name)
        found: list[int] = solver.flows(arcs).tolist()
        return found

    def prices(self, network: Network, costs: Sequence[int], flows: Sequence[int]) -> list[int]:
        """Lower all prices at once until no arc is cheaper than the difference of its ends (Bellman, Ford)."""
        tails, heads = np.array(network.tails, np.int32), np.array(network.heads, np.int32)
        price, flow = np.array(costs, np.int64), np.array(flows, np.int64)
        more, back = flow < np.array(network.capacities, np.int64), flow > 0
        starts = np.concatenate([tails[more], heads[back]])
        ends = np.concatenate([heads[more], tails[back]])
        dearer = np.concatenate([price[more], -price[back]])
        prices = np.zeros(len(network.supplies), np.int64)
        if not len(starts):
            return [int(one) for one in prices]
        order = np.argsort(starts, kind="stable")
        starts, ends, dearer = starts[order], ends[order], dearer[order]
        firsts = np.flatnonzero(np.diff(starts, prepend=-1))
        nodes = starts[firsts]
        while True:
            lowest = np.minimum(prices[nodes], np.minimum.reduceat(prices[ends] + dearer, firsts))
            if np.array_equal(lowest, prices[nodes]):
                found: list[int] = prices.tolist()
                return found
            prices[nodes] = lowest
