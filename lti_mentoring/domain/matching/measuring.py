"""How fair was a round? One answer in numbers, for the audit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lti_mentoring.domain.matching.checking import blocking_pairs, envious_pairs
from lti_mentoring.domain.matching.together import as_units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lti_mentoring.domain.matching.outcome import Matching
    from lti_mentoring.domain.matching.problem import Problem


@dataclass(frozen=True, slots=True)
class Measures:
    """Counts and shares of one answer. Wishes are counted from 1; any of the others comes after the whole list."""

    mentees: int
    placed: int
    first: int
    first_three: int
    mean_wish: float | None
    worst_wish: int | None
    most: int
    fewest: int
    """Mentees of the mentors who offered places, with those they had before."""
    gini: float
    """0: all these mentors have equally many; towards 1: one has all."""
    blocking: int
    """Pairs of whom both would rather have each other; a group that is still together is one of the two."""
    envy: int
    """Pairs in which a mentee likes a mentor better who got somebody with less right to them."""
    passed_over: int
    """Mentees whom an earlier round had left without a mentor."""
    passed_over_placed: int
    """Those of them who have one now."""

    @property
    def unmatched(self) -> int:
        """Mentees without a mentor."""
        return self.mentees - self.placed

    @property
    def spread(self) -> int:
        """How many mentees more the busiest mentor has than the least busy."""
        return self.most - self.fewest


def measure(problem: Problem, matching: Matching) -> Measures:
    """Return the measures of an answer without faults, told of each person."""
    wishes = wishes_got(problem, matching)
    used = Counter(pair.mentor_id for pair in matching.pairs)
    loads = [one.taken + used[one.mentor_id] for one in problem.mentors if one.places]
    before = [one.mentee_id for one in problem.mentees if one.priority]
    units, standing = as_units(problem, matching)
    return Measures(
        mentees=len(problem.mentees),
        placed=len(wishes),
        first=sum(wish == 1 for wish in wishes.values()),
        first_three=sum(wish <= 3 for wish in wishes.values()),
        mean_wish=sum(wishes.values()) / len(wishes) if wishes else None,
        worst_wish=max(wishes.values(), default=None),
        most=max(loads, default=0),
        fewest=min(loads, default=0),
        gini=gini(loads),
        blocking=len(blocking_pairs(units, standing)),
        envy=len(envious_pairs(units, standing)),
        passed_over=len(before),
        passed_over_placed=sum(number in wishes for number in before),
    )


def wishes_got(problem: Problem, matching: Matching) -> dict[int, int]:
    """Return for each placed mentee which wish they got, counted from 1."""
    given = {pair.mentee_id: pair.mentor_id for pair in matching.pairs}
    return {
        one.mentee_id: next(
            (tier for tier, liked in enumerate(one.tiers, 1) if given[one.mentee_id] in liked), len(one.tiers) + 1
        )
        for one in problem.mentees
        if one.mentee_id in given
    }


def gini(loads: Sequence[int]) -> float:
    """Return the mean difference of two loads, measured against twice the mean."""
    whole = sum(loads)
    if not whole:
        return 0.0
    ordered = sorted(loads)
    return sum((2 * place - len(loads) - 1) * load for place, load in enumerate(ordered, 1)) / (len(loads) * whole)
