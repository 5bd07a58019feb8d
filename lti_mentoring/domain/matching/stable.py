"""Stable: nobody finds a mentor whom they like better and who would rather have them (deferred acceptance).

Mentees propose, down their lists; a mentor holds the best of those who came so far and sends the others on. To say the
truth is a mentee's best strategy (Dubins and Freedman 1981; Roth 1982). Equals are told apart by lot: each mentee has
one with all mentors, so that the answer follows from the seed alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lti_mentoring.domain.matching.desks import Desk, Others, place_of, standing
from lti_mentoring.domain.matching.lots import Lots
from lti_mentoring.domain.matching.outcome import Matching, answer

if TYPE_CHECKING:
    from lti_mentoring.domain.matching.problem import Problem, Seeker


class StableMatcher:
    """Mentee-proposing deferred acceptance with places, ties and “any of the others”."""

    name = "stable"
    version = "1"

    def match(self, problem: Problem, *, seed: str) -> Matching:
        """Answer with the stable matching that is best for the mentees, equals being told apart by lot."""
        return answer(problem, _Hall(problem, Lots(seed)).filled(), self, seed)


class _Hall:
    """All desks, and how far down the list each mentee is."""

    def __init__(self, problem: Problem, lots: Lots) -> None:
        self._lots = lots
        self._barred_for: dict[int, set[int]] = {}
        for bar in problem.bars:
            self._barred_for.setdefault(bar.mentee_id, set()).add(bar.mentor_id)
        self._seekers = sorted(problem.mentees, key=lambda one: one.mentee_id)
        self._desks = {one.mentor_id: Desk(one) for one in problem.mentors if one.places}
        self._standings = [
            standing(one, lots.of("mentee", one.mentee_id), place) for place, one in enumerate(self._seekers, 1)
        ]
        self._lists = [iter(self._list_of(one)) for one in self._seekers]
        self._others: Others | None = None
        if any(one.any_other for one in self._seekers):
            ring = sorted(self._desks.values(), key=lambda one: (lots.of("others", one.mentor_id), one.mentor_id))
            self._others = Others(ring)
        self._walks: dict[int, tuple[int, int]] = {}
        self._without: dict[int, set[int]] = {}

    def filled(self) -> dict[int, int]:
        """Let everybody propose until nobody has to go; the order in which they come makes no difference."""
        for first in range(len(self._seekers)):
            place = first
            while (desk := self._next_of(place)) is not None:
                gone = desk.hold(desk.number_of(self._seekers[place].mentee_id, self._standings[place]))
                if self._others is not None:
                    self._others.tell(desk)
                if not gone:
                    break
                place = place_of(gone) - 1
        return {
            self._seekers[place_of(-number) - 1].mentee_id: desk.mentor_id
            for desk in self._desks.values()
            for number in desk.held
        }

    def _list_of(self, seeker: Seeker) -> list[Desk]:
        mentor_ids: list[int] = []
        for tier in seeker.tiers:
            mentor_ids += tier if len(tier) == 1 else sorted(tier, key=lambda one: (self._drawn(seeker, one), one))
        barred = self._barred_for.get(seeker.mentee_id, ())
        return [self._desks[one] for one in mentor_ids if one in self._desks and one not in barred]

    def _drawn(self, seeker: Seeker, mentor_id: int) -> int:
        return self._lots.of("pair", seeker.mentee_id, mentor_id)

    def _next_of(self, place: int) -> Desk | None:
        desk = next(self._lists[place], None)
        if desk is None and self._others is not None and self._seekers[place].any_other:
            return self._next_other(place, self._others)
        return desk

    def _next_other(self, place: int, others: Others) -> Desk | None:
        seeker = self._seekers[place]
        if place not in self._walks:
            begin = self._lots.of("others", seeker.mentee_id) % max(1, len(self._desks))
            self._walks[place] = (begin, 0)
            listed = {one for tier in seeker.tiers for one in tier}
            self._without[place] = listed | self._barred_for.get(seeker.mentee_id, set())
        begin, _ = self._walks[place]
        found = others.next_for(seeker.mentee_id, self._standings[place], self._walks[place], self._without[place])
        if found is None:
            return None
        self._walks[place] = (begin, found[0])
        return found[1]
