"""A row of numbers in which the next one above a limit is found without looking at each."""

from __future__ import annotations

from collections.abc import Sequence


class Thresholds:
    """Numbers to be compared with limits not below zero. A tree over them knows the highest of each part."""

    def __init__(self, numbers: Sequence[int]) -> None:
        self._size = 1 << max(0, len(numbers) - 1).bit_length()
        self._tree = [0] * self._size + list(numbers) + [0] * (self._size - len(numbers))
        for node in range(self._size - 1, 0, -1):
            self._tree[node] = max(self._tree[2 * node], self._tree[2 * node + 1])

    def put(self, place: int, number: int) -> None:
        """Write another number at a place."""
        node = place + self._size
        self._tree[node] = number
        while node > 1:
            node >>= 1
            highest = max(self._tree[2 * node], self._tree[2 * node + 1])
            if self._tree[node] == highest:
                return
            self._tree[node] = highest

    def next_above(self, limit: int, start: int, end: int) -> int | None:
        """Return the first place from ``start`` to before ``end`` whose number is above the limit."""
        if start >= end:
            return None
        node = start + self._size
        while self._tree[node] <= limit:
            while node & 1:  # a right half: nothing of what is above it lies to the right of it
                node >>= 1
            if not node:
                return None
            node += 1
        while node < self._size:
            node *= 2
            node += self._tree[node] <= limit
        found = node - self._size
        return found if found < end else None
