"""What everything in a round costs, as docs/adr/0019 says it; for the proof only, written apart from what matches."""

from __future__ import annotations

import hashlib
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
        self.barred = problem.barred
        self._worst, self._wish = worst, problem.wish
        self._key = hashlib.blake2b(seed.encode()).digest()
        self._scores = {(one.mentee_id, one.mentor_id): one.score for one in problem.scores if one.score}
        self._scored: dict[int, set[int]] = {}
        for mentee_id, mentor_id in self._scores:
            self._scored.setdefault(mentee_id, set()).add(mentor_id)
        easy = {one.mentee_id for one in problem.mentees if one.any_other}
        self.exposed = {mentor_id for mentee_id, mentor_id in self.barred if mentee_id in easy} & self.mentors.keys()
        self._wary = {mentee_id for mentee_id, mentor_id in self.barred if mentor_id in self.exposed}

    def unplaced(self, seeker: Seeker) -> int:
        """Return the cost of leaving somebody without a mentor."""
        return (1 + seeker.priority) * STEP**5

    def ways(self, seeker: Seeker) -> dict[int, int]:
        """Return the tier of each mentor to whom a mentee has a way of their own: wished, scored, or set apart."""
        open_ones = self.mentors.keys()
        own = {mentor_id: tier for tier, liked in enumerate(seeker.tiers) for mentor_id in liked}
        if seeker.any_other:
            apart = self.exposed if seeker.mentee_id in self._wary else set()
            others = (self._scored.get(seeker.mentee_id, set()) | apart) - own.keys()
            own.update(dict.fromkeys(others, len(seeker.tiers)))
        return {
            mentor_id: tier
            for mentor_id, tier in own.items()
            if mentor_id in open_ones and (seeker.mentee_id, mentor_id) not in self.barred and self._is_open(tier)
        }

    def takes_any(self, seeker: Seeker) -> bool:
        """Tell whether a mentee may also be sent to any of the others."""
        return seeker.any_other and self._is_open(len(seeker.tiers))

    def is_wary(self, seeker: Seeker) -> bool:
        """Tell whether “any of the others” leaves out those set apart, since the mentee is barred from one of them."""
        return seeker.mentee_id in self._wary

    def without_lot(self, seeker: Seeker, mentor_id: int, tier: int) -> int:
        """Return what a pair costs, but for its lot."""
        return self._weighed(seeker, tier, self._scores.get((seeker.mentee_id, mentor_id), 0))

    def pair_lot(self, seeker: Seeker, mentor_id: int) -> int:
        """Return the lot of a way of the mentee's own."""
        return self._lot("pair", seeker.mentee_id, mentor_id)

    def any_other(self, seeker: Seeker) -> int:
        """Return what any of the others costs, its lot included."""
        return self._weighed(seeker, len(seeker.tiers), 0) + self._lot("others", seeker.mentee_id)

    def place(self, mentor: Candidate, number: int) -> int:
        """Return the cost of the place that this round's mentee of this number takes, counted from 1."""
        filled = mentor.taken + number
        share = WHOLE * filled // (mentor.taken + mentor.places)
        return share * STEP**2 + self._lot("place", mentor.mentor_id, filled)

    def _is_open(self, tier: int) -> bool:
        return self._worst is None or tier <= self._worst

    def _weighed(self, seeker: Seeker, tier: int, score: int) -> int:
        cost = self._wish * tier + BEST_FIT - score
        return cost * STEP**4 + cost * seeker.priority * STEP**3

    def _lot(self, *what: object) -> int:
        drawn = int.from_bytes(hashlib.blake2b(repr(what).encode(), digest_size=8, key=self._key).digest()) // 16
        return drawn // 2**30 * STEP + drawn % 2**30
