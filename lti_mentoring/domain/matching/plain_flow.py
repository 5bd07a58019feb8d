"""Cheapest flows in plain Python, for rounds up to some hundred people where OR-Tools is not installed."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from functools import partial
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from lti_mentoring.domain.matching.network import Flow

if TYPE_CHECKING:
    from lti_mentoring.domain.matching.network import Network


class PlainFlow:
    """Sends what the nodes bring in, one unit after the other, along the shortest way that is left (Edmonds, Karp)."""

    def cheapest(self, network: Network, costs: Sequence[int]) -> Flow:
        """Return one flow of the least cost."""
        rest = _Rest(network, costs)
        excess = list(network.supplies)
        for node, supply in enumerate(network.supplies):
            for _ in range(supply):
                excess[rest.send_one(node, excess)] += 1
        return Flow(rest.flows, partial(_prices, network, costs, rest.flows))


def _prices(network: Network, costs: Sequence[int], flows: Sequence[int]) -> list[int]:
    """Lower each price until no arc is cheaper than the difference of its ends (Bellman, Ford; Moore's queue)."""
    into: list[list[tuple[int, int]]] = [[] for _ in network.supplies]
    for tail, head, capacity, cost, flow in zip(
        network.tails, network.heads, network.capacities, costs, flows, strict=True
    ):
        if flow < capacity:
            into[head].append((tail, cost))
        if flow > 0:
            into[tail].append((head, -cost))
    prices, waiting = [0] * len(into), deque(range(len(into)))
    queued = [True] * len(into)
    while waiting:
        node = waiting.popleft()
        queued[node] = False
        for before, cost in into[node]:
            if prices[node] + cost < prices[before]:
                prices[before] = prices[node] + cost
                if not queued[before]:
                    queued[before] = True
                    waiting.append(before)
    return prices


class _Rest:
    """What can still flow. Arc ``2 * n`` is the network's arc n, ``2 * n + 1`` the way back along it."""

    def __init__(self, network: Network, costs: Sequence[int]) -> None:
        self._ends: list[int] = []
        self._rooms: list[int] = []
        self._costs: list[int] = []
        self._out: list[list[int]] = [[] for _ in network.supplies]
        for tail, head, capacity, cost in zip(network.tails, network.heads, network.capacities, costs, strict=True):
            for start, end, room, price in ((tail, head, capacity, cost), (head, tail, 0, -cost)):
                self._out[start].append(len(self._ends))
                self._ends.append(end)
                self._rooms.append(room)
                self._costs.append(price)
        self._heights = [0] * len(network.supplies)

    @property
    def flows(self) -> list[int]:
        return self._rooms[1::2]

    def send_one(self, source: int, excess: list[int]) -> int:
        """Send one unit from the source to the nearest node that lacks one; return that node."""
        distances, came_by, settled = {source: 0}, dict[int, int](), dict[int, int]()
        heap = [(0, source)]
        while True:
            distance, node = heappop(heap)
            if node in settled:
                continue
            settled[node] = distance
            if excess[node] < 0:
                break
            self._reach(node, distance, distances, came_by, heap)
        for one, reached in settled.items():
            self._heights[one] += reached - distance
        end = node
        while node != source:
            arc = came_by[node]
            self._rooms[arc] -= 1
            self._rooms[arc ^ 1] += 1
            node = self._ends[arc ^ 1]
        return end

    def _reach(
        self, node: int, distance: int, distances: dict[int, int], came_by: dict[int, int], heap: list[tuple[int, int]]
    ) -> None:
        for arc in self._out[node]:
            if self._rooms[arc]:
                end = self._ends[arc]
                way = distance + self._costs[arc] + self._heights[node] - self._heights[end]
                if end not in distances or way < distances[end]:
                    distances[end] = way
                    came_by[end] = arc
                    heappush(heap, (way, end))
