"""The four domains of mentoring side by side: who looks for each, who offers it, who aims at it, what was talked about.

Numbers of students and of meetings are told in steps of five (domain/demand.py), so that nobody learns from them what
one student looks for, plans or talks about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lti_mentoring.domain.demand import told
from lti_mentoring.domain.goals import GoalCount
from lti_mentoring.domain.vocabularies import DOMAIN_OF

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lti_mentoring.domain.demand import Need
    from lti_mentoring.domain.vocabularies import MentoringDomain

NO_GOALS = GoalCount()


@dataclass(frozen=True, slots=True)
class DomainLine:
    """One domain, by the key that profiles keep. All but ``mentors`` in steps of five; 0: fewer than five, or none."""

    key: str
    seeking: int
    """Students who look for help with it."""
    mentors: int
    """Mentors who offer it."""
    aiming: int
    """Students who have an open goal in it."""
    arrived: int
    """Students who have met a goal in it."""
    meetings: int
    """Meetings that were held about it."""

    @property
    def is_wanted(self) -> bool:
        """Whether students look for it, or have set themselves a goal in it."""
        return bool(self.seeking or self.aiming)

    @property
    def is_silent(self) -> bool:
        """Whether it is wanted, and hardly a meeting was about it."""
        return self.is_wanted and not self.meetings


def domain_lines(
    needs: Iterable[Need], goals: Mapping[MentoringDomain, GoalCount], meetings: Mapping[MentoringDomain, int]
) -> tuple[DomainLine, ...]:
    """Return a line for each domain, in the order of ``needs``; ``meetings``: how many were held, exactly."""
    return tuple(
        _line(need, goals.get(domain, NO_GOALS), meetings.get(domain, 0))
        for need, domain in ((need, DOMAIN_OF[need.key]) for need in needs)
    )


def _line(need: Need, planned: GoalCount, held: int) -> DomainLine:
    return DomainLine(need.key, need.students, need.supply.mentors, planned.open, planned.met, told(held))
