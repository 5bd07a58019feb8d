"""A round as a network: each mentee sends one unit to a mentor's places, or past all of them to “unmatched”.

“Any of the others” is no arc to each of 10,000 mentors but one to a hub, from which all places can be reached. Mentors
with whom one of these mentees must not be paired stand before a second hub: who is barred from none of them comes
through the outer hub to everybody, who is barred from one goes to the inner hub and to the rest of them by arcs of
their own.

An arc of a mentee's own to one of the others stands only where a score makes it cheaper than the hub's. So no cheapest
flow leads a mentee through a hub to somebody on the own list, whichever of the units that meet in the hub is taken for
whose.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import compress
from typing import TYPE_CHECKING

from lti_mentoring.domain.matching.costs import pair_cost
from lti_mentoring.domain.matching.lots import HALF, Lots
from lti_mentoring.domain.matching.network import Criterion, Network
from lti_mentoring.domain.matching.problem import Flaw, Problem, ProblemUnsound

if TYPE_CHECKING:
    from lti_mentoring.domain.matching.problem import Seeker

SHARE = 1 << 20
"""A mentor's places, all of them, in the measure of an even load."""
MOST_WAYS = 20_000_000
"""Arcs for mentees who would take any of the others but are barred from some: each to all who are barred from anybody.
More would not fit into a worker's memory; ``stable`` needs none of them."""


@dataclass(slots=True)
class _Arcs:
    tails: list[int] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)
    capacities: list[int] = field(default_factory=list)
    costs: list[int] = field(default_factory=list)
    tiers: list[int] = field(default_factory=list)

    def add(self, tail: int, head: int, cost: int = 0, tier: int = 0, capacity: int = 1) -> None:
        self.add_all(tail, [head], [cost], [tier], capacity)

    def add_all(
        self, tail: int, heads: Sequence[int], costs: Sequence[int], tiers: Sequence[int], capacity: int = 1
    ) -> None:
        """Add all arcs of one tail: two million calls for one arc each take three times as long."""
        self.tails += [tail] * len(heads)
        self.heads += heads
        self.capacities += [capacity] * len(heads)
        self.costs += costs
        self.tiers += tiers


