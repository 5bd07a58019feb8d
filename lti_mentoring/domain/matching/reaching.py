"""Could everybody who has a mentor have one of a better wish? Tried again from the start, by augmenting ways."""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING

from lti_mentoring.domain.matching.tariff import Tariff

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lti_mentoring.domain.matching.outcome import Matching
    from lti_mentoring.domain.matching.problem import Problem, Seeker


def could_be_fairer(problem: Problem, matching: Matching) -> bool:
    """Tell whether as many of each priority could be placed with nobody at the worst tier that the answer allows."""
    if not matching.worst:
        return False
    rows = _Rows(problem, matching, matching.worst - 1)
    # Whoever cannot be placed beside those of higher priority cannot be placed later either: the sets of mentees who
    # can be placed together are a matroid.
    placed = Counter(one.priority for one in sorted(problem.mentees, key=lambda one: -one.priority) if rows.place(one))
    given = {pair.mentee_id for pair in matching.pairs}
    return placed == Counter(one.priority for one in problem.mentees if one.mentee_id in given)


class _Rows:
    """Mentors and whom they have so far. Whom a search in vain has passed no later search needs to pass again."""

    def __init__(self, problem: Problem, matching: Matching, worst: int) -> None:
        self._tariff = Tariff(problem, matching.seed, worst)
        self._seekers = {one.mentee_id: one for one in problem.mentees}
        self._first_try = {pair.mentee_id: pair.mentor_id for pair in matching.pairs}
        self._has: dict[int, int] = {}
        self._held: dict[int, set[int]] = {mentor_id: set() for mentor_id in self._tariff.mentors}
        self._free = dict.fromkeys(self._tariff.mentors)
        self._unseen = dict.fromkeys(self._tariff.mentors)

    def place(self, seeker: Seeker) -> bool:
        """Find the mentee a mentor, moving others to other mentors where that helps."""
        came_by: dict[int, int] = {}
        waiting = deque([seeker.mentee_id])
        while waiting:
            mentee_id = waiting.popleft()
            for mentor_id in self._open_to(self._seekers[mentee_id], came_by):
                came_by[mentor_id] = mentee_id
                if mentor_id in self._free:
                    self._move(mentor_id, came_by)
                    return True
                waiting.extend(self._held[mentor_id])
        for mentor_id in came_by:
            del self._unseen[mentor_id]
        return False

    def _open_to(self, seeker: Seeker, seen: dict[int, int]) -> Iterator[int]:
        """Yield mentors whom this search has not seen, the one of the answer first: mostly the search ends there."""
        ways, takes_any = self._tariff.ways(seeker), self._tariff.takes_any(seeker)
        first = self._first_try.get(seeker.mentee_id)
        if first in self._unseen and first not in seen and (first in ways or takes_any):
            yield first
        yield from (one for one in ways if one in self._unseen and one not in seen)
        if takes_any:
            for one in [one for one in (*self._free, *self._unseen) if one not in ways]:
                if one in self._unseen and one not in seen and (seeker.mentee_id, one) not in self._tariff.barred:
                    yield one

    def _move(self, mentor_id: int, came_by: dict[int, int]) -> None:
        """Let each mentee on the way take the mentor found for them, from the end backwards."""
        end: int | None = mentor_id
        while end is not None:
            mentee_id = came_by[end]
            before = self._has.get(mentee_id)
            if before is not None:
                self._held[before].remove(mentee_id)
            self._has[mentee_id] = end
            self._held[end].add(mentee_id)
            end = before
        if len(self._held[mentor_id]) == self._tariff.mentors[mentor_id].places:
            del self._free[mentor_id]
