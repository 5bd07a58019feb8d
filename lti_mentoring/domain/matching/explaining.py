"""Why somebody has this mentor, or none: codes only; the pages have the words.

A mentee learns what became of each wish, and never why a mentor was not open to them: a veto, a concern and a mentor
who is not there this time look the same. Faculty learn more. Private kinds are told to those with the right alone; to
others all of them are one thing, and nothing beside a kind that is no secret. So nobody can tell a concern from a veto,
or where there is another reason from there being none.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from lti_mentoring.domain.matching.problem import BarKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lti_mentoring.domain.matching.outcome import Matching
    from lti_mentoring.domain.matching.problem import Problem, Seeker

PRIVATE = frozenset({BarKind.VETO, BarKind.MENTOR_VETO, BarKind.CONCERN, BarKind.PARTED})


class Fate(StrEnum):
    """What became of one wish."""

    GIVEN = "given"
    NOT_NEEDED = "not_needed"
    """The mentee got somebody whom they like at least as much."""
    FULL = "full"
    """Others were placed before."""
    NOT_AVAILABLE = "not_available"
    """Not open to this mentee in this round."""
    PASSED_BY = "passed_by"
    """Open and with a free place; the strategy does not follow the order of wishes."""


class Why(StrEnum):
    """The sentence that a mentee reads."""

    FIRST_WISH = "first_wish"
    BETTER_WERE_FULL = "better_were_full"
    BETTER_NOT_AVAILABLE = "better_not_available"
    OTHER_WISH = "other_wish"
    """Not the first wish, though a better one had room: the strategy does not follow the order."""
    ANY_OTHER = "any_other"
    """None of the list, but any of the others would do."""
    MOST_ROOM = "most_room"
    """No list: any would do."""
    NO_LIST = "no_list"
    NOBODY_HAD_ROOM = "nobody_had_room"
    NOBODY_AVAILABLE = "nobody_available"


@dataclass(frozen=True, slots=True)
class WishFate:
    """One wish and what became of it; ``tier`` is counted from 1."""

    mentor_id: int
    tier: int
    fate: Fate


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a mentee is told."""

    mentee_id: int
    mentor_id: int | None
    tier: int | None
    """Which wish it was, counted from 1; None for any of the others, and for nobody."""
    why: Why
    wishes: tuple[WishFate, ...]


@dataclass(frozen=True, slots=True)
class Insight:
    """What faculty are told of one wish. ``is_private``: barred for a reason that the reader may not know."""

    mentor_id: int
    tier: int
    fate: Fate
    places: int
    placed: int
    kinds: tuple[BarKind, ...]
    is_private: bool


class Explainer:
    """Explains one answer; the index is made once for all mentees."""

    def __init__(self, problem: Problem, matching: Matching) -> None:
        self._seekers = {one.mentee_id: one for one in problem.mentees}
        self._given = {pair.mentee_id: pair.mentor_id for pair in matching.pairs}
        self._places = {one.mentor_id: one.places for one in problem.mentors}
        self._placed = Counter(self._given.values())
        self._kinds: dict[tuple[int, int], set[BarKind]] = {}
        for bar in problem.bars:
            self._kinds.setdefault((bar.mentee_id, bar.mentor_id), set()).add(bar.kind)

    def for_mentee(self, mentee_id: int) -> Explanation:
        """Return what the mentee may know."""
        seeker, mentor_id = self._seekers[mentee_id], self._given.get(mentee_id)
        wishes = tuple(self._wishes(seeker))
        tier = next((wish.tier for wish in wishes if wish.fate is Fate.GIVEN), None)
        why = _why_nobody(seeker, wishes) if mentor_id is None else _why(wishes, tier)
        return Explanation(mentee_id, mentor_id, tier, why, wishes)

    def for_faculty(self, mentee_id: int, *, reads_private: bool) -> tuple[Insight, ...]:
        """Return what faculty may know of each wish; ``reads_private``: the reader has a right to every kind."""
        return tuple(
            Insight(
                wish.mentor_id,
                wish.tier,
                wish.fate,
                self._places[wish.mentor_id],
                self._placed[wish.mentor_id],
                *_shown(self._kinds.get((mentee_id, wish.mentor_id), ()), reads_private),
            )
            for wish in self._wishes(self._seekers[mentee_id])
        )

    def _wishes(self, seeker: Seeker) -> Iterable[WishFate]:
        has = self._given.get(seeker.mentee_id)
        satisfied = False
        for tier, liked in enumerate(seeker.tiers, 1):
            satisfied = satisfied or has in liked
            for mentor_id in sorted(liked):
                fate = self._fate(seeker.mentee_id, mentor_id, is_needed=not satisfied)
                yield WishFate(mentor_id, tier, Fate.GIVEN if mentor_id == has else fate)

    def _fate(self, mentee_id: int, mentor_id: int, *, is_needed: bool) -> Fate:
        if not self._places[mentor_id] or (mentee_id, mentor_id) in self._kinds:
            return Fate.NOT_AVAILABLE
        if not is_needed:
            return Fate.NOT_NEEDED
        return Fate.FULL if self._placed[mentor_id] >= self._places[mentor_id] else Fate.PASSED_BY


def summed_up(explanations: Iterable[Explanation]) -> Mapping[Why, int]:
    """Return how many mentees are told what."""
    return Counter(one.why for one in explanations)


def _why(wishes: tuple[WishFate, ...], tier: int | None) -> Why:
    if tier == 1:
        return Why.FIRST_WISH
    if not wishes:
        return Why.MOST_ROOM
    if tier is None:
        return Why.ANY_OTHER
    better = {wish.fate for wish in wishes if wish.tier < tier}
    if Fate.PASSED_BY in better:
        return Why.OTHER_WISH
    return Why.BETTER_WERE_FULL if Fate.FULL in better else Why.BETTER_NOT_AVAILABLE


def _why_nobody(seeker: Seeker, wishes: tuple[WishFate, ...]) -> Why:
    if not wishes and not seeker.any_other:
        return Why.NO_LIST
    if all(wish.fate is Fate.NOT_AVAILABLE for wish in wishes) and not seeker.any_other:
        return Why.NOBODY_AVAILABLE
    return Why.NOBODY_HAD_ROOM


def _shown(kinds: Iterable[BarKind], reads_private: bool) -> tuple[tuple[BarKind, ...], bool]:
    if reads_private:
        return tuple(sorted(kinds)), False
    told = tuple(sorted(kind for kind in kinds if kind not in PRIVATE))
    return told, bool(kinds) and not told
