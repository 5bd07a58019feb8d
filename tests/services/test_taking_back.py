"""A published round is taken back within its time: what nobody has begun ends, what has begun stays."""

from datetime import timedelta

import pytest
from factories.rounds import Ready
from factories.statements import counting
from factories.world import NOON, add
from sqlalchemy import select

from lti_mentoring.domain.mentorships import MentorshipState
from lti_mentoring.domain.rounds import RoundState, RoundStepNotAllowed
from lti_mentoring.letters import written
from lti_mentoring.models import AuditEntry, Mail, Mentor, Mentorship, MilestoneProgress
from lti_mentoring.services.taking_back import END_REASON, TakenBack, TooLateToTakeBack, take_back

pytestmark = pytest.mark.both_databases
LATER = NOON + timedelta(hours=23)


def published(session, students=3):
    ready = Ready(session, students, students)
    ready.publish()
    return ready


def take(ready, now=LATER):
    return take_back(ready.session, ready.sitter(), ready.round.id, now=now)


def mentorships(session, ready):
    wanted = select(Mentorship).where(Mentorship.mentor_id == ready.new.id).order_by(Mentorship.id)
    return session.scalars(wanted.execution_options(populate_existing=True)).all()


def test_what_nobody_has_begun_ends_and_its_places_are_free(session):
    ready = published(session)
    assert take(ready) == TakenBack(ended=3, stay=0)
    ended = mentorships(session, ready)
    assert {(one.state, one.ended_at, one.end_reason) for one in ended} == {(MentorshipState.ENDED, LATER, END_REASON)}
    assert session.scalar(select(Mentor.taken).where(Mentor.id == ready.new.id)) == 0
    assert (ready.round.state, ready.round.undone_by_id) == (RoundState.UNDONE, ready.faculty.id)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "mentorship.ended")).all()
    assert {(one.facts["student_id"], one.reason) for one in entries} == {
        (one.id, END_REASON) for one in ready.students
    }


def test_everybody_whose_mentorship_ends_gets_one_mail(session):
    ready = published(session)
    take(ready)
    mails = session.scalars(select(Mail).where(Mail.kind == "round_taken_back")).all()
    assert len(mails) == 4
    subjects = {mail.person_id: written(mail.kind, mail.facts, "en")[0] for mail in mails}
    assert subjects[ready.students[0].id] == "Your new mentor was taken back"
    assert subjects[ready.new.person_id] == "New students were taken back"


def test_what_has_begun_stays(session):
    ready = published(session)
    spoken, worked, untouched = mentorships(session, ready)
    spoken.contact_at = NOON
    values = {"milestone_id": ready.track.milestones[0].id, "student_id": worked.student_id}
    progress = MilestoneProgress(institution_id=ready.institution.id, track_id=ready.track.id, **values)
    add(session, progress).mentorship_id = worked.id
    session.flush()
    assert take(ready) == TakenBack(ended=1, stay=2)
    assert [one.ended_at for one in mentorships(session, ready)] == [None, None, LATER]
    assert session.scalar(select(Mentor.taken).where(Mentor.id == ready.new.id)) == 2
    told = session.scalars(select(Mail.person_id).where(Mail.kind == "round_taken_back")).all()
    assert set(told) == {untouched.student_id, ready.new.person_id}


def test_after_its_time_or_as_a_draft_it_is_not_taken_back(session):
    ready = Ready(session)
    with pytest.raises(RoundStepNotAllowed):
        take(ready)
    ready.publish()
    with pytest.raises(TooLateToTakeBack):
        take(ready, NOON + timedelta(hours=24, seconds=1))
    take(ready)
    with pytest.raises(RoundStepNotAllowed):
        take(ready)


def test_taking_a_hundred_back_costs_as_many_statements_as_ten(session):
    def statements(count):
        ready = published(session, count)
        session.flush()
        with counting(session) as sent:
            assert take(ready).ended == count
        return len(sent)

    assert statements(10) == statements(100)
