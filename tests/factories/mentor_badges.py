"""Badges of mentors."""

from factories.awards import WORDS
from factories.world import NOON

from lti_mentoring.domain.levels import Level
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.services.mentor_badges import BadgeWords, take_badge

BADGE_WORDS = BadgeWords(
    WORDS,
    {level: f"{level.value.title()} mentor" for level in Level},
    {level: f"is a {level.value} mentor." for level in Level},
)


def trained_here(world, level="trained"):
    """Let the world's mentor have a level that faculty say: trained, or lead."""
    world.mentor.trained_at, world.mentor.trained_by_id = NOON, world.faculty.id
    if level == "lead":
        world.mentor.lead_at, world.mentor.lead_by_id = NOON, world.faculty.id
    world.session.flush()


def badge(world, at, now=NOON):
    """The badge of the world's mentor, who is trained."""
    if world.mentor.trained_at is None:
        trained_here(world)
    return take_badge(world.session, world.sitter(role=SeatRole.MENTOR), at, BADGE_WORDS, now=now)
