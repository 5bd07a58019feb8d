"""Check a round again from what was kept of it: by checks that know no strategy, then by the strategy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from lti_mentoring.domain.matching.checking import blocking_pairs, faults, faults_in_units
from lti_mentoring.domain.matching.proving import prove
from lti_mentoring.domain.matching.record import write_matching
from lti_mentoring.domain.matching.together import as_units, each, unite

if TYPE_CHECKING:
    from lti_mentoring.domain.matching.outcome import Matcher, Matching
    from lti_mentoring.domain.matching.problem import Problem

MOST_AT_ONCE = 5_000
"""Students up to whom a round is checked while somebody waits for the page; a larger one is a worker's."""
PROMISE = {"best": False, "fairest": True}
"""Strategies that promise the best placing of all, and whether under a limit for the worst tier."""
STEPS = ("read", "checked", "proved", "repeated")
"""What is told of, as it is done."""


class Optimum(StrEnum):
    """Whether a placing is the best and the only one, as its strategy promises."""

    NOT_PROMISED = "not_promised"
    PROVED = "proved"
    """No other is as good, but that mentees who would take any may change places."""
    NOT_PROVED = "not_proved"
    """Another is better or as good, or the proof is not that of this placing."""


class Replay(StrEnum):
    """What came of drawing the round up again from its snapshot."""

    SAME = "same"
    DIFFERENT = "different"
    OTHER_VERSION = "other_version"
    """The strategy has changed since; it may answer otherwise, so it is not asked."""
    NOT_INSTALLED = "not_installed"
    NEEDLESS = "needless"
    """It would take long, and no other answer is as good."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A round as it is kept.

    ``matching``: what the strategy answered, in units where groups stay together, ``answered`` as text. ``strategy``,
    ``version``, ``seed``: as the round is listed; ``computed``: for each student, in order, whom the page says they
    got, 0 for nobody; ``now``: the pairs as they stand, with the changes by hand. ``is_unchanged``: whether both texts
    are what they were.
    """

    problem: Problem
    matching: Matching
    answered: str
    strategy: str
    version: str
    seed: str
    computed: tuple[tuple[int, int], ...]
    now: Matching
    is_unchanged: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What was found. ``…_now``: of the pairs as they stand, with the changes by hand."""

    is_intact: bool
    """Whether all that was kept is what it was when the round was drawn up, and what is shown is what was answered."""
    faults: int
    blocking: int
    faults_now: int
    blocking_now: int
    optimum: Optimum
    replay: Replay
    installed: str
    """The strategy's version that is installed now; blank: none."""


def check(
    kept: Kept, matcher: Matcher | None, *, tell: Callable[[int], None], most_repeated: int = MOST_AT_ONCE
) -> Found:
    """Check a round that was read; ``tell`` hears how many of STEPS are done.

    One of more than ``most_repeated`` students is drawn up again only where no proof says that nothing else can come.
    """
    tell(1)
    wrong = len(faults_in_units(kept.problem, kept.matching))
    blocking = len(blocking_pairs(unite(kept.problem), kept.matching))
    blocking_now = len(blocking_pairs(*as_units(kept.problem, kept.now)))
    tell(2)
    best = optimum(kept, is_sound=not wrong)
    tell(3)
    found = Found(
        is_intact=kept.is_unchanged and _is_as_shown(kept),
        faults=wrong,
        blocking=blocking,
        faults_now=len(faults(kept.problem, kept.now)),
        blocking_now=blocking_now,
        optimum=best,
        replay=_replayed(matcher, kept, best, most_repeated),
        installed=matcher.version if matcher else "",
    )
    tell(4)
    return found


def write_found(found: Found) -> dict[str, Any]:
    """Return what was found, to be kept as JSON."""
    return asdict(found)


def read_found(held: Mapping[str, Any]) -> Found:
    """Read what ``write_found`` wrote."""
    return Found(**{**held, "optimum": Optimum(held["optimum"]), "replay": Replay(held["replay"])})


def optimum(kept: Kept, *, is_sound: bool) -> Optimum:
    """Prove again that a placing is the best, whatever was found when it was drawn up; one with faults never is.

    The costs are today's (``tariff``); the strategy itself is not asked, in whatever version it is installed.
    """
    matching = kept.matching
    limited = PROMISE.get(kept.strategy, PROMISE.get(matching.strategy))
    if limited is None and not matching.prices:
        return Optimum.NOT_PROMISED
    # Under other lots, or another limit than its strategy sets, a worse placing could be the best of what is open.
    fits = is_sound and _is_as_shown(kept) and limited in {None, matching.worst is not None}
    return Optimum.PROVED if fits and _is_only(kept) else Optimum.NOT_PROVED


def _is_only(kept: Kept) -> bool:
    proof = prove(unite(kept.problem), kept.matching)
    return proof.holds and proof.is_only


def _is_as_shown(kept: Kept) -> bool:
    """Tell whether the round is listed as what the answer says of itself, and each student with whom it gives them."""
    matching = each(kept.problem, kept.matching)
    given = {pair.mentee_id: pair.mentor_id for pair in matching.pairs} | dict.fromkeys(matching.unmatched, 0)
    named = (matching.strategy, matching.version, matching.seed) == (kept.strategy, kept.version, kept.seed)
    return named and given == dict(kept.computed)


def _replayed(matcher: Matcher | None, kept: Kept, best: Optimum, most_repeated: int) -> Replay:
    if matcher is None:
        return Replay.NOT_INSTALLED
    if matcher.version != kept.matching.version:
        return Replay.OTHER_VERSION
    units = unite(kept.problem)
    if len(units.mentees) > most_repeated and best is Optimum.PROVED:
        return Replay.NEEDLESS
    again = matcher.match(units, seed=kept.matching.seed)
    return Replay.SAME if write_matching(again) == kept.answered else Replay.DIFFERENT