class Market:
    """One problem's network, and the criteria by which its flows are judged."""

    def __init__(self, problem: Problem, seed: str) -> None:
        self._lots, self._cost = Lots(seed), cache(partial(pair_cost, wish=problem.wish))
        self._mentees = sorted(problem.mentees, key=lambda one: one.mentee_id)
        self._mentors = sorted((one for one in problem.mentors if one.places), key=lambda one: one.mentor_id)
        self._barred: dict[int, set[int]] = {}
        for bar in problem.bars:
            self._barred.setdefault(bar.mentee_id, set()).add(bar.mentor_id)
        self._scores: dict[int, dict[int, int]] = {}
        for one in problem.scores:
            self._scores.setdefault(one.mentee_id, {})[one.mentor_id] = one.score
        first = len(self._mentees)
        self._node_of = {one.mentor_id: first + place for place, one in enumerate(self._mentors)}
        self._outer, self._inner, self._sink = (first + len(self._mentors) + more for more in range(3))
        anybody = {one.mentee_id for one in self._mentees if one.any_other}
        self._exposed = sorted(
            {bar.mentor_id for bar in problem.bars if bar.mentee_id in anybody} & self._node_of.keys()
        )
        self._wary = {bar.mentee_id for bar in problem.bars if bar.mentor_id in self._node_of} & anybody
        if len(self._wary) * len(self._exposed) > MOST_WAYS:
            raise ProblemUnsound(Flaw.TOO_LARGE)
        self._arcs, self._easy = _Arcs(), len(anybody)
        self._lay_arcs()
        supplies = [1] * first + [0] * (len(self._mentors) + 2) + [-first]
        self.network = Network(supplies, self._arcs.tails, self._arcs.heads, self._arcs.capacities)

    def _lay_arcs(self) -> None:
        for node, seeker in enumerate(self._mentees):
            self._lay_wishes(node, seeker)
        wanted = Counter(self._arcs.heads)
        self._without_from = len(self._arcs.tails)
        for node in range(len(self._mentees)):
            self._arcs.add(node, self._sink)
        self._hubs_from = len(self._arcs.tails)
        everybody = len(self._mentees)
        self._arcs.add(self._outer, self._inner, capacity=everybody)
        exposed = set(self._exposed)
        for mentor_id, node in self._node_of.items():
            self._arcs.add(self._outer if mentor_id in exposed else self._inner, node, capacity=everybody)
        self._places_from = len(self._arcs.tails)
        self._fillings: list[int] = []
        # No more places than mentees could take, and the next: by its cost the price of a mentor is known.
        for mentor in self._mentors:
            node = self._node_of[mentor.mentor_id]
            for place in range(min(mentor.places, wanted[node] + self._easy + 1)):
                self._arcs.add(node, self._sink)
                self._fillings.append(mentor.taken + place + 1)

    def _lay_wishes(self, node: int, seeker: Seeker) -> None:
        mentee_id, last = seeker.mentee_id, len(seeker.tiers)
        ways = [(tier, mentor_id) for tier, liked in enumerate(seeker.tiers) for mentor_id in liked]
        if seeker.any_other:
            listed, is_wary = {mentor_id for _, mentor_id in ways}, mentee_id in self._wary
            own = {one for one, score in self._scores.get(mentee_id, {}).items() if score}
            own |= set(self._exposed) if is_wary else set()
            ways += [(last, mentor_id) for mentor_id in sorted(own - listed)]
            self._arcs.add(node, self._inner if is_wary else self._outer, self._cost(last, 0), last)
        self._lay_ways(node, mentee_id, ways)

    def _lay_ways(self, node: int, mentee_id: int, ways: Sequence[tuple[int, int]]) -> None:
        """Lay an arc for each (tier, mentor) of a mentee's own that is open."""
        barred, scores, node_of = self._barred.get(mentee_id, ()), self._scores.get(mentee_id, {}), self._node_of
        ways = [way for way in ways if way[1] in node_of and way[1] not in barred]
        self._arcs.add_all(
            node,
            [node_of[mentor_id] for _, mentor_id in ways],
            [self._cost(tier, scores.get(mentor_id, 0)) for tier, mentor_id in ways],
            [tier for tier, _ in ways],
        )

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """What a flow is judged by, in turn; the lots come last and leave one flow only."""
        return (self.unplaced, self.cost, self.cost_to_passed_over, self.load, self.lot, self.second_lot)

    def cost(self, arcs: Sequence[int]) -> list[int]:
        """Meet the wishes, and let all fit, as well as can be."""
        return list(map(self._arcs.costs.__getitem__, arcs))

    def unplaced(self, arcs: Sequence[int]) -> list[int]:
        """Place as many as possible, and of two who cannot both have a mentor the one passed over more often.

        The sets of mentees who can have one are a matroid, so the weightiest of them is the largest, too.
        """
        begin, end, tails = self._without_from, self._hubs_from, self._arcs.tails
        return [1 + self._mentees[tails[arc]].priority if begin <= arc < end else 0 for arc in arcs]

    def cost_to_passed_over(self, arcs: Sequence[int]) -> list[int]:
        """Prefer what costs those who were passed over before less."""
        return [
            self._arcs.costs[arc] * self._mentees[self._arcs.tails[arc]].priority if arc < self._without_from else 0
            for arc in arcs
        ]

    def load(self, arcs: Sequence[int]) -> list[int]:
        """Make the next place the dearer, the fuller the mentor would be."""
        return [self._share(arc) if arc >= self._places_from else 0 for arc in arcs]

    def lot(self, arcs: Sequence[int]) -> list[int]:
        """Draw a lot for each pair, each way to a hub and each place, by the numbers of the people alone."""
        return [self._drawn(arc) >> HALF for arc in arcs]

    def second_lot(self, arcs: Sequence[int]) -> list[int]:
        """Take the other half of the lots, for the case that the first leaves two answers."""
        return [self._drawn(arc) & (1 << HALF) - 1 for arc in arcs]

    def _share(self, arc: int) -> int:
        mentor = self._mentors[self._arcs.tails[arc] - len(self._mentees)]
        return SHARE * self._fillings[arc - self._places_from] // (mentor.taken + mentor.places)

    def _drawn(self, arc: int) -> int:
        tail, head = self._arcs.tails[arc], self._arcs.heads[arc]
        if arc >= self._places_from:
            mentor = self._mentors[tail - len(self._mentees)]
            return self._lots.of("place", mentor.mentor_id, self._fillings[arc - self._places_from])
        if arc >= self._without_from:
            return 0
        mentee_id, hub = self._mentees[tail].mentee_id, head - len(self._mentees) - len(self._mentors)
        if hub >= 0:
            return self._lots.of("others", mentee_id)
        return self._lots.of("pair", mentee_id, self._mentors[head - len(self._mentees)].mentor_id)

    def within(self, worst: int) -> list[int]:
        """Return the arcs that remain when no mentee may get less than the tier ``worst``."""
        return [arc for arc, tier in enumerate(self._arcs.tiers) if tier <= worst]

    def worst_of(self, flows: Sequence[int]) -> int:
        """Return the worst tier that anybody gets; 0 where nobody gets any."""
        return max(compress(self._arcs.tiers, flows), default=0)

    def prices_of_mentors(self, prices: Sequence[int]) -> dict[int, int]:
        """Return the prices of the mentors, counted from that of the sink."""
        return {one.mentor_id: prices[self._node_of[one.mentor_id]] - prices[self._sink] for one in self._mentors}

    def pairs_of(self, flows: Sequence[int]) -> dict[int, int]:
        """Return the mentor of each mentee who has one by this flow."""
        pairs: dict[int, int] = {}
        through: dict[int, list[int]] = {self._outer: [], self._inner: []}
        places: dict[int, list[int]] = {self._outer: [], self._inner: []}
        first = len(self._mentees)
        for arc in compress(range(self._places_from), flows):
            tail, head = self._arcs.tails[arc], self._arcs.heads[arc]
            if head == self._sink:
                continue
            if head in through and tail < first:
                through[head].append(self._mentees[tail].mentee_id)
            elif head not in through:
                mentor_id = self._mentors[head - first].mentor_id
                if tail < first:
                    pairs[self._mentees[tail].mentee_id] = mentor_id
                else:
                    places[tail] += [mentor_id] * flows[arc]
        return pairs | self._shared_out(through, places)

    def _shared_out(self, through: dict[int, list[int]], places: dict[int, list[int]]) -> dict[int, int]:
        """Give those who came through a hub its places, both in the order of their lots; all ways cost the same."""

        def drawn(number: int) -> int:
            return self._lots.of("others", number)

        outside = sorted(through[self._outer], key=drawn)
        exposed = sorted(places[self._outer], key=drawn)
        inside = sorted(through[self._inner] + outside[len(exposed) :], key=drawn)
        return dict(zip(outside, exposed, strict=False)) | dict(
            zip(inside, sorted(places[self._inner], key=drawn), strict=True)
        )
