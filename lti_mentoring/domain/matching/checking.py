"""Is an answer right? Asked of the answer and the problem alone: nothing here knows how a matcher found it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random
from typing import TYPE_CHECKING

from lti_mentoring.domain.matching.snapshot import digest_of
from lti_mentoring.domain.matching.together import each, unite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lti_mentoring.domain.matching.outcome import Matcher, Matching
    from lti_mentoring.domain.matching.problem import Candidate, Problem, Seeker, Tiers


class Fault(StrEnum):
    """What makes an answer wrong, whatever the strategy."""

    OTHER_PROBLEM = "other_problem"
    UNKNOWN_MENTEE = "unknown_mentee"
    UNKNOWN_MENTOR = "unknown_mentor"
    NAMED_TWICE = "named_twice"
    """A mentee has two mentors, or one and none."""
    LEFT_OUT = "left_out"
    """A mentee is neither paired nor said to be unmatched."""
    OVER_PLACES = "over_places"
    BARRED = "barred"
    NOT_WANTED = "not_wanted"
    """The mentor is in none of the mentee's tiers, and any other would not do."""
    SPLIT = "split"
    """A mentee of a group that stays together has another mentor than the first of the group."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One fault and whom it is about; 0 where it is about none."""

    fault: Fault
    mentee_id: int = 0
    mentor_id: int = 0


def faults(problem: Problem, matching: Matching) -> list[Finding]:
    """Return everything that no answer may be, in order; none for a right one."""
    found = [] if matching.problem_digest == digest_of(problem) else [Finding(Fault.OTHER_PROBLEM)]
    return sorted(
        [*found, *_wrong_names(problem, matching), *_wrong_pairs(problem, matching), *_parted(problem, matching)]
    )


def faults_in_units(problem: Problem, matching: Matching) -> list[Finding]:
    """Return what is wrong with an answer in units: of the units, and, counted in people, of everybody in them."""
    found = faults(unite(problem), matching)
    return [*found, *faults(problem, each(problem, matching))] if problem.together else found


def blocking_pairs(problem: Problem, matching: Matching) -> list[tuple[int, int]]:
    """Return each mentee and mentor who would both rather have each other: the mentor by a free place or strictly.

    Equals are no better: this is weak stability, which alone is possible with ties.
    """
    given = {pair.mentee_id: pair.mentor_id for pair in matching.pairs}
    desks = _desks_of(problem, given)
    barred = problem.barred
    return sorted(
        (seeker.mentee_id, mentor_id)
        for seeker in problem.mentees
        for mentor_id in _liked_better(seeker, given.get(seeker.mentee_id), desks)
        if (seeker.mentee_id, mentor_id) not in barred and desks.would_rather(mentor_id, seeker.mentee_id)
    )


def envious_pairs(problem: Problem, matching: Matching) -> list[tuple[int, int]]:
    """Return each mentee and a mentor whom they like better and who got somebody with less right.

    Less right has who stands in a worse tier of the mentor's, or in the same and was passed over less often. Places
    that are free are no matter of envy; ``blocking_pairs`` has them.
    """
    given = {pair.mentee_id: pair.mentor_id for pair in matching.pairs}
    desks = _desks_of(problem, given)
    priority = {one.mentee_id: one.priority for one in problem.mentees}
    least: dict[int, tuple[int, int]] = {}
    for mentee_id, mentor_id in given.items():
        right = desks.right_of(mentor_id, mentee_id, priority[mentee_id])
        least[mentor_id] = max(right, least.get(mentor_id, right))
    barred = problem.barred
    return sorted(
        (seeker.mentee_id, mentor_id)
        for seeker in problem.mentees
        for mentor_id in _liked_better(seeker, given.get(seeker.mentee_id), desks)
        if mentor_id in least
        and (seeker.mentee_id, mentor_id) not in barred
        and desks.right_of(mentor_id, seeker.mentee_id, seeker.priority) < least[mentor_id]
    )


def holds_in_any_order(matcher: Matcher, problem: Problem, matching: Matching, draw: Random) -> bool:
    """Match again with all rows in another order, and tell whether the answer is the same."""
    return matcher.match(in_another_order(problem, draw), seed=matching.seed) == matching


def in_another_order(problem: Problem, draw: Random) -> Problem:
    """Return the same problem with its rows, and the equals of each tier, in another order."""

    def tiers(one: Tiers) -> Tiers:
        return tuple(tier if len(tier) == 1 else tuple(draw.sample(tier, len(tier))) for tier in one)

    mentees = [replace(one, tiers=tiers(one.tiers)) for one in problem.mentees]
    mentors = [replace(one, tiers=tiers(one.tiers)) for one in problem.mentors]
    return replace(
        problem,
        mentees=tuple(draw.sample(mentees, len(mentees))),
        mentors=tuple(draw.sample(mentors, len(mentors))),
        bars=tuple(draw.sample(problem.bars, len(problem.bars))),
        scores=tuple(draw.sample(problem.scores, len(problem.scores))),
    )


