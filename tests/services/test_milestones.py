"""What mentors and faculty decide, the student's appeal, and what each step leaves behind."""

import threading
from datetime import date, timedelta

import pytest
from factories.world import NOON, World, instrument, mentor, mentorship, person
from sqlalchemy import select

from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.instruments import SHIPPED
from lti_mentoring.domain.milestones import NotTheSigner, ProgressState, Proof, Signer, StepKind, StepNotPossible
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.sentences import WordsNeeded
from lti_mentoring.errors import NotAllowed, NotFound
from lti_mentoring.models import AuditEntry, LineItem, Mail, MilestoneProgress, MilestoneStep, Score, TrackState
from lti_mentoring.services import evidence, milestones
from lti_mentoring.services.evidence import Sending
from lti_mentoring.services.milestones import DateInThePast, FormNeeded
from lti_mentoring.services.steps import MilestoneChanged, MilestoneRetired

LATER = NOON + timedelta(hours=1)
REASON = "The drug history is missing."


class Story:
    """One student's first milestone, moved by the three who may move it."""

    def __init__(self, session, **columns):
        self.session = session
        self.world = World(session)
        self.milestone = self.world.track.milestones[0]
        for name, value in columns.items():
            setattr(self.milestone, name, value)
        session.flush()
        self.student = self.world.sitter(role=SeatRole.STUDENT)
        self.mentor = self.world.sitter(role=SeatRole.MENTOR)
        self.faculty = self.world.sitter(role=SeatRole.FACULTY)
        self.ids = (self.world.student.id, self.milestone.id)

    @property
    def row(self):
        return self.session.scalars(
            select(MilestoneProgress).where(
                MilestoneProgress.milestone_id == self.milestone.id,
                MilestoneProgress.student_id == self.world.student.id,
            )
        ).one()

    @property
    def version(self):
        return self.row.version

    def send(self, text="My page about the ward.", **changes):
        rows = self.session.scalars(select(MilestoneProgress.version)).all()
        sending = Sending(version=rows[0] if rows else 1, text=text, **changes)
        return evidence.send(self.session, self.student, self.milestone.id, sending, None, limit=1000, now=NOON)

    def accept(self, by=None, words="", version=None):
        who = by or self.mentor
        milestones.accept(self.session, who, *self.ids, words, version or self.version, now=LATER)

    def send_back(self, reason=REASON):
        milestones.send_back(self.session, self.mentor, *self.ids, reason, self.version, now=LATER)


@pytest.fixture
def story(session):
    return Story(session)


def mails(session):
    return [(mail.person_id, mail.kind) for mail in session.scalars(select(Mail).order_by(Mail.id))]


def test_accepting_moves_the_state_and_leaves_a_step_an_audit_row_a_mail_and_a_date_of_contact(session, story):
    story.send()
    story.accept(words=" Well done. ")
    row = story.row
    assert (row.state, row.decided_at, row.decided_by_id) == (ProgressState.ACCEPTED, LATER, story.world.guide.id)
    step = row.steps[-1]
    assert (step.kind, step.words, step.by_id) == (StepKind.ACCEPTED, "Well done.", story.world.guide.id)
    written = session.scalars(
        select(AuditEntry.action).where(AuditEntry.thing == "milestone_progress").order_by(AuditEntry.id)
    ).all()
    assert written == ["milestone.submitted", "milestone.accepted"]
    assert mails(session) == [(story.world.guide.id, "evidence_waits"), (story.world.student.id, "evidence_accepted")]
    assert story.world.mentorship.contact_at == LATER


def test_accepting_forms_the_grade(session, story):
    line = LineItem(
        institution_id=story.world.institution.id, track_id=story.world.track.id, label="Track", maximum=100
    )
    session.add(line)
    session.flush()
    story.send()
    story.accept()
    assert session.scalars(select(Score.wanted)).all() == [pytest.approx(33.33)]


def test_audit_rows_hold_no_content(session, story):
    story.send("Secret words of mine.")
    story.send_back()
    for entry in session.scalars(select(AuditEntry)):
        assert "Secret" not in str(entry.facts)
        assert "drug" not in str(entry.facts)


