"""What one round of matching is given: who seeks, who offers places, and which pairs may not be.

A round matches one mentor's role (clinical, research …), so a problem is of one role. It holds numbers only, no names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from lti_mentoring.errors import Refused

Tiers = tuple[tuple[int, ...], ...]
"""Numbers in order of preference; those of one tier are liked equally."""
Groups = tuple[tuple[int, ...], ...]
"""Mentees who stay together, two or more each; nobody is in two."""
BEST_SCORE = 100
MOST_PRIORITY = 7
"""Rounds passed over, from which on more do not count."""
MOST_SEEKERS, MOST_MENTORS, MOST_TIERS = 250_000, 250_000, 10_000
MOST_PLACES = 1 << 20
"""Up to here every number of the cheapest flow fits into 63 bits (``lti_mentoring/solvers/or_tools.py``)."""


class BarKind(StrEnum):
    """Why a pair may not be. Who may read what of it is decided in ``domain.drawing_up``."""

    VETO = "veto"
    """The mentee does not want this mentor."""
    MENTOR_VETO = "mentor_veto"
    """The mentor does not want this mentee."""
    CONCERN = "concern"
    PARTED = "parted"
    """The two were together and are not to be again."""
    CONFLICT = "conflict"
    """A conflict of interest, declared or derived."""
    OTHER_ROLE = "other_role"
    """The mentor is this mentee's in another role already."""
    HARD_LIMIT = "hard_limit"
    """A limit of the track: language, place, profession, stage …"""
    NOT_TRAINED = "not_trained"
    NOT_CHECKED = "not_checked"
    """The credential that the track asks for is not verified."""


class Flaw(StrEnum):
    """What makes a problem unsound."""

    SAME_MENTEE_TWICE = "same_mentee_twice"
    SAME_MENTOR_TWICE = "same_mentor_twice"
    UNKNOWN_MENTEE = "unknown_mentee"
    UNKNOWN_MENTOR = "unknown_mentor"
    WISHED_TWICE = "wished_twice"
    EMPTY_TIER = "empty_tier"
    BELOW_ZERO = "below_zero"
    SCORED_TWICE = "scored_twice"
    SCORE_OUT_OF_RANGE = "score_out_of_range"
    PRIORITY_OUT_OF_RANGE = "priority_out_of_range"
    TOO_LARGE = "too_large"
    GROUP_OF_ONE = "group_of_one"
    GROUPED_TWICE = "grouped_twice"
    WISH_OUT_OF_RANGE = "wish_out_of_range"
    UNREADABLE = "unreadable"


class ProblemUnsound(Refused):
    """A round's input contradicts itself. Facts: ``flaw``, ``mentee_id``, ``mentor_id`` (0 where it is about none)."""

    code = "problem_unsound"

    def __init__(self, flaw: Flaw, mentee_id: int = 0, mentor_id: int = 0) -> None:
        super().__init__(
            f"{flaw.value}: mentee {mentee_id}, mentor {mentor_id}",
            flaw=flaw.value, mentee_id=mentee_id, mentor_id=mentor_id,
        )  # fmt: skip
        self.flaw, self.mentee_id, self.mentor_id = flaw, mentee_id, mentor_id


@dataclass(frozen=True, slots=True)
class Seeker:
    """Somebody who seeks a mentor. Mentors in no tier are acceptable only with ``any_other``, after all tiers."""

    mentee_id: int
    tiers: Tiers = ()
    any_other: bool = False
    priority: int = 0
    """How many rounds have passed this mentee over."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mentor with open places. Mentees in no tier come after all tiers; without tiers everybody is equal."""

    mentor_id: int
    places: int
    """Places that this round may fill."""
    taken: int = 0
    """Mentees whom the mentor has already; they count for an even load."""
    tiers: Tiers = ()


@dataclass(frozen=True, slots=True, order=True)
class Bar:
    """A pair that may not be, and why; one pair may be barred for several reasons."""

    mentee_id: int
    mentor_id: int
    kind: BarKind


@dataclass(frozen=True, slots=True, order=True)
class Score:
    """How well a pair fits, 0 to BEST_SCORE; a pair without a score has 0."""

    mentee_id: int
    mentor_id: int
    score: int


