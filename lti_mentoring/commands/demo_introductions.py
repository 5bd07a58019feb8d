"""The demonstration's introductions: to another mentor of the course, and to people outside."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.domain.introductions import IntroductionState, To
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Mentor
from lti_mentoring.services.introductions import introduce, settle

if TYPE_CHECKING:
    from lti_mentoring.commands.demo_story import Story
    from lti_mentoring.models import Track

OUTSIDE = (
    ("student-20", To(name="Dr Nia Okafor", does="Statistician, clinical trials"), "statistics for your audit"),
    ("student-02", To(name="Ravi Sharma", does="Librarian for guidelines"), "a search for your case report"),
)  # fmt: skip
BY_A_MENTOR = ("student-20", "how a small clinic runs its evening hours")
MADE, SETTLED = 12, 4
"""Days ago."""


def introduce_students(story: Story, track: Track) -> None:
    """Let mentors introduce students; one of them has met by now whom they were introduced to."""
    made = [_make(story, track, sub, to, purpose) for sub, to, purpose in OUTSIDE]
    sub, purpose = BY_A_MENTOR
    own = story.numbers[story.mentor_of(track, sub)]
    other = story.session.scalars(
        select(Mentor.id).where(Mentor.track_id == track.id, Mentor.person_id != own).order_by(Mentor.id)
    ).first()
    _make(story, track, sub, To(mentor_id=other), purpose)
    first = story.sit(OUTSIDE[0][0], story.ago(SETTLED))
    settle(story.session, first, made[0], IntroductionState.MET, now=story.ago(SETTLED))


def _make(story: Story, track: Track, sub: str, to: To, purpose: str) -> int:
    at = story.ago(MADE)
    mentor = replace(story.sit(story.mentor_of(track, sub), at), role=SeatRole.MENTOR)  # one of them is faculty, too
    return introduce(story.session, mentor, track, story.numbers[sub], to, purpose, now=at).id
