"""Mentors who have said who they are, and people who apply."""

from factories.world import NOON

from lti_mentoring.domain.profiles import STYLE, CareerStage, ProfileFacts, TermKind, Works
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.services import applications
from lti_mentoring.services.profiles import save_profile

VALUES = {
    "profession": "health.physician", "career": CareerStage.ESTABLISHED, "years": 12, "timezone": "Asia/Kolkata",
    "works": Works.BOTH, "about": "I like questions.", "style": {key: "one" for key, *_ends in STYLE},
    "paused_until": None,
}  # fmt: skip
TERMS = {
    TermKind.DOMAIN: ("clinical", "research"),
    TermKind.SPECIALTY: ("health.oncology",),
    TermKind.SKILL: ("feedback",),
    TermKind.LANGUAGE: ("en", "hi"),
    TermKind.HOURS: ("week_evening",),
}


def profile(session, world, who=None, *, role=SeatRole.MENTOR, terms=None, now=NOON, **values):
    """A whole profile of a mentor (or of somebody who may apply)."""
    facts = ProfileFacts({**VALUES, **values}, {**TERMS, **(terms or {})})
    return save_profile(session, world.sitter(who or world.guide, role), facts, now=now)


def application(session, world, who, *, words="I would like to.", places=2, now=NOON):
    """Somebody who has sent an application."""
    world.track.applications_open = True
    session.flush()
    profile(session, world, who, role=SeatRole.STUDENT)
    by = world.sitter(who, SeatRole.STUDENT)
    applications.begin(session, by, world.track, now=now)
    return applications.send(session, by, world.track, words, places, now=now)