@dataclass(frozen=True)
class Problem:
    """One round's input. The order of its rows means nothing. Without slots: ``write_problem`` notes its text here."""

    mentees: tuple[Seeker, ...]
    mentors: tuple[Candidate, ...]
    bars: tuple[Bar, ...] = ()
    scores: tuple[Score, ...] = ()
    role: str = ""
    """The mentor's role that this round is about."""
    together: Groups = ()
    """Who of the mentees gets the same mentor. A matcher never sees any: it is given units (``together.unite``)."""
    wish: int = BEST_SCORE
    """What one wish further down weighs, in points of fit. Never nothing: the own list stays before the others."""

    def __post_init__(self) -> None:
        if len(self.mentees) > MOST_SEEKERS or len(self.mentors) > MOST_MENTORS:
            raise ProblemUnsound(Flaw.TOO_LARGE)
        if not 1 <= self.wish <= BEST_SCORE:
            raise ProblemUnsound(Flaw.WISH_OUT_OF_RANGE)
        mentees = _distinct((one.mentee_id for one in self.mentees), Flaw.SAME_MENTEE_TWICE)
        mentors = _distinct((one.mentor_id for one in self.mentors), Flaw.SAME_MENTOR_TWICE)
        for seeker in self.mentees:
            _check_seeker(seeker, mentors)
        for candidate in self.mentors:
            _check_candidate(candidate, mentees)
        pairs: tuple[Bar | Score, ...] = (*self.bars, *self.scores)
        for pair in pairs:
            _check_known(pair, mentees, mentors)
        _check_scores(self.scores)
        _check_groups(self.together, mentees)

    @property
    def barred(self) -> frozenset[tuple[int, int]]:
        """Every pair (mentee, mentor) that may not be, for whichever reason."""
        return frozenset((bar.mentee_id, bar.mentor_id) for bar in self.bars)


def _distinct(numbers: Iterable[int], flaw: Flaw) -> frozenset[int]:
    seen: set[int] = set()
    for number in numbers:
        if number in seen:
            twice_is_mentee = flaw is Flaw.SAME_MENTEE_TWICE
            raise ProblemUnsound(flaw, *((number, 0) if twice_is_mentee else (0, number)))
        seen.add(number)
    return frozenset(seen)


def _check_seeker(seeker: Seeker, mentors: frozenset[int]) -> None:
    if not 0 <= seeker.priority <= MOST_PRIORITY:
        raise ProblemUnsound(Flaw.PRIORITY_OUT_OF_RANGE, seeker.mentee_id)
    if len(seeker.tiers) > MOST_TIERS:
        raise ProblemUnsound(Flaw.TOO_LARGE, seeker.mentee_id)
    for flaw, mentor_id in _tier_flaws(seeker.tiers, mentors, Flaw.UNKNOWN_MENTOR):
        raise ProblemUnsound(flaw, seeker.mentee_id, mentor_id)


def _check_candidate(candidate: Candidate, mentees: frozenset[int]) -> None:
    if candidate.places < 0 or candidate.taken < 0:
        raise ProblemUnsound(Flaw.BELOW_ZERO, 0, candidate.mentor_id)
    if candidate.places + candidate.taken > MOST_PLACES:
        raise ProblemUnsound(Flaw.TOO_LARGE, 0, candidate.mentor_id)
    for flaw, mentee_id in _tier_flaws(candidate.tiers, mentees, Flaw.UNKNOWN_MENTEE):
        raise ProblemUnsound(flaw, mentee_id, candidate.mentor_id)


def _tier_flaws(tiers: Tiers, known: frozenset[int], unknown: Flaw) -> list[tuple[Flaw, int]]:
    numbers = [number for tier in tiers for number in tier]
    if all(tiers) and len(set(numbers)) == len(numbers) and known.issuperset(numbers):
        return []  # as of most; to look for each flaw of two million wishes takes three times as long
    found: list[tuple[Flaw, int]] = []
    seen: set[int] = set()
    for tier in tiers:
        if not tier:
            found.append((Flaw.EMPTY_TIER, 0))
        for number in tier:
            if number not in known:
                found.append((unknown, number))
            if number in seen:
                found.append((Flaw.WISHED_TWICE, number))
            seen.add(number)
    return found


def _check_known(pair: Bar | Score, mentees: Collection[int], mentors: Collection[int]) -> None:
    if pair.mentee_id not in mentees:
        raise ProblemUnsound(Flaw.UNKNOWN_MENTEE, pair.mentee_id, pair.mentor_id)
    if pair.mentor_id not in mentors:
        raise ProblemUnsound(Flaw.UNKNOWN_MENTOR, pair.mentee_id, pair.mentor_id)


def _check_scores(scores: Iterable[Score]) -> None:
    seen: set[tuple[int, int]] = set()
    for one in scores:
        pair = (one.mentee_id, one.mentor_id)
        if not 0 <= one.score <= BEST_SCORE:
            raise ProblemUnsound(Flaw.SCORE_OUT_OF_RANGE, *pair)
        if pair in seen:
            raise ProblemUnsound(Flaw.SCORED_TWICE, *pair)
        seen.add(pair)


def _check_groups(groups: Groups, mentees: Collection[int]) -> None:
    seen: set[int] = set()
    for group in groups:
        if len(group) < 2:
            raise ProblemUnsound(Flaw.GROUP_OF_ONE, *group)
        for number in group:
            if number not in mentees:
                raise ProblemUnsound(Flaw.UNKNOWN_MENTEE, number)
            if number in seen:
                raise ProblemUnsound(Flaw.GROUPED_TWICE, number)
            seen.add(number)
