"""The demonstration's leaver: somebody who had a mentor, and whom the course's list names no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.demo.people import FACULTY, MENTORS, STUDENT_ROLES
from lti_mentoring.lti.roster import Member
from lti_mentoring.models import Mentor
from lti_mentoring.services.assigning import assign

if TYPE_CHECKING:
    from lti_mentoring.commands.demo_story import Story
    from lti_mentoring.models import Track

LEAVER = Member("student-gone", STUDENT_ROLES, name="Noor van Dijk", given="Noor", family="van Dijk")
CAME, MISSED = 40, (9, 8)
"""Days ago: one list that still named them, and two that did not."""


def leave(story: Story, track: Track) -> None:
    """Let somebody come, be given a mentor and go; the place is left to faculty."""
    session, faculty = story.session, story.seats[FACULTY.sub]
    story.read_list(faculty, story.ago(CAME), also=(LEAVER,))
    guide = session.scalars(
        select(Mentor).where(Mentor.track_id == track.id, Mentor.person_id == story.numbers[MENTORS[-1].sub])
    ).one()
    leaver = story.numbers[LEAVER.user_id]
    assign(session, faculty, track, leaver, guide.id, now=story.ago(CAME - 1))
    for days in MISSED:
        story.read_list(faculty, story.ago(days))
