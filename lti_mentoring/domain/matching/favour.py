"""Does a mentor keep getting mentees of one group? Of one round or of several, beside what the wishes let expect."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from math import exp, lgamma, log
from typing import TYPE_CHECKING

from lti_mentoring.domain.matching.gaps import FEWEST
from lti_mentoring.domain.matching.together import as_units, parts_as_they_stand

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lti_mentoring.domain.matching.outcome import Matching
    from lti_mentoring.domain.matching.problem import Problem

RARE = 0.01
"""How improbable what is shown must be by chance, all that was looked at taken together."""


@dataclass(frozen=True, slots=True)
class Favour:
    """A mentor and a group of whom they got more than those who could have come let expect."""

    mentor_id: int
    group: str
    got: int
    of: int
    """All mentees whom the mentor got."""
    expected: float
    chance: float
    """How probable that many or more would be."""


def favours(rounds: Iterable[tuple[Problem, Matching]], group_of: Mapping[int, str]) -> tuple[Favour, ...]:
    """Return what is too rare for chance, the rarest first; groups of fewer than FEWEST at a mentor are not told.

    Expected is the group's share among those who could have had the mentor, by score where the round has scores.
    Who stays together is counted once, and only where all are of one part: one draw of the lots brought them all.
    """
    got: Counter[tuple[int, str]] = Counter()
    whole: Counter[int] = Counter()
    expected: defaultdict[tuple[int, str], float] = defaultdict(float)
    for people, standing in rounds:
        problem, matching = as_units(people, standing)
        whose = _parts_of_units(people, standing, group_of)
        used = Counter(pair.mentor_id for pair in matching.pairs)
        whole.update(used)
        got.update((pair.mentor_id, whose.get(pair.mentee_id, "")) for pair in matching.pairs)
        for mentor_id, weights in _who_could(problem, used, whose).items():
            # Where nobody could have come, whoever did came by hand: nothing is to be expected.
            for group, weight in weights.items() if weights.total() else ():
                expected[mentor_id, group] += used[mentor_id] * weight / weights.total()
    looked_at = [cell for cell in got if got[cell] >= FEWEST and cell[1]]
    found = [
        Favour(mentor_id, group, number, of, share, at_least(number, of, share / of))
        for mentor_id, group in looked_at
        for number, of, share in [(got[mentor_id, group], whole[mentor_id], expected[mentor_id, group])]
    ]
    rare = [one for one in found if one.chance * len(looked_at) < RARE]
    return tuple(sorted(rare, key=lambda one: (one.chance, one.mentor_id, one.group)))


def at_least(number: int, of: int, share: float) -> float:
    """Return the probability of ``number`` or more successes in ``of`` draws (binomial)."""
    if share >= 1:
        return 1.0
    if share <= 0:
        return 0.0 if number else 1.0
    return min(1.0, sum(exp(_log_chance(one, of, share)) for one in range(number, of + 1)))


def _log_chance(number: int, of: int, share: float) -> float:
    ways = lgamma(of + 1) - lgamma(number + 1) - lgamma(of - number + 1)
    return ways + number * log(share) + (of - number) * log(1 - share)


def _parts_of_units(people: Problem, standing: Matching, group_of: Mapping[int, str]) -> Mapping[int, str]:
    """Return the part of each unit; of one whose people are of several parts it is said of none."""
    parts = parts_as_they_stand(people, standing)
    of_units = {min(part): {group_of.get(one, "") for one in part} for part in parts}
    return {**group_of, **{unit: found.pop() if len(found) == 1 else "" for unit, found in of_units.items()}}


def _who_could(problem: Problem, mentors: Iterable[int], group_of: Mapping[int, str]) -> dict[int, Counter[str]]:
    """Return for each of these mentors how much each group weighs among those who could have had them."""
    seekers = {one.mentee_id: one for one in problem.mentees}
    easy = Counter(group_of.get(one.mentee_id, "") for one in problem.mentees if one.any_other)
    weights = {mentor_id: Counter(easy) for mentor_id in mentors}
    barred = problem.barred
    for mentee_id, mentor_id in barred:
        if mentor_id in weights and seekers[mentee_id].any_other:
            weights[mentor_id][group_of.get(mentee_id, "")] -= 1
    wished = {
        (one.mentee_id, mentor_id)
        for one in problem.mentees
        if not one.any_other
        for tier in one.tiers
        for mentor_id in tier
        if mentor_id in weights
    } - barred
    for mentee_id, mentor_id in wished:
        weights[mentor_id][group_of.get(mentee_id, "")] += 1
    for one in problem.scores:
        pair = (one.mentee_id, one.mentor_id)
        if one.mentor_id in weights and (pair in wished or (seekers[one.mentee_id].any_other and pair not in barred)):
            weights[one.mentor_id][group_of.get(one.mentee_id, "")] += one.score
    return weights
