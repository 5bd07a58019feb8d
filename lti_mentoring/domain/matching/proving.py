"""Is there no better answer? The proof that best fit and fairest give with theirs, gone through step by step.

The proof is a price for each mentor (linear programming's duality). If, with these prices added, every mentee has the
cheapest of all that is open to them, and each mentor's price lies between the cost of the last place in use and that
of the next, then no other matching costs less. Whether another one costs the same is seen from the moves that cost
nothing: only a ring of them leads to another matching.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lti_mentoring.domain.matching.rings import Moves
from lti_mentoring.domain.matching.room import more_could_be_placed
from lti_mentoring.domain.matching.tariff import Tariff

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from lti_mentoring.domain.matching.outcome import Matching
    from lti_mentoring.domain.matching.problem import Problem, Seeker

# Where a mentee can be, beside with a mentor on a way of their own.
NOWHERE, ANY, ANY_NOT_APART = "nowhere", "any", "any but those set apart"


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of going through a proof."""

    gaps: tuple[tuple[int, int], ...]
    """Each (mentee, mentor) at which the proof fails; 0 for a mentor's own price."""
    is_only: bool
    """Whether every other matching costs more, but for mentees who would take any and change places."""
    limit_holds: bool
    """Whether the limit for the worst tier costs nobody a place, and the next lower one would."""

    @property
    def holds(self) -> bool:
        """Whether no matching is better."""
        return not self.gaps and self.limit_holds


def prove(problem: Problem, matching: Matching) -> Proof:
    """Go through the proof of an answer without faults."""
    book = _Book(problem, matching)
    gaps = [*book.wrong_prices(), *(gap for seeker in problem.mentees for gap in book.better_for(seeker))]
    book.share_moves()
    return Proof(tuple(sorted(gaps)), book.moves.lead_nowhere, _limit_holds(problem, matching))


def _cheapest_of_any(tariff: Tariff, prices: dict[int, int]) -> dict[str, int | None]:
    """Return the lowest price of all mentors, and of those who are not set apart."""
    inner = min((price for mentor_id, price in prices.items() if mentor_id not in tariff.exposed), default=None)
    return {ANY: min(prices.values(), default=None), ANY_NOT_APART: inner}


def _way_to_any(tariff: Tariff, seeker: Seeker) -> str:
    return ANY_NOT_APART if tariff.is_wary(seeker) else ANY


def _limit_holds(problem: Problem, matching: Matching) -> bool:
    """Tell whether no place is lost by the limit, and more would be lost under the next lower one.

    The first is seen from chains of moves (``room``). For the second: whatever the prices, not below zero, each mentee
    costs the cheapest that is open to them, a mentor or to be left out, less what the mentors' places are worth at
    these prices. No matching leaves out less than that.
    """
    if matching.worst is None:
        return True
    if more_could_be_placed(problem, matching):
        return False
    if not matching.worst:
        return True
    tariff = Tariff(problem, matching.seed, matching.worst - 1)
    prices = {one.mentor_id: max(0, one.price) for one in matching.limit_prices}
    prices = {mentor_id: prices.get(mentor_id, 0) for mentor_id in tariff.mentors}
    cheapest = _cheapest_of_any(tariff, prices)
    least = -sum(price * tariff.mentors[mentor_id].places for mentor_id, price in prices.items())
    for seeker in problem.mentees:
        open_ones: list[int | None] = [prices[mentor_id] for mentor_id in tariff.ways(seeker)]
        if tariff.takes_any(seeker):
            open_ones.append(cheapest[_way_to_any(tariff, seeker)])
        least += min([1 + seeker.priority, *(price for price in open_ones if price is not None)])
    left_out = set(matching.unmatched)
    return least > sum(1 + one.priority for one in problem.mentees if one.mentee_id in left_out)