def test_returning_needs_a_sentence(session, story):
    story.send()
    with pytest.raises(WordsNeeded):
        story.send_back("no")
    story.send_back()
    assert story.row.state is ProgressState.RETURNED
    assert mails(session)[-1] == (story.world.student.id, "evidence_returned")


def test_only_what_was_sent_can_be_returned_or_accepted(session, story):
    with pytest.raises(StepNotPossible):
        milestones.send_back(session, story.mentor, *story.ids, REASON, 1, now=NOON)
    with pytest.raises(StepNotPossible):
        story.accept(version=1)


def test_a_word_is_signed_without_anything_sent(session):
    story = Story(session, proof=Proof.WORD)
    story.accept(version=1)
    assert story.row.state is ProgressState.ACCEPTED


def test_a_form_cannot_be_replaced_by_a_word(session):
    story = Story(session, proof=Proof.ASSESSMENT)
    story.milestone.instrument = instrument(session, story.world.institution, SHIPPED[0].definition)
    with pytest.raises(FormNeeded):
        story.accept(version=1)


def test_a_retired_milestone_takes_no_step(session):
    story = Story(session, proof=Proof.WORD, retired_at=NOON)
    with pytest.raises(MilestoneRetired):
        story.accept(version=1)


def test_another_mentor_and_another_course_find_nothing(session, story):
    story.send()
    stranger = person(session, story.world.institution)
    mentor(session, story.world.track, stranger)
    elsewhere = World(session)
    for sitter in (
        story.world.sitter(stranger, SeatRole.MENTOR),
        elsewhere.sitter(role=SeatRole.FACULTY),
        elsewhere.sitter(role=SeatRole.MENTOR),
        story.world.sitter(role=SeatRole.FACULTY, context_id=elsewhere.context.id),
    ):
        with pytest.raises(NotFound):
            story.accept(by=sitter)


def test_a_student_cannot_sign_even_for_themselves(session):
    story = Story(session, proof=Proof.WORD)
    with pytest.raises(NotTheSigner):
        story.accept(by=story.student, version=1)
    both = story.world.sitter(story.world.student, SeatRole.FACULTY)
    with pytest.raises(NotAllowed):
        milestones.excuse(session, both, *story.ids, REASON, 1, now=NOON)


def test_faculty_sign_for_the_mentor_only_where_there_is_none(session, story):
    story.send()
    with pytest.raises(NotTheSigner):
        story.accept(by=story.faculty)
    story.world.mentorship.ended_at = NOON
    session.flush()
    story.accept(by=story.faculty)
    assert story.row.state is ProgressState.ACCEPTED


def test_what_faculty_sign_is_not_the_mentors(session):
    story = Story(session, signer=Signer.FACULTY)
    story.send()
    assert mails(session) == [(story.world.faculty.id, "evidence_waits")]
    with pytest.raises(NotTheSigner):
        story.accept()
    story.accept(by=story.faculty)
    assert story.row.state is ProgressState.ACCEPTED


def test_who_was_second_sees_both_versions_and_nothing_is_overwritten(session, story):
    story.send()
    seen = story.version
    story.send_back()
    with pytest.raises(MilestoneChanged) as refused:
        story.accept(words="Fine as it is.", version=seen)
    facts = refused.value.facts
    assert (facts["theirs"], facts["mine"]) == (REASON, "Fine as it is.")
    assert (facts["kind"], facts["by_name"], facts["at"]) == ("returned", "Dr Priya Raman", LATER)
    assert story.row.state is ProgressState.RETURNED


def test_a_page_of_an_unknown_version_is_a_conflict_even_before_the_first_step(session):
    story = Story(session, proof=Proof.WORD)
    with pytest.raises(MilestoneChanged) as refused:
        story.accept(version=7)
    assert refused.value.facts["theirs"] == ""


