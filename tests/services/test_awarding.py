"""Certificates are issued once, to those who earned them; the holder decides what is shown; faculty can withdraw."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from factories.awards import WORDS, desk, earn, issued
from factories.mentor_roles import TwoRoles
from factories.world import NOON, World, context, link, membership, track
from sqlalchemy import select

from lti_mentoring.awarding.failures import UnprintableText
from lti_mentoring.awarding.signing import public_key_from_multikey, signature_holds
from lti_mentoring.awarding.status_list import LIST_BITS, is_set
from lti_mentoring.db import unit_of_work
from lti_mentoring.domain.awards import UnknownRelease
from lti_mentoring.domain.milestones import ProgressState
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.sentences import WordsNeeded
from lti_mentoring.errors import NotAllowed, NotFound
from lti_mentoring.letters import written
from lti_mentoring.models import AuditEntry, Award, IssuerKey, Mail, StatusList
from lti_mentoring.services.awarding import AlreadyWithdrawn, NotEarned, issue, release, revoke
from lti_mentoring.services.certificates import certificate_text, printed

REASON = "Issued before the third history was complete."


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def at(settings):
    return desk(settings)


def holder(world):
    return world.sitter(role=SeatRole.STUDENT)


def actions(session):
    return session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()


@pytest.mark.both_databases
def test_a_student_who_earned_it_gets_a_signed_award_a_mail_and_a_line_in_the_trail(session, world, at):
    award = issued(world, at)
    key = session.scalars(select(IssuerKey)).one()
    assert signature_holds(award.document, public_key_from_multikey(key.public_key))
    assert re.fullmatch("[0-9a-f]{32}", award.public_id)
    assert len(award.salt) == 32
    assert award.document["id"] == f"https://localhost/awards/{award.public_id}"
    assert key.did == f"did:web:localhost:issuers:{key.public_id}"
    assert actions(session) == ["award.issued"]
    assert session.scalars(select(Mail.kind)).all() == ["certificate_issued"]


@pytest.mark.both_databases
def test_the_same_pressed_twice_issues_one(session, world, at):
    assert issued(world, at).id == issued(world, at).id
    assert actions(session) == ["award.issued"]


def test_over_plain_http_the_issuer_is_its_key(session, world, settings):
    issued(world, desk(settings, "http://localhost:8000"))
    key = session.scalars(select(IssuerKey)).one()
    assert key.did == f"did:key:{key.public_key}"


def test_nothing_is_shown_to_strangers_at_first(session, world, at):
    said = str(issued(world, at).document)
    assert all(word not in said for word in ("Amina", "Clinical", "Milestone", "person"))


def test_who_has_not_reached_everything_gets_none(world, session, at):
    earn(world, milestones=world.track.milestones[:2])
    with pytest.raises(NotEarned) as refused:
        issue(session, world.sitter(), world.student.id, at, WORDS, now=NOON)
    assert refused.value.facts == {"missing": 1, "name": "Amina Yusuf"}


def test_nobody_issues_one_to_themselves_and_only_faculty_issue(world, session, at):
    for sitter, student in (
        (world.sitter(), world.faculty.id),
        (world.sitter(role=SeatRole.MENTOR), world.student.id),
    ):
        with pytest.raises(NotAllowed):
            issue(session, sitter, student, at, WORDS, now=NOON)


def test_somebody_who_is_no_student_here_is_not_found(world, session, at):
    with pytest.raises(NotFound):
        issue(session, world.sitter(), world.guide.id, at, WORDS, now=NOON)


def test_a_track_of_another_course_is_not_found(world, session, at):
    elsewhere = track(session, context(session, world.deployment))
    with pytest.raises(NotFound):
        issue(session, world.sitter(track_id=elsewhere.id), world.student.id, at, WORDS, now=NOON)


def test_a_student_without_a_mentor_gets_one_signed_by_the_course_team_alone(world, at):
    award = issued(world, at, world.another_student(name="Noor Khan", email=None))
    assert [one["role"] for one in award.facts["signers"]] == ["Course team"]
    assert award.facts["identity_type"] == "ltiUserId"


def test_faculty_who_mentored_sign_once(world, at):
    sitter = world.sitter(world.guide)
    earn(world)
    award = issue(world.session, sitter, world.student.id, at, WORDS, now=NOON)
    assert [one["name"] for one in award.facts["signers"]] == ["Dr Priya Raman"]


def test_each_role_has_its_last_mentor_on_the_sheet_and_nobody_twice(session, at):
    two = TwoRoles(session)
    pair = two.paired()
    assert [(one["name"], one["role"]) for one in issued(two, at).facts["signers"][1:]] == [
        ("Dr Priya Raman", "Clinical mentor"),
        ("Prof Ilse Aalto", "Research mentor"),
    ]
    both = TwoRoles(session)
    both.paired(guide=both.mentor)
    award = issued(both, at)
    assert [(one["name"], one["role"]) for one in award.facts["signers"][1:]] == [
        ("Dr Priya Raman", "Clinical mentor, Research mentor")
    ]
    assert printed(issued(two, at), "https://localhost").pdf.startswith(b"%PDF")
    assert pair.ended_at is None


def test_later_changes_of_the_track_and_the_roster_change_nothing(world, session, at):
    award = issued(world, at)
    before = certificate_text(award.facts, "https://localhost/verify/x", award.issued_at)
    world.track.certificate_title, world.student.name = "Something else", "Somebody Else"
    world.track.milestones[0].title = "Another title"
    session.flush()
    session.refresh(award)
    assert certificate_text(award.facts, "https://localhost/verify/x", award.issued_at) == before


def test_the_sheet_says_who_what_and_where_to_check(world, at):
    award = issued(world, at)
    text = certificate_text(award.facts, f"https://localhost/verify/{award.public_id}", award.issued_at)
    assert (text.name, text.title) == ("Amina Yusuf", "Certificate of mentorship, Amina Yusuf")
    assert text.achievement in text.sentence
    assert text.issued_words == "23 November 2026"
    assert text.check_line == "Anyone can check it: localhost/verify"
    assert (text.knots[0].title, text.knots[0].when) == ("Milestone 1", "23 November 2026")
    assert [signer.name for signer in text.signers] == ["Prof Hanna Lindqvist", "Dr Priya Raman"]
    assert printed(award, "https://localhost").pdf.startswith(b"%PDF-")


def test_a_name_that_no_font_can_draw_is_refused_before_anything_is_kept(world, session, at):
    student = world.another_student(name="王小明")
    earn(world, student)
    with pytest.raises(UnprintableText), session.begin_nested():
        issue(session, world.sitter(), student.id, at, WORDS, now=NOON)
    assert session.scalars(select(Award)).all() == []


def test_what_is_excused_is_not_printed_as_reached(world, at):
    first, *others = world.track.milestones
    earn(world, milestones=[first], state=ProgressState.EXCUSED)
    earn(world, milestones=others)
    award = issued(world, at)
    assert [one["title"] for one in award.facts["milestones"]] == ["Milestone 2", "Milestone 3"]


def test_the_holder_shows_more_and_the_document_is_signed_anew(world, session, at):
    before = issued(world, at).document["proof"]
    award = release(session, holder(world), ["milestones", "name", "course"], at, now=NOON)
    assert award.released == ["name", "course", "milestones"]
    assert award.document["credentialSubject"]["identifier"][1]["identityHash"] == "Amina Yusuf"
    assert award.document["credentialSubject"]["achievement"]["name"] == "Clinical mentorship"
    assert [one["name"] for one in award.document["evidence"]] == ["Milestone 1", "Milestone 2", "Milestone 3"]
    key = session.scalars(select(IssuerKey)).one()
    assert award.document["proof"] != before
    assert signature_holds(award.document, public_key_from_multikey(key.public_key))
    assert actions(session) == ["award.issued", "award.released"]


def test_the_same_choice_again_changes_nothing(world, session, at):
    issued(world, at)
    release(session, holder(world), [], at, now=NOON)
    assert actions(session) == ["award.issued"]


def test_what_no_page_shows_cannot_be_released(world, session, at):
    issued(world, at)
    with pytest.raises(UnknownRelease):
        release(session, holder(world), ["grade"], at, now=NOON)


def test_who_holds_no_award_has_nothing_to_release(world, session, at):
    with pytest.raises(NotFound):
        release(session, holder(world), ["name"], at, now=NOON)


@pytest.mark.both_databases
def test_a_withdrawn_award_sets_its_place_in_the_list_and_tells_the_holder(world, session, at):
    award = issued(world, at)
    revoke(session, world.sitter(), award.id, f"  {REASON} ", now=NOON)
    place = session.get_one(StatusList, award.status_list_id)
    assert is_set(place.bits, award.status_index)
    assert (award.revoked_at, award.revoked_reason) == (NOON, REASON)
    assert actions(session) == ["award.issued", "award.revoked"]
    assert session.scalars(select(Mail.kind).order_by(Mail.id)).all() == ["certificate_issued", "certificate_withdrawn"]


def test_a_reason_is_needed_and_withdrawing_twice_says_so(world, session, at):
    award = issued(world, at)
    with pytest.raises(WordsNeeded):
        revoke(session, world.sitter(), award.id, "no", now=NOON)
    revoke(session, world.sitter(), award.id, REASON, now=NOON)
    with pytest.raises(AlreadyWithdrawn):
        revoke(session, world.sitter(), award.id, REASON, now=NOON)


def test_after_a_withdrawal_a_new_one_can_be_issued_with_a_number_and_place_of_its_own(world, session, at):
    first = issued(world, at)
    revoke(session, world.sitter(), first.id, REASON, now=NOON)
    second = issued(world, at)
    assert second.public_id != first.public_id
    assert (first.status_index, second.status_index) == (0, 1)


def test_an_award_of_another_course_cannot_be_withdrawn_from_here(world, session, at):
    award = issued(world, at)
    course = context(session, world.deployment)
    membership(session, course, world.faculty, is_student=False, is_faculty=True)
    other = track(session, course)
    sitter = world.sitter(context_id=course.id, track_id=other.id, resource_link_id=link(session, course, other).id)
    with pytest.raises(NotFound):
        revoke(session, sitter, award.id, REASON, now=NOON)


def test_a_full_list_is_followed_by_a_new_one(world, session, at):
    award = issued(world, at)
    session.get_one(StatusList, award.status_list_id).next_index = LIST_BITS
    later = issued(world, at, world.another_student())
    assert later.status_list_id != award.status_list_id
    assert later.status_index == 0


@pytest.mark.both_databases
def test_two_who_press_at_once_issue_one(app, session, world, at):
    earn(world)
    sitter, student_id = world.sitter(), world.student.id
    session.commit()
    together = threading.Barrier(2)

    def press(_number):
        with app.app_context():
            together.wait(timeout=10)
            with unit_of_work() as own:
                return issue(own, sitter, student_id, at, WORDS, now=NOON).public_id

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(press, range(2)))) == 1
    assert len(session.scalars(select(Award)).all()) == 1


@pytest.mark.parametrize("kind", ["certificate_issued", "certificate_withdrawn", "badge_withdrawn"])
def test_its_mail_names_the_track_and_the_way_there(app, kind):
    with app.app_context():
        subject, text = written(
            kind, {"track": "Clinical mentorship", "course": "MED 402", "path": "/certificate"}, "en"
        )
    assert subject.startswith(("Your certificate", "Your badge"))
    assert "Clinical mentorship in MED 402" in text