class _Book:
    """Prices and costs beside what everybody was given."""

    def __init__(self, problem: Problem, matching: Matching) -> None:
        self._tariff = Tariff(problem, matching.seed, matching.worst)
        self._given = {pair.mentee_id: pair.mentor_id for pair in matching.pairs}
        self._prices = {one.mentor_id: one.price for one in matching.prices if one.mentor_id in self._tariff.mentors}
        self._used = Counter(self._given.values())
        self._cheapest = _cheapest_of_any(self._tariff, self._prices)
        self._sent: Counter[tuple[str, int]] = Counter()
        """How many came to each mentor as to any other, and from which of the two ways."""
        self.moves = Moves()

    def wrong_prices(self) -> Iterator[tuple[int, int]]:
        """Yield mentors without a price, or with one that their places do not bear."""
        for mentor_id, mentor in self._tariff.mentors.items():
            price, used = self._prices.get(mentor_id), self._used[mentor_id]
            if price is None:
                yield 0, mentor_id
                continue
            last = self._tariff.place(mentor, used) if used else None
            following = self._tariff.place(mentor, used + 1) if used < mentor.places else None
            if (last is not None and price < last) or (following is not None and price > following):
                yield 0, mentor_id
            if price == last:
                self.moves.one_way(NOWHERE, mentor_id)
            if price == following:
                self.moves.one_way(mentor_id, NOWHERE)

    def better_for(self, seeker: Seeker) -> Iterator[tuple[int, int]]:
        """Yield whatever would be cheaper for a mentee than what they have, at these prices."""
        ways, mentee_id = self._tariff.ways(seeker), seeker.mentee_id
        at, pays = self._has(seeker, ways)
        for to, mentor_id, cost in self._choices(seeker, ways, pays):
            if cost < pays:
                yield mentee_id, mentor_id
            elif cost == pays and to != at:
                self.moves.one_way(at, to)

    def share_moves(self) -> None:
        """Note how those who would take any could be spread otherwise."""
        apart = self._tariff.exposed
        crossing = any(way == ANY and mentor_id not in apart for way, mentor_id in self._sent)
        if crossing:
            self.moves.both_ways(ANY, ANY_NOT_APART)
        elif self._cheapest[ANY] == self._cheapest[ANY_NOT_APART]:
            self.moves.one_way(ANY, ANY_NOT_APART)
        for mentor_id, price in self._prices.items():
            way = ANY if mentor_id in apart else ANY_NOT_APART
            if self._sent[ANY, mentor_id] or self._sent[ANY_NOT_APART, mentor_id]:
                self.moves.both_ways(way, mentor_id)
            elif price == self._cheapest[way]:
                self.moves.one_way(way, mentor_id)

    def _has(self, seeker: Seeker, ways: dict[int, int]) -> tuple[Hashable, int]:
        """Return where a mentee is, and what that costs with the mentor's price."""
        mentor_id = self._given.get(seeker.mentee_id)
        if mentor_id is None:
            return NOWHERE, self._tariff.unplaced(seeker)
        price = self._prices.get(mentor_id, 0)
        if mentor_id in ways:
            return mentor_id, ways[mentor_id] + self._tariff.pair_lot(seeker, mentor_id) + price
        way = _way_to_any(self._tariff, seeker)
        self._sent[way, mentor_id] += 1
        return way, self._tariff.any_other(seeker) + price

    def _choices(self, seeker: Seeker, ways: dict[int, int], pays: int) -> Iterator[tuple[Hashable, int, int]]:
        """Yield where a mentee could be, by which mentor, and what that would cost; the far dearer are left out."""
        yield NOWHERE, 0, self._tariff.unplaced(seeker)
        way = _way_to_any(self._tariff, seeker)
        cheapest = self._cheapest[way]
        if self._tariff.takes_any(seeker) and cheapest is not None:
            yield way, 0, self._tariff.any_other(seeker) + cheapest
        prices = self._prices
        for mentor_id, without_lot in ways.items():
            cost = without_lot + prices.get(mentor_id, 0)
            if cost <= pays:  # a lot is never below zero, and drawing one for each pair would take seconds
                yield mentor_id, mentor_id, cost + self._tariff.pair_lot(seeker, mentor_id)