def test_faculty_give_a_new_date(session, story):
    milestones.extend(session, story.faculty, *story.ids, date(2026, 12, 4), "She was ill.", 1, now=NOON)
    assert (story.row.due_on, story.row.state) == (date(2026, 12, 4), ProgressState.OPEN)
    milestones.extend(session, story.faculty, *story.ids, date(2026, 12, 5), "She is ill.", 2, now=NOON)
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry.facts["before"] == "2026-12-04"
    with pytest.raises(DateInThePast):
        milestones.extend(session, story.faculty, *story.ids, date(2026, 11, 22), "She is ill.", 3, now=NOON)
    with pytest.raises(NotAllowed):
        milestones.extend(session, story.mentor, *story.ids, date(2026, 12, 9), "She is ill.", 3, now=NOON)


def test_faculty_excuse_and_lift_the_excuse(session, story):
    milestones.excuse(session, story.faculty, *story.ids, "She did it last year.", 1, now=NOON)
    assert story.row.state is ProgressState.EXCUSED
    assert story.row.decided_at == NOON
    milestones.lift(session, story.faculty, *story.ids, "It was another course.", 2, now=NOON)
    assert (story.row.state, story.row.decided_at) == (ProgressState.OPEN, None)


def test_faculty_reopen_what_was_accepted(session, story):
    story.send()
    story.accept()
    milestones.reopen(session, story.faculty, *story.ids, "Signed by mistake, sorry.", story.version, now=LATER)
    assert (story.row.state, story.row.decided_by_id) == (ProgressState.OPEN, None)


@pytest.mark.parametrize(("granted", "state"), [(True, ProgressState.ACCEPTED), (False, ProgressState.RETURNED)])
def test_an_appeal_goes_to_faculty_and_comes_back_decided(session, story, granted, state):
    story.send()
    story.send_back()
    milestones.appeal(session, story.student, story.milestone.id, "The drug history is on page two.", 3, now=LATER)
    assert story.row.state is ProgressState.APPEALED
    assert mails(session)[-1] == (story.world.faculty.id, "appeal_waits")
    milestones.decide_appeal(session, story.faculty, *story.ids, granted, "I have read page two.", 4, now=LATER)
    assert story.row.state is state
    assert mails(session)[-1] == (story.world.student.id, "appeal_decided")


def test_what_was_not_returned_cannot_be_appealed(session, story):
    story.send()
    with pytest.raises(StepNotPossible):
        milestones.appeal(session, story.student, story.milestone.id, "I want it now.", story.version, now=NOON)


def test_a_draft_track_is_faculty_only(session, story):
    story.world.track.state = TrackState.DRAFT
    session.flush()
    for sitter in (story.student, story.mentor):
        with pytest.raises(NotFound):
            story.accept(by=sitter, version=1)


def test_a_student_of_the_course_without_a_mentor_is_known_to_faculty(session, story):
    other = story.world.another_student()
    milestones.excuse(session, story.faculty, other.id, story.milestone.id, "She did it last year.", 1, now=NOON)
    outsider = person(session, story.world.institution)
    with pytest.raises(NotFound):
        milestones.excuse(session, story.faculty, outsider.id, story.milestone.id, "She did it.", 1, now=NOON)
    mentorship(session, story.world.mentor, outsider)
    milestones.excuse(session, story.faculty, outsider.id, story.milestone.id, "She did it before.", 1, now=NOON)


@pytest.mark.both_databases
def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(app, session):
    story = Story(session, proof=Proof.WORD)
    session.commit()
    results, start = [], threading.Barrier(2)

    def sign(words):
        with app.app_context():
            start.wait()
            try:
                with unit_of_work() as own:
                    milestones.accept(own, story.mentor, *story.ids, words, 1, now=NOON)
                results.append("signed")
            except MilestoneChanged as told:
                results.append(told.facts["theirs"])
            db.session.remove()

    threads = [threading.Thread(target=sign, args=(words,)) for words in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) in (["one", "signed"], ["signed", "two"])
    session.expire_all()
    assert session.scalars(select(MilestoneStep.kind)).all() == [StepKind.ACCEPTED]