def _wrong_names(problem: Problem, matching: Matching) -> Iterator[Finding]:
    known = {one.mentee_id for one in problem.mentees}
    named = Counter([pair.mentee_id for pair in matching.pairs]) + Counter(matching.unmatched)
    for mentee_id, times in named.items():
        if mentee_id not in known:
            yield Finding(Fault.UNKNOWN_MENTEE, mentee_id)
        elif times > 1:
            yield Finding(Fault.NAMED_TWICE, mentee_id)
    for mentee_id in known - named.keys():
        yield Finding(Fault.LEFT_OUT, mentee_id)


def _wrong_pairs(problem: Problem, matching: Matching) -> Iterator[Finding]:
    seekers = {one.mentee_id: one for one in problem.mentees}
    places = {one.mentor_id: one.places for one in problem.mentors}
    barred, used = problem.barred, Counter(pair.mentor_id for pair in matching.pairs)
    for mentor_id, number in used.items():
        if mentor_id not in places:
            yield Finding(Fault.UNKNOWN_MENTOR, mentor_id=mentor_id)
        elif number > places[mentor_id]:
            yield Finding(Fault.OVER_PLACES, mentor_id=mentor_id)
    for pair in matching.pairs:
        seeker = seekers.get(pair.mentee_id)
        if (pair.mentee_id, pair.mentor_id) in barred:
            yield Finding(Fault.BARRED, pair.mentee_id, pair.mentor_id)
        if seeker and not seeker.any_other and all(pair.mentor_id not in tier for tier in seeker.tiers):
            yield Finding(Fault.NOT_WANTED, pair.mentee_id, pair.mentor_id)


def _parted(problem: Problem, matching: Matching) -> Iterator[Finding]:
    given = {pair.mentee_id: pair.mentor_id for pair in matching.pairs}
    for group in problem.together:
        first = given.get(group[0])
        for mentee_id in group:
            if given.get(mentee_id) != first:
                yield Finding(Fault.SPLIT, mentee_id, given.get(mentee_id, 0))


@dataclass(slots=True)
class _Desks:
    """How the mentors stand after a matching."""

    tier_of: dict[int, dict[int, int]]
    """For each mentor who has tiers, the tier of each mentee in them."""
    last_tier: dict[int, int]
    worst: dict[int, int]
    """The tier of the least liked whom a mentor got."""
    free: set[int]
    ranking: dict[int, list[int]]
    """The mentors who have a mentee in a tier."""

    def would_rather(self, mentor_id: int, mentee_id: int) -> bool:
        return mentor_id in self.free or self.tier(mentor_id, mentee_id) < self.worst.get(mentor_id, -1)

    def tier(self, mentor_id: int, mentee_id: int) -> int:
        return self.tier_of[mentor_id].get(mentee_id, self.last_tier[mentor_id])

    def right_of(self, mentor_id: int, mentee_id: int, priority: int) -> tuple[int, int]:
        return self.tier(mentor_id, mentee_id), -priority


def _desks_of(problem: Problem, given: dict[int, int]) -> _Desks:
    desks = _Desks({}, {}, {}, set(), {})
    used = Counter(given.values())
    for one in problem.mentors:
        desks.tier_of[one.mentor_id] = _ranks(one)
        desks.last_tier[one.mentor_id] = len(one.tiers)
        if used[one.mentor_id] < one.places:
            desks.free.add(one.mentor_id)
        for mentee_id in desks.tier_of[one.mentor_id]:
            desks.ranking.setdefault(mentee_id, []).append(one.mentor_id)
    for mentee_id, mentor_id in given.items():
        desks.worst[mentor_id] = max(desks.tier(mentor_id, mentee_id), desks.worst.get(mentor_id, 0))
    return desks


def _ranks(one: Candidate) -> dict[int, int]:
    return {mentee_id: tier for tier, liked in enumerate(one.tiers) for mentee_id in liked}


def _liked_better(seeker: Seeker, has: int | None, desks: _Desks) -> Iterator[int]:
    """Yield mentors whom the mentee likes strictly better than the one they have.

    Of “any of the others” only those who could want this mentee: who has them in no tier likes nobody less.
    """
    for tier in seeker.tiers:
        if has in tier:
            return
        yield from tier
    if has is None and seeker.any_other:
        listed = {mentor_id for tier in seeker.tiers for mentor_id in tier}
        yield from (desks.free.union(desks.ranking.get(seeker.mentee_id, ()))) - listed
