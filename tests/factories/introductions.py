"""Students who were introduced to somebody."""

from factories.world import NOON

from lti_mentoring.domain.introductions import To
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.services.introductions import introduce


def introduced(session, world, who=None, *, other=None, purpose="statistics for your audit", **outside):
    """An introduction that the world's mentor makes: to ``other``, a mentor, or to somebody outside."""
    to = To(mentor_id=other.id) if other else To(**{"name": "Dr Nia Okafor", "does": "statistician", **outside})
    student = who or world.student
    return introduce(session, world.sitter(role=SeatRole.MENTOR), world.track, student.id, to, purpose, now=NOON)
