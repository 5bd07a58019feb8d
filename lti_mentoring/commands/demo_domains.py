"""What mentoring is about in the demonstration: a meeting and a goal of everybody else, most of them about practice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.commands.demo_goals import PLANS
from lti_mentoring.commands.demo_meetings import FINISHED, OF_A_MENTOR, hold
from lti_mentoring.commands.demo_ways import WAYS
from lti_mentoring.domain.goals import GoalFacts
from lti_mentoring.domain.vocabularies import MentoringDomain
from lti_mentoring.models import Mentorship, Person
from lti_mentoring.services.goals import set_goal

if TYPE_CHECKING:
    from lti_mentoring.commands.demo_story import Story
    from lti_mentoring.models import Track

ABOUT = (
    (
        MentoringDomain.PRACTICE,
        "Examine a chest without looking at a list",
        "What went well on the ward.",
    ),
    (MentoringDomain.ACADEMIC, "Study for an hour on three evenings a week", "How to study beside the ward."),
    (MentoringDomain.PRACTICE, "Say in three sentences what a patient has", "How to present a patient in the round."),
    (MentoringDomain.CAREER, "Talk to two people who do what I would like to", "What comes after the exam."),
)
"""In turn: of which kind, what one wants to reach, what one meets for. Of research, which many look for, nothing."""
MET, SET = 25, 30
"""Days ago."""
DUE = timedelta(days=40)


def work_at_it(story: Story, track: Track) -> None:
    """Let each student with a mentor, who has not just begun or fallen silent, set a goal and meet.

    Those of whom more is told are left out. Told before their ways, whose last step is the last contact.
    """
    told = {FINISHED, *OF_A_MENTOR, *(plan.sub for plan in PLANS)}
    still = {sub for sub, way in WAYS.items() if way.quiet or not way.reached}
    placed = (
        select(Person.subject)
        .join(Mentorship, Mentorship.student_id == Person.id)
        .where(Mentorship.track_id == track.id, Mentorship.ended_at.is_(None), Person.subject.not_in(told | still))
        .order_by(Person.subject)
    )
    for place, sub in enumerate(story.session.scalars(placed).all()):
        domain, title, agenda = ABOUT[place % len(ABOUT)]
        at = story.ago(SET)
        set_goal(story.session, story.sit(sub, at), track, GoalFacts(title, domain, (story.now + DUE).date()), now=at)
        hold(story, track, sub, story.ago(MET), domain, agenda)
