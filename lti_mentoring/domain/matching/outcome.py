"""What a matcher answers, and the promise that every matcher makes (entry points ``lti_mentoring.matchers``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from lti_mentoring.domain.matching.snapshot import digest_of

if TYPE_CHECKING:
    from lti_mentoring.domain.matching.problem import Problem


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """One proposed mentorship; ``reason`` is a code of the matcher's own, where it has one to give."""

    mentee_id: int
    mentor_id: int
    reason: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Price:
    """One mentor's price in the proof that no cheaper matching exists (``proving.prove``)."""

    mentor_id: int
    price: int


@dataclass(frozen=True, slots=True)
class Matching:
    """The answer to one problem, in order of the mentees' numbers, with all that is needed to repeat and check it."""

    pairs: tuple[Pair, ...]
    unmatched: tuple[int, ...]
    strategy: str
    version: str
    seed: str
    problem_digest: str
    worst: int | None = None
    """The worst tier that was allowed, where the strategy sets one; counted from 0."""
    prices: tuple[Price, ...] = ()
    """The proof of strategies that promise the cheapest matching."""
    limit_prices: tuple[Price, ...] = ()
    """The proof that with a lower ``worst`` somebody would lose their place."""


class Matcher(Protocol):
    """Pairs mentees with mentors.

    The same problem and seed give the same answer, on every machine and in whatever order the rows stand. No pair is
    barred or unacceptable to the mentee, nobody is paired twice, and no mentor gets more than ``places``.
    """

    @property
    def name(self) -> str:
        """The name of its entry point."""
        ...

    @property
    def version(self) -> str:
        """Changes whenever the same problem and seed may get another answer."""
        ...

    def match(self, problem: Problem, *, seed: str) -> Matching:
        """Answer the problem; ``seed`` decides between what is otherwise equal."""
        ...


def answer(
    problem: Problem,
    given: Mapping[int, int],
    matcher: Matcher,
    seed: str,
    *,
    reason: str = "",
    worst: int | None = None,
    prices: Mapping[int, int] | None = None,
    limit_prices: Mapping[int, int] | None = None,
) -> Matching:
    """Return the answer that gives each mentee of ``given`` that mentor, and nobody else any."""
    return Matching(
        pairs=tuple(Pair(mentee_id, given[mentee_id], reason) for mentee_id in sorted(given)),
        unmatched=tuple(sorted(one.mentee_id for one in problem.mentees if one.mentee_id not in given)),
        strategy=matcher.name,
        version=matcher.version,
        seed=seed,
        problem_digest=digest_of(problem),
        worst=worst,
        prices=_priced(prices or {}),
        limit_prices=_priced(limit_prices or {}),
    )


def _priced(prices: Mapping[int, int]) -> tuple[Price, ...]:
    return tuple(Price(*item) for item in sorted(prices.items()))
