"""Goals of a student."""

from datetime import timedelta

from factories.world import NOON

from lti_mentoring.domain.goals import GoalFacts
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.vocabularies import MentoringDomain
from lti_mentoring.queries.goals import my_goal
from lti_mentoring.services.goals import set_goal

STEPS = ("Watch Dr Raman twice", "Take one myself", "Ask her what she missed")


def facts(now=NOON, **changes):
    """A goal as a student would write it, due in ten days."""
    usual = {
        "title": "Take a history in twenty minutes", "domain": MentoringDomain.PRACTICE,
        "due_on": (now + timedelta(days=10)).date(), "success": "The patient is not asked anything twice.",
        "steps": STEPS,
    }  # fmt: skip
    return GoalFacts(**{**usual, **changes})


def goal(session, world, who=None, *, now=NOON, **changes):
    """A goal that a student (the world's own, unless told) has set."""
    by = world.sitter(who, SeatRole.STUDENT)
    number = set_goal(session, by, world.track, facts(now, **changes), now=now)
    return my_goal(session, by, world.track, number)
