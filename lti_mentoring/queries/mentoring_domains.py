"""What each domain of mentoring comes to in a track: four statements, whatever the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lti_mentoring.domain.mentoring_domains import DomainLine, domain_lines
from lti_mentoring.domain.profiles import TermKind
from lti_mentoring.queries.demand import demand_of
from lti_mentoring.queries.goals import goals_by_domain
from lti_mentoring.queries.meetings import meetings_by_domain

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.models import Track


def domains_of(session: Session, track: Track) -> tuple[DomainLine, ...]:
    """Return the four domains of a track, in the order of its words."""
    needs = demand_of(session, track).of(TermKind.DOMAIN)
    return domain_lines(needs, goals_by_domain(session, track), meetings_by_domain(session, track))
