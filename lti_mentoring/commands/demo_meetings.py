"""The demonstration's meetings: of a mentor with three students, and of a student who has nearly come to the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import select

from lti_mentoring.domain.meetings import Plan
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.vocabularies import MentoringDomain
from lti_mentoring.models import Mentorship
from lti_mentoring.services import meetings

if TYPE_CHECKING:
    from lti_mentoring.commands.demo_story import Story
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Meeting, Track

ZONE = "Europe/Stockholm"
LINK = "https://meet.example.org/mentoring-402"
OF_A_MENTOR = ("student-05", "student-18", "student-01")
"""Whose mentor has a meeting with each."""
FINISHED = "student-02"
ROOM = "Room 12, behind the pharmacy"
NOTES = (
    "Begin with what worries her most. Read chapter four before the next one.",
    "Steadier than in October. Ask next time how the talk with the ward sister went.",
)
"""What the student and the mentor keep to themselves."""


def meet(story: Story, track: Track) -> None:
    """Let them have met twice, be about to meet, wait for an answer, and have one to note."""
    for first, second, third in (OF_A_MENTOR, (FINISHED,) * 3):
        held = hold(story, track, first, story.ago(20), MentoringDomain.PRACTICE, "The first history on the ward.")
        _note(story, track, first, held)
        hold(story, track, second, story.ago(12), MentoringDomain.CAREER, "Which specialty, and when to decide.")
        _agreed(story, track, third, story.ago(1), MentoringDomain.ACADEMIC, "The test before the ward.")
        soon, later, asks = _in_days(story, 3), _in_days(story, 5), first != second
        _agreed(story, track, second, soon, MentoringDomain.RESEARCH, "A question for the audit.", join_url=LINK)
        _proposed(story, track, first, later, story.ago(0), MentoringDomain.PRACTICE, "", by_student=asks)


def _in_days(story: Story, days: int) -> datetime:
    return story.ago(0).replace(minute=0, second=0, microsecond=0) + timedelta(days=days, hours=5)


def _proposed(
    story: Story, track: Track, sub: str, starts_at: datetime, at: datetime, domain: MentoringDomain, agenda: str,
    *, by_student: bool, join_url: str = "", proves: int | None = None,
) -> Meeting:  # fmt: skip
    student, guide = _two(story, track, sub, at)
    pair = story.session.scalars(
        select(Mentorship.id).where(
            Mentorship.track_id == track.id, Mentorship.student_id == student.person_id, Mentorship.ended_at.is_(None)
        )
    ).one()
    said = Plan(starts_at, 30, (domain,), "" if join_url else ROOM, join_url, agenda, ZONE, proves)
    return meetings.propose(story.session, student if by_student else guide, pair, said, now=at)


def _agreed(
    story: Story,
    track: Track,
    sub: str,
    starts_at: datetime,
    domain: MentoringDomain,
    agenda: str,
    *,
    join_url: str = "",
    proves: int | None = None,
) -> Meeting:
    at, by_student = min(starts_at, story.ago(0)) - timedelta(days=2), sub == FINISHED
    made = _proposed(
        story, track, sub, starts_at, at, domain, agenda, by_student=by_student, join_url=join_url, proves=proves
    )
    other = _two(story, track, sub, at)[by_student]
    return meetings.agree(story.session, other, made.id, made.version, now=at)


def hold(
    story: Story,
    track: Track,
    sub: str,
    began: datetime,
    domain: MentoringDomain,
    agenda: str,
    *,
    proves: int | None = None,
) -> Meeting:
    """Let a student and the mentor have met; ``proves``: the milestone that it was for."""
    made = _agreed(story, track, sub, began, domain, agenda, proves=proves)
    at = began + timedelta(hours=1)
    guide = _two(story, track, sub, at)[1]
    return meetings.record_met(story.session, guide, made.id, made.version, 40, (domain,), now=at)


def _note(story: Story, track: Track, sub: str, held: Meeting) -> None:
    sealer, at = current_app.extensions["sealer"], held.updated_at
    for by, words in zip(_two(story, track, sub, at), NOTES, strict=True):
        meetings.save_note(story.session, by, held.id, 0, words, sealer, now=at)


def _two(story: Story, track: Track, sub: str, at: datetime) -> tuple[Sitter, Sitter]:
    """Return the student and the mentor, of whom one may be faculty, too."""
    return story.sit(sub, at), replace(story.sit(story.mentor_of(track, sub), at), role=SeatRole.MENTOR)
