"""Balanced: everybody to the mentor with most room, without regard to the order of wishes. For tracks without lists."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from lti_mentoring.domain.matching.lots import Lots
from lti_mentoring.domain.matching.outcome import Matching, answer

if TYPE_CHECKING:
    from lti_mentoring.domain.matching.problem import Candidate, Problem

Room = tuple[float, int, int]
"""How full a mentor is: the share of places in use, minus the places, the mentor's number; the smallest comes next."""


class BalancedMatcher:
    """Gives each mentee, by priority and lot, the acceptable mentor with the smallest share of places in use."""

    name = "balanced"
    version = "2"

    def match(self, problem: Problem, *, seed: str) -> Matching:
        """Balance by the share of places taken; ties go to the mentor with more places, then the lower number."""
        lots, barred, given = Lots(seed), problem.barred, dict[int, int]()
        rooms = _Rooms(problem.mentors)
        for seeker in sorted(problem.mentees, key=lambda one: (-one.priority, lots.of("mentee", one.mentee_id))):

            def may(mentor_id: int, mentee_id: int = seeker.mentee_id) -> bool:
                return (mentee_id, mentor_id) not in barred

            wished = [mentor_id for tier in seeker.tiers for mentor_id in tier]
            found = rooms.emptiest(may) if seeker.any_other else rooms.emptiest_of(filter(may, wished))
            if found is not None:
                given[seeker.mentee_id] = found
                rooms.fill(found)
        return answer(problem, given, self, seed, reason="most_room")


class _Rooms:
    """The mentors with room. A full one has no entry; an entry of the heap that is not the mentor's own is old."""

    def __init__(self, mentors: Iterable[Candidate]) -> None:
        self._open = {one.mentor_id: one for one in mentors if one.places}
        self._filled = dict.fromkeys(self._open, 0)
        self._rooms = {mentor_id: self._room(mentor_id) for mentor_id in self._open}
        self._heap = sorted(self._rooms.values())

    def fill(self, mentor_id: int) -> None:
        self._filled[mentor_id] += 1
        if self._filled[mentor_id] == self._open[mentor_id].places:
            del self._rooms[mentor_id]
        else:
            self._rooms[mentor_id] = self._room(mentor_id)
            heapq.heappush(self._heap, self._rooms[mentor_id])

    def emptiest_of(self, mentor_ids: Iterable[int]) -> int | None:
        return min((self._rooms[one] for one in mentor_ids if one in self._rooms), default=(0.0, 0, None))[2]

    def emptiest(self, may: Callable[[int], bool]) -> int | None:
        passed: list[Room] = []
        found = None
        while self._heap and found is None:
            room = self._heap[0]
            if self._rooms.get(room[2]) != room:
                heapq.heappop(self._heap)
            elif may(room[2]):
                found = room[2]
            else:
                passed.append(heapq.heappop(self._heap))
        for room in passed:
            heapq.heappush(self._heap, room)
        return found

    def _room(self, mentor_id: int) -> Room:
        one = self._open[mentor_id]
        whole = one.places + one.taken
        return (one.taken + self._filled[mentor_id]) / whole, -whole, mentor_id
