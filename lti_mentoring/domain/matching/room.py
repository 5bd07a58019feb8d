"""Could more be placed than an answer places? Asked by going along chains of moves, whatever they would cost.

Somebody without a mentor goes to one they could have; if that one is full, each of theirs could go on to another, and
so forth. If such a chain ends at a free place, one more could be placed; if it ends at somebody of less priority, that
one could stay without a mentor instead. Who can be placed together is a matroid (a transversal one), and in a matroid
nothing weighs more where no single exchange does (Edmonds 1971): so chains from one person at a time are enough.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lti_mentoring.domain.matching.outcome import Matching
    from lti_mentoring.domain.matching.problem import Problem, Seeker


def more_could_be_placed(problem: Problem, matching: Matching) -> bool:
    """Tell whether another answer leaves out fewer, or those of less priority; of an answer without faults."""
    chains = _Chains(problem, matching)
    without = [one for one in problem.mentees if one.mentee_id not in chains.given]
    # The highest first: whoever was reached from above has at least that priority, and need not be reached again.
    return any(chains.better_from(one) for one in sorted(without, key=lambda one: -one.priority))


class _Chains:
    """Who could go where. Each mentor is come to once: what lies behind them is known from then on."""

    def __init__(self, problem: Problem, matching: Matching) -> None:
        self.given = {pair.mentee_id: pair.mentor_id for pair in matching.pairs}
        self._barred = problem.barred
        self._free = {one.mentor_id: one.places for one in problem.mentors if one.places}
        self._unseen = set(self._free)
        self._those_of: dict[int, list[Seeker]] = {}
        for one in problem.mentees:
            if one.mentee_id in self.given:
                mentor_id = self.given[one.mentee_id]
                self._free[mentor_id] -= 1
                self._those_of.setdefault(mentor_id, []).append(one)

    def better_from(self, start: Seeker) -> bool:
        """Follow all chains that begin with somebody who has no mentor."""
        waiting = deque([start])
        while waiting:
            for mentor_id in self._new_for(waiting.popleft()):
                those = self._those_of.get(mentor_id, [])
                if self._free[mentor_id] > 0 or any(one.priority < start.priority for one in those):
                    return True
                waiting.extend(those)
        return False

    def _new_for(self, seeker: Seeker) -> Iterator[int]:
        """Yield the mentors whom somebody could have and nobody has come to yet."""
        listed = [mentor_id for tier in seeker.tiers for mentor_id in tier if mentor_id in self._unseen]
        for mentor_id in [
            one for one in (self._unseen if seeker.any_other else listed) if (seeker.mentee_id, one) not in self._barred
        ]:
            self._unseen.discard(mentor_id)
            yield mentor_id
