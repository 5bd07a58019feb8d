"""Evidence is checked, kept once, sent on, and gone at once when it is taken back."""

import threading
from datetime import timedelta

import pytest
from factories.world import NOON, World
from sqlalchemy import select

from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.identifiers import Identifier
from lti_mentoring.domain.milestones import EvidenceKind, ProgressState, Proof, StepNotPossible
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Evidence, Mail, MilestoneProgress, MilestoneStep, StoredFile
from lti_mentoring.services import evidence, milestones
from lti_mentoring.services.evidence import (
    EvidenceNotAsked,
    IdentifiersFound,
    LinkRefused,
    NothingToSend,
    Sending,
    TextTooLong,
    Upload,
)
from lti_mentoring.services.file_kinds import FileLies
from lti_mentoring.services.steps import MilestoneChanged, MilestoneRetired
from lti_mentoring.storage import LocalFiles

LATER = NOON + timedelta(hours=1)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"


class Desk:
    """A student with one milestone, and the file store."""

    def __init__(self, session, folder):
        self.session, self.files = session, LocalFiles(folder)
        self.world = World(session)
        self.milestone = self.world.track.milestones[0]
        self.student = self.world.sitter(role=SeatRole.STUDENT)
        self.mentor = self.world.sitter(role=SeatRole.MENTOR)

    @property
    def row(self):
        return self.session.scalars(select(MilestoneProgress)).one_or_none()

    def send(self, text="", *, version=None, now=NOON, **parts):
        sending = Sending(version=version or (self.row.version if self.row else 1), text=text, **parts)
        return evidence.send(
            self.session, self.student, self.milestone.id, sending, self.files, limit=1_048_576, now=now
        )

    def withdraw(self, sent, now=LATER):
        keys = evidence.withdraw(self.session, self.student, sent.id, now=now)
        evidence.erase(self.files, keys)
        return keys

    def send_back(self, now=LATER):
        ids = (self.world.student.id, self.milestone.id)
        milestones.send_back(self.session, self.mentor, *ids, "One thing is missing.", self.row.version, now=now)


@pytest.fixture
def desk(session, tmp_path):
    return Desk(session, tmp_path / "files")


def test_a_text_a_link_and_a_file_travel_together(session, desk):
    sent = desk.send(" My words. ", url="https://slides.example.edu/a", upload=Upload("ward.pdf", PDF))
    assert (sent.number, sent.kind, sent.text) == (1, EvidenceKind.FILE, "My words.")
    assert (sent.file.name, sent.file.media_type, sent.file.size) == ("ward.pdf", "application/pdf", len(PDF))
    assert desk.files.read(sent.file.storage_key) == PDF
    assert (desk.row.state, desk.row.submitted_at) == (ProgressState.SUBMITTED, NOON)
    mail = session.scalars(select(Mail)).one()
    assert (mail.person_id, mail.kind, mail.facts["minutes"]) == (desk.world.guide.id, "evidence_waits", 8)
    assert "words" not in str(mail.facts)


def test_a_link_alone_is_a_link_and_words_alone_are_a_text(desk):
    assert desk.send(url="https://slides.example.edu/a").kind is EvidenceKind.LINK
    assert desk.send("Words.").kind is EvidenceKind.TEXT


def test_sending_again_makes_the_next_number(desk):
    desk.send("First.")
    desk.send_back()
    assert desk.send("Second.").number == 2
    assert desk.row.state is ProgressState.SUBMITTED


@pytest.mark.parametrize(
    ("parts", "refusal"),
    [
        ({}, NothingToSend),
        ({"text": "  "}, NothingToSend),
        ({"text": "x" * 50_001}, TextTooLong),
        ({"url": "javascript:alert(1)"}, LinkRefused),
        ({"upload": Upload("photo.png", PDF)}, FileLies),
    ],
)
def test_what_cannot_be_sent_is_refused_and_nothing_is_kept(session, desk, parts, refusal):
    with pytest.raises(refusal):
        desk.send(**parts)
    assert session.scalars(select(Evidence)).all() == []


@pytest.mark.parametrize("proof", [Proof.ASSESSMENT, Proof.WORD])
def test_a_milestone_shown_otherwise_takes_no_evidence(desk, proof):
    desk.milestone.proof = proof
    with pytest.raises(EvidenceNotAsked):
        desk.send("Words.")


