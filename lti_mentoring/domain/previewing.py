"""What a strategy would give, before anything is drawn up: of everybody, or, where these are many, of a fair sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lti_mentoring.domain.matching.lots import Lots
from lti_mentoring.domain.matching.together import size_of
from lti_mentoring.domain.rounds import TOP, wish_of

if TYPE_CHECKING:
    from lti_mentoring.domain.matching.outcome import Matching
    from lti_mentoring.domain.matching.problem import Candidate, Groups, Problem

MOST = 1_000
"""Students that a preview looks at: it answers while somebody waits."""
THOUSAND = 1_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many would get what. ``worst``: the latest wish that anybody would get, 0 for none.

    ``fit``: how well the pairs would fit in the mean, 0 to 100; None where nothing was weighed, or nobody is placed.
    """

    first: int
    top: int
    later: int
    elsewhere: int
    nobody: int
    worst: int
    fit: int | None = None


def preview(problem: Problem, matching: Matching) -> Outcome:
    """Count who got which wish, and how well the pairs fit."""
    tiers = {one.mentee_id: one.tiers for one in problem.mentees}
    got = Counter(wish_of(tiers[pair.mentee_id], pair.mentor_id) or 0 for pair in matching.pairs)
    top = sum(got[place] for place in range(1, TOP + 1))
    placed = sum(got.values())
    return Outcome(
        got[1], top, placed - top - got[0], got[0], len(matching.unmatched), max(got, default=0),
        _mean_fit(problem, matching),
    )  # fmt: skip


def _mean_fit(problem: Problem, matching: Matching) -> int | None:
    if not problem.scores or not matching.pairs:
        return None
    given = {(pair.mentee_id, pair.mentor_id) for pair in matching.pairs}
    return round(sum(one.score for one in problem.scores if (one.mentee_id, one.mentor_id) in given) / len(given))


def sample(people: Collection[int], most: int = MOST, groups: Groups = ()) -> frozenset[int]:
    """Return everybody, or ``most`` of them drawn by lot; always the same ones of the same people.

    Who stays together is drawn together; then it may be fewer than ``most``.
    """
    if len(people) <= most:
        return frozenset(people)
    lots, whole = Lots("sample"), {min(group): group for group in groups}
    others = {one for group in groups for one in group}.difference(whole)
    units = most // max(map(len, groups), default=1)
    drawn = sorted((one for one in people if one not in others), key=lots.of)[: max(1, units)]
    return frozenset(one for unit in drawn for one in whole.get(unit, (unit,)))


def scaled(problem: Problem, share: float) -> Problem:
    """Give every mentor that share of the places; what is left of one is a place by lot, so that the sum stays fair.

    Where groups stay together it is places for a whole group that are shared out.
    """
    lots, size = Lots("places"), size_of(problem)
    return replace(
        problem, mentors=tuple(replace(one, places=size * _share_of(one, size, share, lots)) for one in problem.mentors)
    )


def _share_of(mentor: Candidate, size: int, share: float, lots: Lots) -> int:
    whole, rest = divmod(mentor.places // size * share, 1)
    return int(whole) + (lots.of(mentor.mentor_id) % THOUSAND < rest * THOUSAND)
