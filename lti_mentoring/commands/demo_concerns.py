"""The demonstration's confidential help: two people read it, and one student has written and got an answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flask import current_app

from lti_mentoring.demo.people import ADMINISTRATOR, MENTORS
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.services.concern_handlers import name_handler
from lti_mentoring.services.concerns import answer, open_concern, raise_concern

if TYPE_CHECKING:
    from lti_mentoring.commands.demo_story import Story
    from lti_mentoring.models import Track

READERS = (ADMINISTRATOR.sub, MENTORS[1].sub)
"""One who teaches nobody, and one whom students know."""
WRITES = "student-20"
SAID = (
    "Twice now I was corrected in front of patients, loudly, and once because of how I speak. I do not dare to ask "
    "questions any more. I do not want another mentor yet, but I want somebody to know."
)
ANSWERED = (
    "Thank you for telling us. I have read it, and nobody but the two of us can. May I call you on Thursday? Nothing "
    "happens before you have said what you would like."
)
NAMED, RAISED, READ = 50, 4, 3
"""Days ago."""


def speak_in_confidence(story: Story, track: Track) -> None:
    """Name the readers, and let the student write and be answered; nobody is kept apart by it."""
    session, sealer = story.session, current_app.extensions["sealer"]
    office = replace(story.sit(ADMINISTRATOR.sub, story.ago(NAMED)), role=SeatRole.ADMINISTRATOR)
    readers = [story.numbers[sub] for sub in READERS[1:]] + [office.person_id]
    for person in readers:
        name_handler(session, office, person, now=story.ago(NAMED))
    student, about = story.sit(WRITES, story.ago(RAISED)), story.numbers[story.mentor_of(track, WRITES)]
    made = raise_concern(session, student, track, about, SAID, readers, sealer, now=story.ago(RAISED))
    open_concern(session, office, made.key, now=story.ago(READ))
    answer(session, office, made.key, ANSWERED, sealer, now=story.ago(READ))
