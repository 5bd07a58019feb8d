"""Students who say what they look for."""

from factories.world import NOON

from lti_mentoring.domain.profiles import CareerStage, ProfileFacts, TermKind
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.services.seeking import save_seeking

TERMS = {TermKind.DOMAIN: ("research",), TermKind.SKILL: ("feedback", "writing"), TermKind.LANGUAGE: ("hi",)}


def seeking(session, world, who, terms=TERMS, *, now=NOON, **values):
    """What a student of the world's track looks for."""
    facts = ProfileFacts({"career": CareerStage.STUDYING, "timezone": "", "style": {}, **values}, terms)
    save_seeking(session, world.sitter(who, SeatRole.STUDENT), world.track, facts, now=now)
