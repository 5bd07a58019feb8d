"""Pages of a list that is too long for one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paged:
    """Which page of how many."""

    number: int
    pages: int
    total: int
    size: int

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return (self.number - 1) * self.size


def paged(total: int, number: int, size: int) -> Paged:
    """Return the page asked for, or the nearest that there is."""
    pages = max(1, -(-total // size))
    return Paged(min(max(number, 1), pages), pages, total, size)