def test_a_retired_milestone_takes_neither_evidence_nor_draft(session, desk):
    desk.milestone.retired_at = NOON
    with pytest.raises(MilestoneRetired):
        desk.send("Words.")
    with pytest.raises(MilestoneRetired):
        evidence.save_draft(session, desk.student, desk.milestone.id, "Words.")


def test_what_may_name_a_patient_is_shown_before_anything_is_kept(session, desk):
    with pytest.raises(IdentifiersFound) as found:
        desk.send("I saw Mrs Haddad.", upload=Upload("MRN_445566.txt", b"born 12/03/1952, all well"))
    assert [(one.place, one.findings[0].kind) for one in found.value.suspicions] == [
        ("text", Identifier.NAME),
        ("file_name", Identifier.RECORD_NUMBER),
        ("file", Identifier.BIRTH_DATE),
    ]
    assert session.scalars(select(StoredFile)).all() == []


def test_a_link_is_looked_at_behind_its_host(session, desk):
    with pytest.raises(IdentifiersFound) as found:
        desk.send("My page.", url="https://mrs-haddad.example.edu/MRN-445566/Mrs%20Haddad")
    told = [(one.place, one.text, [each.text for each in one.findings]) for one in found.value.suspicions]
    assert told == [("link", "/MRN-445566/Mrs Haddad", ["MRN-445566", "Mrs Haddad"])]
    assert session.scalars(select(Evidence)).all() == []


def test_a_student_may_say_that_it_names_nobody_but_only_of_what_was_shown(desk):
    with pytest.raises(IdentifiersFound) as found:
        desk.send("I saw Mrs Haddad.")
    agreed = found.value.fingerprint
    with pytest.raises(IdentifiersFound):
        desk.send("I saw Mrs Haddad and Mr Smith.", agreed=agreed)
    assert desk.send("Today I saw Mrs Haddad.", agreed=agreed).number == 1


def test_a_form_sent_twice_is_kept_once(session, desk):
    first = desk.send("Words.", upload=Upload("a.pdf", PDF), version=1)
    again = desk.send("Words.", upload=Upload("a.pdf", PDF), version=1)
    assert first is again
    assert len(session.scalars(select(MilestoneStep)).all()) == 1
    assert len(session.scalars(select(Mail)).all()) == 1
    assert len(session.scalars(select(StoredFile)).all()) == 1


def test_an_old_page_with_other_words_is_a_conflict(desk):
    desk.send("Words.", version=1)
    with pytest.raises(MilestoneChanged):
        desk.send("Other words.", version=1)


def test_an_old_page_is_a_conflict_where_nothing_was_sent_or_it_was_answered(desk):
    with pytest.raises(MilestoneChanged):
        desk.send("Words.", version=9)
    desk.send("Words.")
    desk.send_back()
    with pytest.raises(MilestoneChanged):
        desk.send("Words.", version=1)


def test_what_is_decided_takes_nothing_more(session, desk):
    desk.send("Words.")
    ids = (desk.world.student.id, desk.milestone.id)
    milestones.accept(session, desk.mentor, *ids, "", desk.row.version, now=LATER)
    with pytest.raises(StepNotPossible):
        desk.send("More.", upload=Upload("a.pdf", PDF))
    assert session.scalars(select(StoredFile)).all() == []


def test_withdrawing_erases_text_link_and_bytes(session, desk):
    sent = desk.send("Words.", url="https://slides.example.edu/a", upload=Upload("ward.pdf", PDF))
    keys = desk.withdraw(sent)
    assert (sent.text, sent.url, sent.withdrawn_at) == ("", "", LATER)
    assert (sent.file.name, sent.file.size, sent.file.sha256, sent.file.erased_at) == ("", 0, "", LATER)
    with pytest.raises(FileNotFoundError):
        desk.files.read(keys[0])
    assert (desk.row.state, desk.row.submitted_at) == (ProgressState.OPEN, None)
    assert desk.row.steps[-1].kind.value == "withdrawn"


def test_withdrawing_twice_is_withdrawing_once(session, desk):
    sent = desk.send("Words.")
    assert desk.withdraw(sent) == ()
    steps = len(session.scalars(select(MilestoneStep)).all())
    assert desk.withdraw(sent) == ()
    assert len(session.scalars(select(MilestoneStep)).all()) == steps


def test_after_withdrawing_the_newest_of_several_the_one_before_counts(desk):
    first = desk.send("First.")
    second = desk.send("Second.")
    desk.withdraw(second)
    assert (desk.row.state, desk.row.submitted_at) == (ProgressState.SUBMITTED, first.sent_at)


