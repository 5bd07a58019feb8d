"""What students look for beside what mentors offer: of which kinds of help a track has too little.

What one student looks for is read by nobody. A number is told in steps of five, and all are counted anew only once five
students have said something since they were counted: whoever subtracts one count from the next learns of five at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lti_mentoring.domain.profiles import TermKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lti_mentoring.domain.vocabularies import Vocabulary

BATCH = 5
"""Students."""


@dataclass(frozen=True, slots=True)
class Supply:
    """Who offers a kind of help: mentors, and the places that they have together."""

    mentors: int = 0
    places: int = 0


NOBODY = Supply()


@dataclass(frozen=True, slots=True)
class Need:
    """One kind of help. ``students``: who look for it, in steps of five; 0: fewer than five, or nobody."""

    kind: TermKind
    key: str
    students: int
    supply: Supply

    @property
    def is_short(self) -> bool:
        """Whether fewer places offer it than students look for it."""
        return self.students > self.supply.places

    @property
    def is_known(self) -> bool:
        """Whether anybody is told of, who looks for it or offers it."""
        return bool(self.students or self.supply.mentors)


def told(students: int) -> int:
    """Return how many students are told of so many."""
    return students - students % BATCH


def needs(
    vocabulary: Vocabulary,
    students: Mapping[tuple[TermKind, str], int],
    supplies: Mapping[tuple[TermKind, str], Supply],
) -> tuple[Need, ...]:
    """Return each kind of help that a track's words name, in their order; whatever else was said is left out."""
    words = (
        (TermKind.DOMAIN, vocabulary.domains),
        (TermKind.SPECIALTY, vocabulary.specialties),
        (TermKind.SKILL, vocabulary.skills),
    )
    return tuple(
        Need(kind, key, students.get((kind, key), 0), supplies.get((kind, key), NOBODY))
        for kind, terms in words
        for key, _words in terms
    )
