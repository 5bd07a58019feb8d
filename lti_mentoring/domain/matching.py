"""Matching: who guides whom. The door for matchers, and our own: balanced by places."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mentor who may be given students. ``taken`` of ``places`` are in use."""

    mentor_id: int
    places: int
    taken: int


@dataclass(frozen=True, slots=True)
class Seeker:
    """A student without a mentor."""

    student_id: int


@dataclass(frozen=True, slots=True)
class Pair:
    """One proposed mentorship and the reason for it, as a code."""

    student_id: int
    mentor_id: int
    reason: str


class Matcher(Protocol):
    """Proposes pairs; whoever cannot be placed is left out of the answer."""

    def match(self, seekers: Sequence[Seeker], candidates: Sequence[Candidate]) -> list[Pair]:
        """Return at most one pair for each seeker, never more than a candidate's free places."""
        ...


class BalancedMatcher:
    """Gives each student, in order, the mentor with the smallest share of places in use."""

    def match(self, seekers: Sequence[Seeker], candidates: Sequence[Candidate]) -> list[Pair]:
        """Balance by the share of places taken; ties go to the mentor with more places, then the lower number."""
        heap = [
            (one.taken / one.places, -one.places, one.mentor_id, one.taken)
            for one in candidates
            if one.taken < one.places
        ]
        places = {one.mentor_id: one.places for one in candidates}
        heapq.heapify(heap)
        pairs: list[Pair] = []
        for seeker in seekers:
            if not heap:
                break
            _, _, mentor_id, taken = heapq.heappop(heap)
            pairs.append(Pair(seeker.student_id, mentor_id, "most_room"))
            if taken + 1 < places[mentor_id]:
                heapq.heappush(heap, ((taken + 1) / places[mentor_id], -places[mentor_id], mentor_id, taken + 1))
        return pairs