def test_what_was_returned_stays_returned_when_the_newer_one_is_withdrawn(desk):
    desk.send("First.")
    desk.send_back()
    second = desk.send("Second.", now=LATER + timedelta(hours=1))
    desk.withdraw(second)
    assert desk.row.state is ProgressState.RETURNED


def test_signed_proof_is_withdrawn_only_after_faculty_reopened_it(session, desk):
    desk.send("First.")
    second = desk.send("Second.")
    ids = (desk.world.student.id, desk.milestone.id)
    milestones.accept(session, desk.mentor, *ids, "", desk.row.version, now=LATER)
    with pytest.raises(StepNotPossible):
        desk.withdraw(second)
    assert second.text == "Second."
    milestones.reopen(session, desk.world.sitter(), *ids, "It names a patient.", desk.row.version, now=LATER)
    desk.withdraw(second)
    assert (second.text, desk.row.state) == ("", ProgressState.OPEN)


def test_somebody_elses_evidence_is_not_there(session, desk):
    sent = desk.send("Words.")
    other = desk.world.sitter(desk.world.another_student(), SeatRole.STUDENT)
    with pytest.raises(NotFound):
        evidence.withdraw(session, other, sent.id, now=NOON)


def test_a_draft_is_kept_for_the_student_and_raises_no_version(session, desk):
    evidence.save_draft(session, desk.student, desk.milestone.id, "Half a sen")
    assert (desk.row.draft, desk.row.version) == ("Half a sen", 1)
    desk.send("Whole.")
    assert desk.row.draft == ""


def test_what_a_crash_left_behind_is_erased_by_the_sweep(session, desk):
    sent = desk.send(upload=Upload("ward.pdf", PDF))
    key = sent.file.storage_key
    evidence.withdraw(session, desk.student, sent.id, now=LATER)
    assert desk.files.read(key) == PDF
    assert evidence.erase_leftovers(session, desk.files, now=LATER + timedelta(days=1)) == 1
    with pytest.raises(FileNotFoundError):
        desk.files.read(key)
    assert evidence.erase_leftovers(session, desk.files, now=LATER + timedelta(days=8)) == 0


@pytest.mark.both_databases
def test_two_presses_at_once_keep_one(app, session, tmp_path):
    desk = Desk(session, tmp_path / "files")
    session.commit()
    numbers, start = [], threading.Barrier(2)

    def press():
        with app.app_context():
            start.wait()
            with unit_of_work() as own:
                sending = Sending(version=1, text="Words.")
                sent = evidence.send(own, desk.student, desk.milestone.id, sending, desk.files, limit=10, now=NOON)
                numbers.append(sent.number)
            db.session.remove()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers == [1, 1]
    session.expire_all()
    assert len(session.scalars(select(Evidence)).all()) == 1


class TestActivity:
    """An activity of the course: the student's word that it is done is enough to send."""

    @pytest.fixture
    def desk(self, desk):
        desk.milestone.proof = Proof.ACTIVITY
        return desk

    @pytest.mark.both_databases
    def test_the_bare_word_is_sent_and_the_signer_told(self, session, desk):
        sent = desk.send()
        assert (sent.kind, sent.text, sent.url, sent.file) == (EvidenceKind.WORD, "", "", None)
        assert desk.row.state is ProgressState.SUBMITTED
        assert session.scalars(select(Mail.person_id)).one() == desk.world.guide.id

    def test_said_twice_it_is_said_once(self, desk):
        assert desk.send().id == desk.send(version=1).id

    def test_what_is_added_is_looked_at_like_everything_that_is_sent(self, desk):
        with pytest.raises(IdentifiersFound):
            desk.send("I saw Mrs Haddad.")
        assert desk.send("Nine of ten right.").kind is EvidenceKind.TEXT

    def test_it_is_taken_back_and_signed_off_as_everything_that_is_sent(self, session, desk):
        desk.withdraw(desk.send())
        assert desk.row.state is ProgressState.OPEN
        ids = (desk.world.student.id, desk.milestone.id)
        with pytest.raises(StepNotPossible):
            milestones.accept(session, desk.mentor, *ids, "", desk.row.version, now=LATER)
        desk.send()
        milestones.accept(session, desk.mentor, *ids, "", desk.row.version, now=LATER)
        assert desk.row.state is ProgressState.ACCEPTED
