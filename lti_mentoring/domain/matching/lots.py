"""Lots: what decides between equals. They follow from the seed and the people's numbers alone, never from an order."""

from __future__ import annotations

from hashlib import blake2b

BITS = 60
HALF = BITS // 2


class Lots:
    """The lots of one seed. Whoever knows the seed can draw them again."""

    def __init__(self, seed: str) -> None:
        self._keyed = blake2b(digest_size=8, key=blake2b(seed.encode()).digest())

    def of(self, *what: object) -> int:
        """Return the lot of a person, a pair or a place: a number below 2 to the power of BITS."""
        drawn = self._keyed.copy()
        drawn.update(repr(what).encode())
        return int.from_bytes(drawn.digest()) >> 64 - BITS
