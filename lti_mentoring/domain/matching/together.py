"""Groups that stay together: a round's people as units, of which a strategy matches one like any mentee.

With units of several sizes that take so many places each, even whether a stable matching exists is NP-complete
(McDermid and Manlove 2010). So every unit takes one place for a group, and a mentor has as many of these as the largest
group of the round fits into the free places. The number of a unit is the smallest of its people's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from lti_mentoring.domain.matching.problem import Bar, Candidate, Groups, Problem, Score, Seeker, Tiers
from lti_mentoring.domain.matching.snapshot import digest_of

if TYPE_CHECKING:
    from lti_mentoring.domain.matching.outcome import Matching

NOTED = "units"


def size_of(problem: Problem) -> int:
    """Return how many places of a mentor one unit takes: as many people as the largest group has."""
    return max(map(len, problem.together), default=1)


def unit_of(problem: Problem) -> dict[int, int]:
    """Return the unit of everybody who is in a group; whoever is missing is a unit alone."""
    return _units_of(problem.together)


def unite(problem: Problem) -> Problem:
    """Return a round of people as one of units; where nobody stays together it is the same round.

    Taken once, it is noted with the problem, which never changes.
    """
    if not problem.together:
        return problem
    noted = vars(problem)
    if NOTED not in noted:
        noted[NOTED] = _united(problem, problem.together)
    units: Problem = noted[NOTED]
    return units


def each(problem: Problem, matching: Matching) -> Matching:
    """Tell an answer in units of each person. What proves it stays with the units."""
    if not problem.together:
        return matching
    people = {min(group): group for group in problem.together}
    pairs = (
        replace(pair, mentee_id=person)
        for pair in matching.pairs
        for person in people.get(pair.mentee_id, (pair.mentee_id,))
    )
    return replace(
        matching,
        pairs=tuple(sorted(pairs)),
        unmatched=tuple(sorted(one for unit in matching.unmatched for one in people.get(unit, (unit,)))),
        problem_digest=digest_of(problem),
        worst=None,
        prices=(),
        limit_prices=(),
    )


def as_units(problem: Problem, matching: Matching) -> tuple[Problem, Matching]:
    """Return people and whom they have as units again. Who was parted from a group by hand is a unit alone."""
    if not problem.together:
        return problem, matching
    units = _united(problem, parts_as_they_stand(problem, matching))
    known = {one.mentee_id for one in units.mentees}
    return units, replace(
        matching,
        pairs=tuple(pair for pair in matching.pairs if pair.mentee_id in known),
        unmatched=tuple(one for one in matching.unmatched if one in known),
        problem_digest=digest_of(units),
    )


def parts_as_they_stand(problem: Problem, matching: Matching) -> Groups:
    """Return who of each group has the same mentor, as one part each."""
    got = {pair.mentee_id: pair.mentor_id for pair in matching.pairs}
    return tuple(part for group in problem.together for part in _parts(group, got))


def _parts(group: Sequence[int], got: Mapping[int, int]) -> Iterable[tuple[int, ...]]:
    """Yield who of a group has the same mentor."""
    parts: defaultdict[int | None, list[int]] = defaultdict(list)
    for one in group:
        parts[got.get(one)].append(one)
    return map(tuple, parts.values())


def _units_of(parts: Groups) -> dict[int, int]:
    return {one: min(part) for part in parts for one in part}


def _united(problem: Problem, parts: Groups) -> Problem:
    size, units = size_of(problem), _units_of(parts)
    seekers = {one.mentee_id: one for one in problem.mentees}
    together = [_unit([seekers[one] for one in part]) for part in parts]
    mentors = (
        replace(
            one,
            places=one.places // size,
            taken=-(-one.taken // size),  # rounded up: whoever has somebody has part of a place in use
            tiers=_ranked(one, parts, units),
        )
        for one in problem.mentors
    )
    return Problem(
        mentees=(*(one for one in problem.mentees if one.mentee_id not in units), *together),
        mentors=tuple(mentors),
        bars=tuple(
            sorted({Bar(units.get(one.mentee_id, one.mentee_id), one.mentor_id, one.kind) for one in problem.bars})
        ),
        scores=tuple(_scores(problem, parts, units)),
        role=problem.role,
        wish=problem.wish,
    )


def _unit(members: Sequence[Seeker]) -> Seeker:
    """Return a group as one mentee: whom all would take, in the order of the wishes' places added up.

    A mentor who is not on the list of somebody who takes any other counts as coming after it; who gave no list likes
    all equally. The one whom earlier rounds passed over most often speaks for all.
    """
    strict = [one for one in members if not one.any_other]
    ranks = [{mentor: place for place, tier in enumerate(one.tiers) for mentor in tier} for one in members]
    wished = {mentor for rank in ranks for mentor in rank}
    fine = [mentor for mentor in wished if all(any(mentor in tier for tier in one.tiers) for one in strict)]
    by_sum: defaultdict[int, list[int]] = defaultdict(list)
    for mentor in sorted(fine):
        total = sum(rank.get(mentor, len(one.tiers)) for rank, one in zip(ranks, members, strict=True))
        by_sum[total].append(mentor)
    return Seeker(
        mentee_id=min(one.mentee_id for one in members),
        tiers=tuple(tuple(by_sum[total]) for total in sorted(by_sum)),
        any_other=not strict,
        priority=max(one.priority for one in members),
    )


def _ranked(mentor: Candidate, parts: Groups, units: Mapping[int, int]) -> Tiers:
    """Return a mentor's order of units: by the mean of their people's places; whom the mentor left out comes last."""
    if not mentor.tiers:
        return ()
    places = {one: Fraction(place) for place, tier in enumerate(mentor.tiers) for one in tier}
    last = len(mentor.tiers)
    means = {one: place for one, place in places.items() if one not in units}
    for part in parts:
        if any(one in places for one in part):
            means[min(part)] = sum((places.get(one, Fraction(last)) for one in part), Fraction()) / len(part)
    by_mean: defaultdict[Fraction, list[int]] = defaultdict(list)
    for unit in sorted(means):
        by_mean[means[unit]].append(unit)
    return tuple(tuple(by_mean[mean]) for mean in sorted(by_mean))


def _scores(problem: Problem, parts: Groups, units: Mapping[int, int]) -> Iterable[Score]:
    """Return how well units fit: the mean of their people, rounded down; who has no score has 0."""
    people = {min(part): len(part) for part in parts}
    sums: defaultdict[tuple[int, int], int] = defaultdict(int)
    for one in problem.scores:
        sums[units.get(one.mentee_id, one.mentee_id), one.mentor_id] += one.score
    return (Score(*pair, total // people.get(pair[0], 1)) for pair, total in sorted(sums.items()))
