"""Flows through a network: several wishes about the cheapest flow, one after the other.

Who computes a cheapest flow is left to an engine (``plain_flow`` here, ``lti_mentoring/solvers`` with OR-Tools). Two
engines may find different flows of one cost. So each criterion is asked only of the flows that are cheapest by all
criteria before it, and the last criterion is made of lots, of which only one flow is the cheapest (docs/adr/0019).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import mul
from typing import Protocol

STEP = 1 << 64
"""How much a price of one criterion weighs against one of the next: no path of the next is as dear."""


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes from 0, arcs as columns. What ``supplies`` brings in (above zero) it takes out elsewhere (below)."""

    supplies: Sequence[int]
    tails: Sequence[int]
    heads: Sequence[int]
    capacities: Sequence[int]

    def with_arcs(self, arcs: Sequence[int], supplies: Sequence[int]) -> Network:
        """Return the network that has only these arcs."""
        columns = (self.tails, self.heads, self.capacities)
        if len(arcs) == len(self.tails):  # all of them: two million numbers of each column need not be copied
            return Network(supplies, *columns)
        return Network(supplies, *(list(map(column.__getitem__, arcs)) for column in columns))


@dataclass(frozen=True, slots=True)
class Flow:
    """One flow of the least cost."""

    amounts: list[int]
    """What flows through each arc."""
    prices: Callable[[], list[int]]
    """Reckons for each node a price that proves the flow cheapest; of all such prices not above zero the highest.

    Where more can flow, ``price[tail] <= cost + price[head]``; where something flows, the opposite holds too.
    """


class FlowEngine(Protocol):
    """Computes flows. Costs are whole numbers, not below zero."""

    def cheapest(self, network: Network, costs: Sequence[int]) -> Flow:
        """Return one flow of the least cost; there is one."""
        ...


Criterion = Callable[[Sequence[int]], list[int]]
"""Returns the cost of each of some arcs."""


def cheapest_in_turn(
    network: Network, criteria: Sequence[Criterion], engine: FlowEngine, arcs: Sequence[int]
) -> tuple[list[int], list[int]]:
    """Return the cheapest flow through these arcs, by the first criterion, then the next …; and its prices.

    A price of all criteria together counts each in steps of STEP more than the one after it.
    """
    flows, prices = [0] * len(network.tails), [0] * len(network.supplies)
    supplies, found = list(network.supplies), list[int]()
    for criterion in criteria:
        costs, part = criterion(arcs), network.with_arcs(arcs, supplies)
        flow = engine.cheapest(part, costs)
        found = flow.amounts
        if not any(map(mul, costs, found)):
            # A flow that costs nothing is proven cheapest by prices of zero.
            prices = [price * STEP for price in prices]
            dearer = costs
        else:
            more = flow.prices()
            prices = [price * STEP + one for price, one in zip(prices, more, strict=True)]
            dearer = [
                cost + more[head] - more[tail] for cost, tail, head in zip(costs, part.tails, part.heads, strict=True)
            ]
            # What is cheaper than its ends differ is full in all of the cheapest flows.
            for place in [place for place, one in enumerate(dearer) if one < 0]:
                amount = flows[arcs[place]] = found[place]
                supplies[part.tails[place]] -= amount
                supplies[part.heads[place]] += amount
        undecided = [not one for one in dearer]
        arcs, found = list(compress(arcs, undecided)), list(compress(found, undecided))
    for arc, amount in zip(arcs, found, strict=True):
        flows[arc] = amount
    return flows, prices
