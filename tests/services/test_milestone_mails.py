"""What the mails of milestones say, and what they never say."""

from datetime import timedelta

import pytest
from factories.meetings import agreed
from factories.world import NOON, World, instrument
from sqlalchemy import select

from lti_mentoring.domain.instruments import SHIPPED
from lti_mentoring.domain.milestones import Proof
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.vocabularies import MentoringDomain
from lti_mentoring.letters import written as as_written
from lti_mentoring.models import Mail
from lti_mentoring.services import assessments, evidence, meetings, milestones
from lti_mentoring.services.evidence import Sending

SECRETS = ("breathless", "drug history", "page two", "read it all")


@pytest.fixture
def written(session):
    """Every mail that one story of a milestone writes, by kind."""
    world = World(session, milestones=4)
    first, second, third, fourth = world.track.milestones
    fourth.proof = Proof.ACTIVITY
    second.instrument = instrument(session, world.institution, SHIPPED[0].definition)
    second.proof = Proof.EVIDENCE
    session.flush()
    student, mentor = world.sitter(role=SeatRole.STUDENT), world.sitter(role=SeatRole.MENTOR)
    ids = (world.student.id, first.id)
    evidence.send(session, student, first.id, Sending(1, "A breathless woman."), None, limit=10, now=NOON)
    milestones.send_back(session, mentor, *ids, "The drug history is missing.", 2, now=NOON)
    milestones.appeal(session, student, first.id, "It is on page two.", 3, now=NOON)
    milestones.decide_appeal(session, world.sitter(), *ids, True, "I have read it all.", 4, now=NOON)
    third.proof = Proof.MEETING
    evidence.send(session, student, fourth.id, Sending(1), None, limit=10, now=NOON)
    began = {"starts_at": NOON - timedelta(hours=1), "now": NOON - timedelta(days=1), "milestone_id": third.id}
    made = agreed(session, world, **began)
    meetings.record_met(session, student, made.id, made.version, 30, (MentoringDomain.CAREER,), now=NOON)
    meetings.record_missed(session, student, made.id, made.version, now=NOON)
    meetings.record_met(session, mentor, made.id, made.version, 30, (MentoringDomain.CAREER,), now=NOON)
    meetings.record_missed(session, student, made.id, made.version, now=NOON)
    sent = {"entrustment": ["3"], "better": ["Ask about the drug history."]}
    assessments.complete(session, mentor, world.student.id, second.id, sent, reached=None, version=1, now=NOON)
    evidence.send(session, student, second.id, Sending(2, "A breathless man."), None, limit=10, now=NOON)
    milestones.accept(session, mentor, world.student.id, second.id, "I read it all.", 3, now=NOON)
    return {mail.kind: mail for mail in session.scalars(select(Mail))}


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("evidence_waits", "Amina Yusuf sent Milestone"),
        ("meeting_waits", "Was there a meeting? Amina Yusuf, Milestone 3"),
        ("meeting_doubted", "A meeting for Milestone 3 did not take place, says Amina Yusuf"),
        ("activity_waits", "Amina Yusuf says that Milestone 4 is done"),
        ("evidence_returned", "Milestone 1 came back to you"),
        ("evidence_accepted", "Milestone 2 is signed off"),
        ("assessment_sent", "Dr Priya Raman has filled a form about you"),
        ("appeal_waits", "Amina Yusuf asks the course team to look again"),
        ("appeal_decided", "The course team has decided about Milestone 1"),
    ],
)
def test_a_mail_names_the_next_step_and_no_content(written, kind, subject):
    first, text = as_written(kind, written[kind].facts, None)
    assert first.startswith(subject)
    assert "Clinical placement" in text
    assert not [secret for secret in SECRETS if secret in first + text + str(written[kind].facts)]
    assert "You get this because" in text
