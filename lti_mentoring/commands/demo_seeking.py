"""What the students of the demonstration look for in a mentor, and how many look for what, as faculty read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lti_mentoring.demo.people import STUDENTS
from lti_mentoring.domain.profiles import CareerStage, ProfileFacts, TermKind
from lti_mentoring.services.demand import count_demand
from lti_mentoring.services.seeking import save_seeking

if TYPE_CHECKING:
    from collections.abc import Collection

    from lti_mentoring.commands.demo_story import Story
    from lti_mentoring.models import Track

SOUGHT = ProfileFacts(
    {"career": CareerStage.STUDYING, "timezone": "Europe/Stockholm", "style": {"pace": "one", "answers": "other"}},
    {
        TermKind.DOMAIN: ("clinical", "career"),
        TermKind.SKILL: ("health.reasoning", "feedback"),
        TermKind.LANGUAGE: ("en",),
        TermKind.HOURS: ("week_evening",),
    },
)
"""What each of those looks for who are matched in a round, and the latecomer."""
OTHERS = (
    {TermKind.DOMAIN: ("research", "academic"), TermKind.SKILL: ("methods", "writing")},
    {TermKind.DOMAIN: ("clinical", "research"), TermKind.SKILL: ("health.procedures", "health.reasoning")},
    {TermKind.DOMAIN: ("research", "career"), TermKind.SKILL: ("writing",), TermKind.SPECIALTY: ("health.emergency",)},
)
"""What the others look for, in turn."""
SAID = 12
"""Days ago."""


def look_for(story: Story, track: Track, but: Collection[str]) -> None:
    """Let whoever has said nothing yet say what they look for, and count them all."""
    at, others = story.ago(SAID), [student.sub for student in STUDENTS if student.sub not in but]
    for place, sub in enumerate(others):
        values = {"career": CareerStage.STUDYING, "timezone": "", "style": {}}
        facts = ProfileFacts(values, {**OTHERS[place % len(OTHERS)], TermKind.LANGUAGE: ("en",)})
        save_seeking(story.session, story.sit(sub, at), track, facts, now=at)
    count_demand(story.session, track.id, now=story.ago(0))
