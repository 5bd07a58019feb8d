"""What mentees propose to in deferred acceptance: a mentor's desk, and all other desks where any will do."""

from __future__ import annotations

from collections import defaultdict
from heapq import heappush, heappushpop
from typing import TYPE_CHECKING

from lti_mentoring.domain.matching.lots import BITS
from lti_mentoring.domain.matching.problem import MOST_PRIORITY, Candidate, Seeker
from lti_mentoring.domain.matching.thresholds import Thresholds

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

# How a mentor sees a mentee, as one number, the lower the better: tier, then standing (priority, lot, place in a list).
PLACE_BITS = 18
PRIORITY_AT = PLACE_BITS + BITS
TIER_AT = PRIORITY_AT + MOST_PRIORITY.bit_length()


def standing(seeker: Seeker, lot: int, place: int) -> int:
    """Return what tells mentees apart whom a mentor likes equally; ``place`` is not 0."""
    return (MOST_PRIORITY - seeker.priority << PRIORITY_AT) + (lot << PLACE_BITS) + place


def place_of(number: int) -> int:
    """Return the place that went into a standing, or into a mentor's number for somebody."""
    return number & (1 << PLACE_BITS) - 1


class Desk:
    """A mentor with the mentees held so far. Whom it turns away once, it would turn away ever after."""

    __slots__ = ("held", "last_tier", "mentor_id", "places", "tiers")

    def __init__(self, mentor: Candidate) -> None:
        self.mentor_id, self.places = mentor.mentor_id, mentor.places
        self.held: list[int] = []
        """The numbers of those held, below zero, so that the least liked is on top of the heap."""
        self.tiers = {mentee_id: tier for tier, liked in enumerate(mentor.tiers) for mentee_id in liked}
        self.last_tier = len(mentor.tiers)

    def number_of(self, mentee_id: int, standing: int) -> int:
        """Return how the mentor sees a mentee."""
        return (self.tiers.get(mentee_id, self.last_tier) << TIER_AT) + standing

    def would_hold(self, number: int) -> bool:
        """Tell whether somebody with this number would be held now."""
        return len(self.held) < self.places or number < -self.held[0]

    def hold(self, number: int) -> int:
        """Hold whom the number stands for; return the number of who must go for that, perhaps the same, or 0."""
        if len(self.held) < self.places:
            heappush(self.held, -number)
            return 0
        return -heappushpop(self.held, -number)

    @property
    def threshold(self) -> int:
        """Whoever is in no tier of this mentor would be held with a standing below this."""
        if len(self.held) < self.places:
            return 1 << TIER_AT
        return -self.held[0] - (self.last_tier << TIER_AT)


class Others:
    """All desks in a ring. A mentee for whom any will do goes once around, from a place of their own."""

    def __init__(self, ring: Sequence[Desk]) -> None:
        self._ring = ring
        self._place = {desk.mentor_id: place for place, desk in enumerate(ring)}
        self._thresholds = Thresholds([desk.threshold for desk in ring])
        self._ranking: defaultdict[int, list[Desk]] = defaultdict(list)
        for desk in ring:
            for mentee_id in desk.tiers:
                self._ranking[mentee_id].append(desk)

    def tell(self, desk: Desk) -> None:
        """Take note that somebody new is held."""
        self._thresholds.put(self._place[desk.mentor_id], desk.threshold)

    def next_for(
        self, mentee_id: int, standing: int, walk: tuple[int, int], without: Collection[int]
    ) -> tuple[int, Desk] | None:
        """Return the next desk that would hold the mentee, and how many steps of the ring are behind them then.

        ``walk``: where they began and how many steps are behind them; ``without``: mentors whom they must not get here.
        """
        found = self._next_ranking(mentee_id, standing, walk, without)
        begin, step = walk
        while (hit := self._next_hit(standing, begin, step)) is not None and (found is None or hit < found):
            desk = self._ring[(begin + hit) % len(self._ring)]
            if desk.mentor_id not in without and mentee_id not in desk.tiers:
                found = hit
                break
            step = hit + 1
        return None if found is None else (found + 1, self._ring[(begin + found) % len(self._ring)])

    def _next_hit(self, standing: int, begin: int, step: int) -> int | None:
        """Return the next step to a desk that would hold somebody whom it has in no tier."""
        size = len(self._ring)
        found = self._thresholds.next_above(standing, begin + step, size)
        if found is not None:
            return found - begin
        found = self._thresholds.next_above(standing, max(0, begin + step - size), begin)
        return None if found is None else found + size - begin

    def _next_ranking(
        self, mentee_id: int, standing: int, walk: tuple[int, int], without: Collection[int]
    ) -> int | None:
        """Return the next step to somebody who has the mentee in a tier and would hold them."""
        begin, behind = walk
        steps = (
            (self._place[desk.mentor_id] - begin) % len(self._ring)
            for desk in self._ranking.get(mentee_id, ())
            if desk.mentor_id not in without and desk.would_hold(desk.number_of(mentee_id, standing))
        )
        return min((step for step in steps if step >= behind), default=None)
