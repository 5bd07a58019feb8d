"""What everything in a round costs, as docs/adr/0019 says it; for the proof only, written apart from what matches."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lti_mentoring.domain.matching.problem import Candidate, Problem, Seeker

BEST_FIT = 100
"""What the best fit saves, in the measure of a wish further down."""
STEP = 2**64
"""Six criteria, each above the next by this."""
WHOLE = 2**20
"""All places of one mentor, in the measure of an even load."""


class Tariff:
    """The costs of one problem under one seed; tiers worse than ``worst`` are closed."""

    def __init__(self, problem: Problem, seed: str, worst: int | None) -> None:
        self.mentors = {one.mentor_id: one for one in problem.mentors if one.places}
        self._worst, self._wish = worst, problem.wish
        self._key = hashlib.blake2b(seed.encode()).digest()
        self._scores: dict[int, dict[int, int]] = {}
        for one in problem.scores:
            if one.score:
                self._scores.setdefault(one.mentee_id, {})[one.mentor_id] = one.score
        self._barred: dict[int, set[int]] = {}
        for bar in problem.bars:
            self._barred.setdefault(bar.mentee_id, set()).add(bar.mentor_id)
        easy = {one.mentee_id for one in problem.mentees if one.any_other}
        barred_from_easy = {bar.mentor_id for bar in problem.bars if bar.mentee_id in easy}
        self.exposed = barred_from_easy & self.mentors.keys()
        self._wary = {bar.mentee_id for bar in problem.bars if bar.mentor_id in self.exposed}
        self._weighed = cache(self._weigh)  # of two million ways only some hundreds differ in this

    def unplaced(self, seeker: Seeker) -> int:
        """Return the cost of leaving somebody without a mentor."""
        return (1 + seeker.priority) * STEP**5

    def ways(self, seeker: Seeker) -> dict[int, int]:
        """Return what each mentor costs to whom a mentee has a way of their own, but for the lot of the pair.

        They are wished for, scored, or set apart.
        """
        own = {mentor_id: tier for tier, liked in enumerate(seeker.tiers) for mentor_id in liked}
        scores, barred = self._scores.get(seeker.mentee_id, {}), self._barred.get(seeker.mentee_id, ())
        if seeker.any_other:
            apart = self.exposed if seeker.mentee_id in self._wary else set()
            others = (scores.keys() | apart) - own.keys()
            own.update(dict.fromkeys(others, len(seeker.tiers)))
        last = len(seeker.tiers) if self._worst is None else self._worst
        return {
            mentor_id: self._weighed(tier, scores.get(mentor_id, 0), seeker.priority)
            for mentor_id, tier in own.items()
            if tier <= last and mentor_id in self.mentors and mentor_id not in barred
        }

    def takes_any(self, seeker: Seeker) -> bool:
        """Tell whether a mentee may also be sent to any of the others."""
        return seeker.any_other and (self._worst is None or len(seeker.tiers) <= self._worst)

    def is_wary(self, seeker: Seeker) -> bool:
        """Tell whether “any of the others” leaves out those set apart, since the mentee is barred from one of them."""
        return seeker.mentee_id in self._wary

    def pair_lot(self, seeker: Seeker, mentor_id: int) -> int:
        """Return the lot of a way of the mentee's own."""
        return self._lot("pair", seeker.mentee_id, mentor_id)

    def any_other(self, seeker: Seeker) -> int:
        """Return what any of the others costs, its lot included."""
        return self._weighed(len(seeker.tiers), 0, seeker.priority) + self._lot("others", seeker.mentee_id)

    def place(self, mentor: Candidate, number: int) -> int:
        """Return the cost of the place that this round's mentee of this number takes, counted from 1."""
        filled = mentor.taken + number
        share = WHOLE * filled // (mentor.taken + mentor.places)
        return share * STEP**2 + self._lot("place", mentor.mentor_id, filled)

    def _weigh(self, tier: int, score: int, priority: int) -> int:
        cost = self._wish * tier + BEST_FIT - score
        return cost * STEP**4 + cost * priority * STEP**3

    def _lot(self, *what: object) -> int:
        drawn = int.from_bytes(hashlib.blake2b(repr(what).encode(), digest_size=8, key=self._key).digest()) // 16
        return drawn // 2**30 * STEP + drawn % 2**30
