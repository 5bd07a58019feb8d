"""Meetings of a world's mentor and student."""

from datetime import timedelta

from factories.world import NOON

from lti_mentoring.domain.meetings import Plan
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.vocabularies import MentoringDomain
from lti_mentoring.services import meetings

TOMORROW = NOON + timedelta(days=1)
SECRETS = {"agenda": "how to tell the ward sister", "place": "Room 12 behind the pharmacy"}


def plan(starts_at=TOMORROW, **values):
    """What is said of a meeting: half an hour about a career."""
    return Plan(starts_at, **{"minutes": 30, "domains": (MentoringDomain.CAREER,), **SECRETS, **values})


def proposed(session, world, by=SeatRole.MENTOR, *, now=NOON, pair=None, **values):
    """A meeting that one of the two has proposed."""
    sitter = world.sitter(role=by)
    return meetings.propose(session, sitter, (pair or world.mentorship).id, plan(**values), now=now)


def agreed(session, world, **values):
    """One that the mentor proposed, and the student agreed to."""
    made = proposed(session, world, **values)
    return meetings.agree(session, world.sitter(role=SeatRole.STUDENT), made.id, made.version, now=made.updated_at)


def met(session, world, *, ago=timedelta(days=2), domains=(MentoringDomain.CAREER,), **values):
    """One that took place some time ago."""
    began = NOON - ago
    made = agreed(session, world, starts_at=began, now=began - timedelta(days=1), domains=domains, **values)
    by = world.sitter(role=SeatRole.MENTOR)
    return meetings.record_met(session, by, made.id, made.version, made.minutes, domains, now=NOON)


def noted(app, session, world, meeting, text, by=SeatRole.MENTOR, version=0):
    """A private note of one of the two."""
    sealer = app.extensions["sealer"]
    meetings.save_note(session, world.sitter(role=by), meeting.id, version, text, sealer, now=NOON)
