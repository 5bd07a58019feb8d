"""Did mentors of a round who offer little fare better than those who offer more? In two halves, and of nobody by name.

Whom a mentor would like, nobody else reads, and scores hold what students look for: of both it is only said which half
has more, and only where no number behind it is under FEWEST. A number could be told apart again, from the two ways to
halve the same mentors or from one day to the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from lti_mentoring.domain.matching.gaps import FAR, FEWEST

if TYPE_CHECKING:
    from lti_mentoring.domain.matching.outcome import Matching
    from lti_mentoring.domain.matching.problem import Candidate, Problem


class Offer(StrEnum):
    """What mentors offer little or more of."""

    HOURS = "hours"
    """Of a week, as the profile says."""
    PLACES = "places"
    """In all, with those that had a student before."""


class Lead(StrEnum):
    """Which half has more of something, by FAR hundredths at least."""

    LITTLE = "little"
    """Those who offer little."""
    NOBODY = "nobody"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class Halves:
    """Those who offer ``limit`` at most, beside those who offer more; of each half its ``mentors``.

    ``filled``: how many of a hundred places of the round got a student. ``wished``: whose students were more often
    among the mentors' own wishes. ``fit``: whose students fit better. None: it cannot be said.
    """

    offer: Offer
    limit: int
    mentors: tuple[int, int]
    filled: tuple[int, int]
    wished: Lead | None
    fit: Lead | None

    @property
    def fuller(self) -> Lead:
        """Whose places were filled more often."""
        return _lead(*self.filled)


def compare_offers(problem: Problem, matching: Matching, hours: Mapping[int, int]) -> tuple[Halves, ...]:
    """Return both comparisons, as far as there are mentors enough; ``hours`` lacks whoever says none."""
    with_room = [one for one in problem.mentors if one.places]
    offers = {
        Offer.HOURS: {one.mentor_id: hours[one.mentor_id] for one in with_room if one.mentor_id in hours},
        Offer.PLACES: {one.mentor_id: one.places + one.taken for one in with_room},
    }
    tally = _Tally(problem, matching)
    return tuple(
        Halves(offer, limit, (len(little), len(more)), *tally.beside(little, more))
        for offer, offered in offers.items()
        for limit in _limit(sorted(offered.values()))
        for little in [{number for number, much in offered.items() if much <= limit}]
        for more in [offered.keys() - little]
        if min(len(little), len(more)) >= FEWEST
    )


def _limit(offered: list[int]) -> Iterator[int]:
    """Yield what the one in the middle offers; where nobody offers more than that, the most that is less."""
    if offered and offered[0] < offered[-1]:
        middle = offered[(len(offered) - 1) // 2]
        yield middle if middle < offered[-1] else max(one for one in offered if one < middle)


def _lead(little: float, more: float) -> Lead:
    if abs(little - more) < FAR:
        return Lead.NOBODY
    return Lead.LITTLE if little > more else Lead.MORE


class _Tally:
    """What each mentor of a round got."""

    def __init__(self, problem: Problem, matching: Matching) -> None:
        self._mentors: dict[int, Candidate] = {one.mentor_id: one for one in problem.mentors}
        self._liked = {one.mentor_id: {mentee for tier in one.tiers for mentee in tier} for one in problem.mentors}
        self._scored = bool(problem.scores)
        pairs = {(pair.mentee_id, pair.mentor_id) for pair in matching.pairs}
        scores = {
            (one.mentee_id, one.mentor_id): one.score
            for one in problem.scores
            if (one.mentee_id, one.mentor_id) in pairs
        }
        self._got: dict[int, list[tuple[bool, int]]] = {}
        for mentee, mentor in pairs:
            self._got.setdefault(mentor, []).append((mentee in self._liked[mentor], scores.get((mentee, mentor), 0)))

    def beside(self, little: set[int], more: set[int]) -> tuple[tuple[int, int], Lead | None, Lead | None]:
        """Return of two halves the places filled, whose students were wished for more often, and whose fit better."""
        return (
            (self._filled(little), self._filled(more)),
            self._compare(self._wished(little), self._wished(more)),
            self._compare(self._fits(little), self._fits(more)),
        )

    def _filled(self, mentors: set[int]) -> int:
        got = sum(len(self._got.get(one, ())) for one in mentors)
        return round(100 * got / sum(self._mentors[one].places for one in mentors))

    def _wished(self, mentors: set[int]) -> float | None:
        """Return how many of a hundred students of mentors who gave a list were on it; None where any of it is few."""
        listing = [self._got[one] for one in mentors & self._got.keys() if self._liked[one]]
        was = [wished for got in listing for wished, _score in got]
        few = min(len(listing), sum(was), len(was) - sum(was)) < FEWEST
        return None if few else 100 * sum(was) / len(was)

    def _fits(self, mentors: set[int]) -> float | None:
        scores = [score for one in mentors for _wished, score in self._got.get(one, ())]
        return sum(scores) / len(scores) if self._scored and len(scores) >= FEWEST else None

    def _compare(self, little: float | None, more: float | None) -> Lead | None:
        return None if little is None or more is None else _lead(little, more)
