"""The demonstration's mentors without an account in the LMS: one who came and has students, and one who is awaited."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import select

from lti_mentoring.commands.demo_tests import train
from lti_mentoring.demo.people import FACULTY
from lti_mentoring.domain.inviting import Invitee
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.letters import opened
from lti_mentoring.models import Mail, Mentor, MentorInvitation, Mentorship
from lti_mentoring.services import assigning, invited, inviting

if TYPE_CHECKING:
    from lti_mentoring.commands.demo_story import Story
    from lti_mentoring.models import Track

CAME = Invitee("Dr Ingrid Falk", "ingrid.falk@district-clinic.example")
AWAITED = Invitee("Dr Samuel Adeyemi", "s.adeyemi@harbour-practice.example")
FIELD = "General practice, district clinic"
NOTE = "Our students would learn a lot on your ward rounds. Thank you for thinking about it."
STUDENTS = ("student-24", "student-27", "student-28")
MOVED = "Begins at the district clinic next month."


def ask_outside(story: Story, track: Track) -> None:
    """Let faculty invite two people; one accepts, passes the test for mentors, and takes over students of others."""
    session, faculty, held = story.session, story.seats[FACULTY.sub], current_app.extensions
    post = inviting.Post(held["sealer"], held["invitation_signer"], held["settings"].public_url, by_mail=True)
    for who, days in ((CAME, 20), (AWAITED, 2)):
        inviting.invite(session, faculty, track, [who], inviting.Offer(4, FIELD, NOTE), post, now=story.ago(days))
    known = session.scalars(select(MentorInvitation).where(MentorInvitation.address == CAME.address)).one()
    mail = session.scalars(select(Mail).where(Mail.invitation_id == known.id)).one()
    secret = opened(mail.sealed_link, mail.once_key).partition("#")[2]
    invited.note_opened(session, secret, now=story.ago(19))
    invited.accept(session, secret, invited.Acceptance(CAME.name), holder=None, now=story.ago(19))
    falk = session.get_one(Mentor, known.mentor_id).person
    as_mentor = replace(faculty, person_id=falk.id, person_name=falk.shown_name, role=SeatRole.MENTOR)
    as_falk = replace(as_mentor, track_published=True)  # the seat was taken before it was
    train(session, as_falk, story.tests, now=story.ago(18))
    for sub in STUDENTS:
        pair = session.scalars(
            select(Mentorship).where(Mentorship.student_id == story.numbers[sub], Mentorship.ended_at.is_(None))
        ).one()
        assigning.transfer(session, faculty, track, pair.id, known.mentor_id or 0, MOVED, now=story.ago(2))
