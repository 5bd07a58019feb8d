"""Draw a round up: let the strategy answer, check and measure the answer, and say why for each student."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import TYPE_CHECKING, Any

from lti_mentoring.domain.matching.checking import faults_in_units, holds_in_any_order
from lti_mentoring.domain.matching.gaps import Result, gap, group_rows
from lti_mentoring.domain.matching.measuring import measure
from lti_mentoring.domain.matching.problem import BarKind, Candidate, Problem, Seeker
from lti_mentoring.domain.matching.proving import prove
from lti_mentoring.domain.matching.together import each, unit_of, unite

if TYPE_CHECKING:
    from lti_mentoring.domain.matching.outcome import Matcher, Matching


class Why(StrEnum):
    """Why a student has not got a better wish, or nobody; of several reasons the first of this list is said."""

    CONFLICT = "conflict"
    """Declared openly, or seen by anybody."""
    RANKED_HIGHER = "ranked_higher"
    """All places went to students whom the mentor ranked higher."""
    PLACES_GONE = "places_gone"
    """All places went to others: by priority or by lot."""
    NOT_SHARED = "not_shared"
    """The student stays with a group, and not everybody of it would take the mentor."""
    GROUP_WISHES = "group_wishes"
    """The wishes of the whole group together put somebody else as high or higher."""
    NO_PLACE = "no_place"
    """The mentor had no free place in this round."""
    NOT_AVAILABLE = "not_available"
    """A veto, a limit or a concern; or a mentor who is none any more. Never said which."""
    FOR_THE_WHOLE = "for_the_whole"
    """The mentor had room; all wishes together fare better so."""
    NOBODY_LEFT = "nobody_left"
    """Nobody whom the student may have has a place left."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One student's reason. ``mentor_id`` is whom it is about, 0: nobody; ``others`` had better mentors, too."""

    why: Why
    mentor_id: int = 0
    places: int = 0
    others: int = 0

    @property
    def facts(self) -> dict[str, Any]:
        """Numbers for the sentence."""
        return {"mentor": self.mentor_id, "places": self.places, "others": self.others}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A round that is ready to be kept."""

    matching: Matching
    """The answer as the strategy gave it; where groups stay together, in units."""
    people: Matching
    """The same, told of each person."""
    findings: dict[str, Any]
    whys: Mapping[int, Reason]
    full: frozenset[int]
    """Mentors with no place left in it."""


SHUFFLES = 20
SHUFFLED_IN_ALL = 20_000
"""Students shuffled in all: a round of many is shuffled less often, so that it is ready in time.

