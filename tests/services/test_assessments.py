"""A form is begun, saved, sent once, and decides only what it proves."""

from datetime import timedelta

import pytest
from factories.world import NOON, World, instrument
from sqlalchemy import func, select

from lti_mentoring.domain.assessments import AssessmentState
from lti_mentoring.domain.instruments import ENTRUSTMENT, SHIPPED
from lti_mentoring.domain.milestones import NotTheSigner, ProgressState, Proof, Signer, StepNotPossible
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.sentences import WordsNeeded
from lti_mentoring.models import Assessment, AuditEntry, Instrument, Mail, MilestoneProgress
from lti_mentoring.services import assessments
from lti_mentoring.services.assessments import (
    AnswersMissing,
    NoForm,
    NoMentorship,
    NothingSeen,
    VerdictNeeded,
    ensure_instruments,
)
from lti_mentoring.services.steps import MilestoneChanged, MilestoneRetired

LATER = NOON + timedelta(minutes=2)
FULL = {ENTRUSTMENT: ["3"], "keep": ["You sat down."], "better": ["Ask about medicines first."]}


class Ward:
    """A mentor, a student, and a milestone that the form proves."""

    def __init__(self, session, proof=Proof.ASSESSMENT):
        self.session, self.world = session, World(session)
        self.milestone = self.world.track.milestones[0]
        self.milestone.proof = proof
        self.form = instrument(session, self.world.institution, SHIPPED[0].definition)
        self.milestone.instrument = self.form
        session.flush()
        self.mentor = self.world.sitter(role=SeatRole.MENTOR)
        self.ids = (self.world.student.id, self.milestone.id)

    @property
    def state(self):
        return self.session.scalars(select(MilestoneProgress.state)).one()

    def save(self, sent=FULL, by=None):
        return assessments.save_draft(self.session, by or self.mentor, *self.ids, sent, now=NOON)

    def complete(self, sent=FULL, *, reached=True, version=1, by=None):
        return assessments.complete(
            self.session, by or self.mentor, *self.ids, sent, reached=reached, version=version, now=LATER
        )


@pytest.fixture
def ward(session):
    return Ward(session)


def test_a_draft_is_one_row_that_is_saved_again_and_again(session, ward):
    first = ward.save({ENTRUSTMENT: ["2"]})
    again = ward.save({ENTRUSTMENT: ["3"], "keep": ["Sat down"]})
    assert first is again
    assert again.answers == {ENTRUSTMENT: 3, "keep": "Sat down"}
    assert (again.state, again.saved_at, again.version) == (AssessmentState.DRAFT, NOON, 3)
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == ["assessment.opened"]


def test_a_form_that_reaches_the_milestone_accepts_it(session, ward):
    draft = ward.save({ENTRUSTMENT: ["2"]})
    done = ward.complete()
    assert done is draft
    assert (done.state, done.completed_at, done.answers[ENTRUSTMENT]) == (AssessmentState.COMPLETE, LATER, 3)
    assert ward.state is ProgressState.ACCEPTED
    assert session.scalars(select(Mail.kind)).all() == ["evidence_accepted"]
    assert ward.world.mentorship.contact_at == LATER
    assert "assessment.completed" in session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()


def test_not_yet_returns_the_milestone_with_the_forms_words(session, ward):
    ward.complete(reached=False)
    assert ward.state is ProgressState.RETURNED
    step = session.scalars(select(MilestoneProgress)).one().steps[-1]
    assert step.words == "You sat down.\n\nAsk about medicines first."
    assert session.scalars(select(Mail.kind)).all() == ["evidence_returned"]


def test_after_not_yet_another_form_can_be_filled(session, ward):
    ward.complete(reached=False)
    ward.complete(version=2)
    assert session.scalar(select(func.count(Assessment.id))) == 2
    assert ward.state is ProgressState.ACCEPTED


def test_not_yet_needs_words_that_say_something(ward):
    with pytest.raises(WordsNeeded):
        ward.complete({ENTRUSTMENT: ["3"], "better": ["hm"]}, reached=False)


def test_what_is_missing_is_named(ward):
    with pytest.raises(AnswersMissing) as refused:
        ward.complete({"keep": ["Sat down"]})
    assert refused.value.keys == (ENTRUSTMENT, "better")


def test_the_verdict_is_asked_where_the_form_proves_the_milestone(ward):
    with pytest.raises(VerdictNeeded):
        ward.complete(reached=None)


def test_who_did_not_see_enough_cannot_say_reached_but_not_yet(ward):
    unseen = {**FULL, ENTRUSTMENT: ["not_observed"]}
    with pytest.raises(NothingSeen):
        ward.complete(unseen)
    done = ward.complete(unseen, reached=False)
    assert ENTRUSTMENT not in done.answers
    assert done.answers["not_observed"] == [ENTRUSTMENT]


def test_a_form_beside_other_proof_decides_nothing(session):
    ward = Ward(session, Proof.EVIDENCE)
    ward.complete(reached=None)
    assert ward.state is ProgressState.OPEN
    assert session.scalars(select(Mail.kind)).all() == ["assessment_sent"]
    assert ward.world.mentorship.contact_at == LATER
    with pytest.raises(MilestoneChanged):
        ward.complete(reached=None)


def test_the_same_form_sent_twice_is_sent_once(session, ward):
    ward.complete()
    with pytest.raises(MilestoneChanged):
        ward.complete()
    assert session.scalar(select(func.count(Assessment.id))) == 1


def test_where_nothing_is_open_no_form_is_begun(ward):
    ward.complete()
    with pytest.raises(StepNotPossible):
        ward.save()


def test_only_the_signer_fills_the_form(session, ward):
    for role in (SeatRole.STUDENT, SeatRole.FACULTY):
        with pytest.raises(NotTheSigner):
            ward.save(by=ward.world.sitter(role=role))
    ward.milestone.signer = Signer.FACULTY
    assert ward.save(by=ward.world.sitter(role=SeatRole.FACULTY)).assessor_id == ward.world.faculty.id


def test_a_form_needs_a_form_a_mentorship_and_a_living_milestone(session, ward):
    ward.milestone.retired_at = NOON
    with pytest.raises(MilestoneRetired):
        ward.save()
    ward.world.mentorship.ended_at = NOON
    session.flush()
    with pytest.raises(NoMentorship):
        ward.save(by=ward.world.sitter(role=SeatRole.FACULTY))
    ward.milestone.instrument = None
    session.flush()
    with pytest.raises(NoForm):
        ward.save(by=ward.world.sitter(role=SeatRole.FACULTY))


def test_a_long_answer_is_cut_and_a_list_is_kept(ward):
    done = ward.complete({**FULL, "keep": ["x" * 20_000], "complexity": ["hurried"]})
    assert len(done.answers["keep"]) == 10_000
    assert done.answers["complexity"] == ["hurried"]


@pytest.mark.both_databases
def test_the_shipped_forms_are_made_once_and_the_newest_version_is_offered(session):
    world = World(session)
    first = ensure_instruments(session, world.institution.id, now=NOON)
    assert [form.key for form in first] == [shipped.key for shipped in SHIPPED]
    newer = instrument(session, world.institution, SHIPPED[0].definition, version=2)
    assert ensure_instruments(session, world.institution.id, now=LATER) == (newer,)
    assert session.scalar(select(func.count(Instrument.id))) == 2
    assert first[0].created_at == NOON
