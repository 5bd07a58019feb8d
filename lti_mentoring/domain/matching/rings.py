"""Moves between places that cost nothing, and whether a ring of them leads anywhere else."""

from __future__ import annotations

from collections.abc import Hashable


class Moves:
    """Collects moves. One that is open both ways is not yet a ring: to and fro changes nothing."""

    def __init__(self) -> None:
        self._one_way: dict[Hashable, set[Hashable]] = {}
        self._leaders: dict[Hashable, Hashable] = {}
        self._round = False

    def one_way(self, start: Hashable, end: Hashable) -> None:
        """Note a move that is open in one direction."""
        self._one_way.setdefault(start, set()).add(end)

    def both_ways(self, one: Hashable, other: Hashable) -> None:
        """Note a move that is open in both directions; where the two were joined already, this closes a ring."""
        first, second = self._leader(one), self._leader(other)
        self._round = self._round or first == second
        self._leaders[first] = second

    @property
    def lead_nowhere(self) -> bool:
        """Whether there is no ring."""
        return not self._round and not self._one_way_rings()

    def _leader(self, one: Hashable) -> Hashable:
        while (leader := self._leaders.setdefault(one, one)) != one:
            self._leaders[one] = one = self._leaders.setdefault(leader, leader)
        return one

    def _one_way_rings(self) -> bool:
        """Tell whether one-way moves close a ring, by taking away whatever nothing leads to (Kahn)."""
        joined: dict[Hashable, set[Hashable]] = {}
        for start, ends in self._one_way.items():
            joined.setdefault(self._leader(start), set()).update(map(self._leader, ends))
        arriving: dict[Hashable, int] = dict.fromkeys(joined, 0)
        for ends in joined.values():
            for end in ends:
                arriving[end] = arriving.get(end, 0) + 1
        clear = [one for one, number in arriving.items() if not number]
        gone = 0
        while clear:
            one = clear.pop()
            gone += 1
            for end in joined.get(one, ()):
                arriving[end] -= 1
                if not arriving[end]:
                    clear.append(end)
        return gone < len(arriving)