Of more than that a proof that there is no other answer stands for it, where the strategy gives one: it takes a sixth
of the time.
"""
STEPS = ("matched", "checked", "shuffled", "explained")
"""What is told of, as it is done."""


def draw_up(
    problem: Problem, matcher: Matcher, part_of: Mapping[int, str], *, seed: str, tell: Callable[[int], None]
) -> Drawn:
    """Let the strategy answer, and measure the answer; ``tell`` hears how many of STEPS are done.

    ``part_of``: which part of the course everybody is in.
    """
    units = unite(problem)
    matching = matcher.match(units, seed=seed)
    tell(1)
    people = each(problem, matching)
    findings = measured(problem, people, part_of) | {"faults": len(faults_in_units(problem, matching))}
    tell(2)
    only = len(units.mentees) > SHUFFLED_IN_ALL and not findings["faults"] and _is_only(units, matching)
    times = 0 if only else shuffles_for(len(units.mentees))
    same = sum(holds_in_any_order(matcher, units, matching, Random(turn)) for turn in range(times))  # noqa: S311  # an order, no secret
    tell(3)
    whys, full = reasons(problem, matching), full_mentors(units, matching)
    tell(4)
    return Drawn(matching, people, findings | {"shuffles": times, "same": same, "only": only}, whys, full)


def _is_only(problem: Problem, matching: Matching) -> bool:
    """Whether the answer brings a proof that no other is as good: then no order of names can lead to another."""
    if not matching.prices:
        return False
    proof = prove(problem, matching)
    return proof.holds and proof.is_only


def measured(problem: Problem, matching: Matching, part_of: Mapping[int, str]) -> dict[str, Any]:
    """Return an answer, told of each person, in numbers, as they are kept with the round."""
    found = measure(problem, matching)
    apart = gap(group_rows(problem, matching, part_of), Result.FIRST) if part_of else None
    return {
        "blocking": found.blocking,
        "envy": found.envy,
        "spread": found.spread,
        "gini": round(100 * found.gini),
        "mean": round(found.mean_wish or 0, 1),
        "parts": bool(part_of),
        "gap": None if apart is None else round(100 * apart),
    }


def shuffles_for(students: int) -> int:
    """Return how often a round of so many students is drawn up again in another order of names."""
    return max(1, min(SHUFFLES, SHUFFLED_IN_ALL // max(1, students)))


def reasons(problem: Problem, matching: Matching) -> dict[int, Reason]:
    """Return the reason of everybody who has not got one of the first wishes; ``matching`` is in units."""
    seen = _Seen(problem, matching)
    found = ((one.mentee_id, seen.reason(one)) for one in problem.mentees)
    return {mentee_id: reason for mentee_id, reason in found if reason is not None}


def full_mentors(problem: Problem, matching: Matching) -> frozenset[int]:
    """Return the mentors with no place left."""
    given = Counter(pair.mentor_id for pair in matching.pairs)
    return frozenset(one.mentor_id for one in problem.mentors if given[one.mentor_id] >= one.places)


class _Seen:
    """Who got whom, as the reasons need it. Where groups stay together, it is their units that got somebody."""

    def __init__(self, people: Problem, matching: Matching) -> None:
        problem, self._unit_of = unite(people), unit_of(people)
        groups = set(self._unit_of.values())
        self._groups = {one.mentee_id: one for one in problem.mentees if one.mentee_id in groups} if groups else {}
        self._mentors = {one.mentor_id: one for one in problem.mentors}
        self._got = {pair.mentee_id: pair.mentor_id for pair in matching.pairs}
        self._full = full_mentors(problem, matching)
        self._barred: dict[tuple[int, int], set[BarKind]] = {}
        for bar in problem.bars:
            self._barred.setdefault((bar.mentee_id, bar.mentor_id), set()).add(bar.kind)
        # How low the mentor ranked the lowest of those whom he got, and where on the list each student stands.
        self._place = {
            one.mentor_id: {mentee: place for place, tier in enumerate(one.tiers) for mentee in tier}
            for one in problem.mentors
            if one.tiers
        }
        self._lowest: dict[int, int] = {}
        for mentee_id, mentor_id in self._got.items():
            place = self._place_of(mentor_id, mentee_id)
            self._lowest[mentor_id] = max(self._lowest.get(mentor_id, 0), place)

    def reason(self, seeker: Seeker) -> Reason | None:
        unit = self._unit_of.get(seeker.mentee_id, seeker.mentee_id)
        better = list(self._better(seeker, self._got.get(unit)))
        if better:
            first = better[0]
            return Reason(self._why(unit, first), first.mentor_id, first.places, len(better) - 1)
        return None if unit in self._got else Reason(Why.NOBODY_LEFT)

    def _better(self, seeker: Seeker, got: int | None) -> Iterator[Candidate]:
        """Yield the mentors of earlier tiers than that of whom the student got; all of them, where that is nobody."""
        for tier in seeker.tiers:
            if got in tier:
                return
            yield from (self._mentors[one] for one in tier)

    def _why(self, mentee_id: int, mentor: Candidate) -> Why:
        kinds = self._barred.get((mentee_id, mentor.mentor_id), set())
        if BarKind.CONFLICT in kinds:
            return Why.CONFLICT
        if mentee_id in self._groups and (of_group := self._why_of_group(mentee_id, mentor.mentor_id)):
            return of_group
        if not mentor.places:
            return Why.NO_PLACE
        if mentor.mentor_id in self._full:
            ranked = self._place_of(mentor.mentor_id, mentee_id) > self._lowest.get(mentor.mentor_id, 0)
            return Why.RANKED_HIGHER if mentor.tiers and ranked else Why.PLACES_GONE
        return Why.NOT_AVAILABLE if kinds else Why.FOR_THE_WHOLE

    def _why_of_group(self, unit: int, mentor_id: int) -> Why | None:
        """Say what a group's own wishes have to do with it; None: nothing."""
        group, got = self._groups[unit], self._got.get(unit)
        places = {mentor: place for place, tier in enumerate(group.tiers) for mentor in tier}
        if mentor_id not in places and not group.any_other:
            return Why.NOT_SHARED
        if got is not None and places.get(mentor_id, len(group.tiers)) >= places.get(got, len(group.tiers)):
            return Why.GROUP_WISHES
        return None

    def _place_of(self, mentor_id: int, mentee_id: int) -> int:
        places = self._place.get(mentor_id, {})
        return places.get(mentee_id, len(places))
