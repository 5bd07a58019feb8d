"""The demonstration's plans: what some students want to reach for themselves, shared with their mentors or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from lti_mentoring.domain.goals import GoalFacts, GoalState
from lti_mentoring.domain.vocabularies import MentoringDomain
from lti_mentoring.queries.goals import my_goal
from lti_mentoring.services.goals import set_goal, settle, tick

if TYPE_CHECKING:
    from lti_mentoring.commands.demo_story import Story
    from lti_mentoring.models import Track

SET = 40
"""Days ago."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One goal of one student. ``due``: days from now; ``ended``: days ago, as ``state``."""

    sub: str
    domain: MentoringDomain
    title: str
    success: str
    steps: tuple[str, ...]
    due: int
    done: int = 0
    shared: bool = True
    state: GoalState = GoalState.OPEN
    ended: int = 0


ACADEMIC, PRACTICE = MentoringDomain.ACADEMIC, MentoringDomain.PRACTICE
RESEARCH, CAREER = MentoringDomain.RESEARCH, MentoringDomain.CAREER
PLANS = (
    Plan(
        "student-02", RESEARCH, "Send my case report to a journal",
        "The journal has confirmed that it came in, and my mentor has read it before.",
        ("Choose the journal", "Write the first draft", "Ask Dr Okafor to read it", "Send it"), due=12, done=2,
    ),
    Plan(
        "student-02", PRACTICE, "Take a history in twenty minutes",
        "Nobody has to ask the patient the same thing again.",
        ("Watch two", "Take three with somebody beside me", "Take one alone"), due=-6, done=3, state=GoalState.MET,
        ended=9,
    ),
    Plan("student-02", CAREER, "Decide between surgery and general practice", "", (), due=60, shared=False),
    Plan(
        "student-20", PRACTICE, "Put in a cannula without help", "I have done five in a row that hold.",
        ("Practise on the model", "Watch Ibáñez twice", "Do three with somebody beside me"), due=-3, done=2,
    ),
    Plan(
        "student-20", ACADEMIC, "Pass pharmacology at the second attempt", "I can explain ten drugs without notes.",
        ("Make a plan for six weeks", "Learn two drugs a day", "Ask somebody to test me"), due=25, done=1, shared=False,
    ),
    Plan(
        "student-20", RESEARCH, "Read one trial a week", "", ("Find a journal club",), due=5, state=GoalState.DROPPED,
        ended=11, shared=False,
    ),
    Plan(
        "student-05", PRACTICE, "Hand a patient over so that nothing is forgotten",
        "The night team asks me nothing that I should have said.",
        ("Learn the four parts by heart", "Hand over once with my mentor there"), due=10, done=1,
    ),
    Plan(
        "student-05", ACADEMIC, "Catch up on cardiology", "I passed the test at the end of the block.",
        ("Read four chapters", "Do the questions of two years"), due=-14, done=2, state=GoalState.MET, ended=16,
    ),
    Plan(
        "student-05", CAREER, "Find out how one becomes a paediatrician", "", ("Ask two of them",), due=30,
        shared=False,
    ),
    Plan(
        "student-06", RESEARCH, "Understand a survival curve", "I can explain one to a friend.",
        ("Read the chapter", "Find one in a trial that I know"), due=18,
    ),
    Plan(
        "student-09", ACADEMIC, "Write every reflection in the week it belongs to", "None of them is late.",
        ("Keep Thursday evening free", "Write three in a row in time"), due=14, done=1,
    ),
    Plan("student-18", CAREER, "Apply for a placement abroad", "The letter is sent.", ("Ask for a reference",), due=45),
)  # fmt: skip


def write_plans(story: Story, track: Track) -> None:
    """Let students write their plans down, and get on with them."""
    for plan in PLANS:
        _write(story, track, plan)


def _write(story: Story, track: Track, plan: Plan) -> None:
    session, at = story.session, story.ago(SET)
    by, due = story.sit(plan.sub, at), (story.now + timedelta(days=plan.due)).date()
    facts = GoalFacts(plan.title, plan.domain, due, plan.success, plan.steps, plan.shared)
    number = set_goal(session, by, track, facts, now=at)
    for place, step in enumerate(my_goal(session, by, track, number).steps[: plan.done]):
        if step.action_id is not None:
            tick(session, by, track, number, step.action_id, done=True, now=story.ago(SET - 10 * (place + 1)))
    if plan.state is not GoalState.OPEN:
        settle(session, by, track, number, plan.state, now=story.ago(plan.ended))
