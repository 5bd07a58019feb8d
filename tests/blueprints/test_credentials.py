"""Credentials in a browser: what a mentor declares, what those who check see, and what students read."""

import io
import re
from datetime import date, timedelta

import pytest
from factories.accounts import administrator, come_in
from factories.browser import sit
from factories.credentials import PDF, checked_here, credential, document, verified
from factories.profiles import profile
from factories.world import World
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.credentials import Checkers, CredentialState
from lti_mentoring.domain.registers import REGISTERS
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Credential, CredentialDocument, Institution

LICENCE = {"kind": "licence", "title": "Licence to practise", "register": "us_npi", "number": "1234567893"}
UNTIL = {"verify-method": "register", "verify-until": "2090-01-01"}


@pytest.fixture
def world(session):
    world = World(session)
    world.track.faculty_verify = True
    checked_here(world)
    return world


@pytest.fixture
def guide(app, session, world):
    return sit(app, session, world, SeatRole.MENTOR)


@pytest.fixture
def faculty(app, session, world):
    return sit(app, session, world, SeatRole.FACULTY)


def upload(client, number, name="licence.pdf", content=PDF):
    sent = {"file": (io.BytesIO(content), name)} if name else {}
    return client.post(f"/profile/credentials/{number}/document", sent, content_type="multipart/form-data")


def test_from_a_declaration_to_what_a_student_reads(app, session, world, guide, faculty):
    assert guide.post("/profile/credentials", LICENCE).status_code == 303
    [number] = session.scalars(select(Credential.id))
    assert upload(guide, number).status_code == 303
    own = guide.get("/profile/credentials").text
    assert "1234567893" in own
    assert "licence.pdf" in own
    assert "1 credential waits to be checked" in faculty.get("/credentials").text
    page = faculty.get(f"/credentials/{number}").text
    assert "1234567893" in page
    assert "https://npiregistry.cms.hhs.gov/" in page
    [scan] = session.scalars(select(CredentialDocument.id))
    assert faculty.get(f"/credentials/documents/{scan}").data == PDF
    faculty.post(f"/credentials/{number}/look-up", {"look-words": "Listed without conditions."})
    until = (utcnow() + timedelta(days=300)).date().isoformat()
    faculty.post(f"/credentials/{number}/verify", {"verify-method": "register", "verify-until": until})
    assert "Listed without conditions." in guide.get("/profile/credentials").text
    home = sit(app, session, world, SeatRole.STUDENT).get("/").text
    assert "Checked by the course team in the public register" in home
    assert "1234567893" not in home
    assert "Hanna Lindqvist" not in home


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"number": "1234567890"}, "Its numbers are: 10 digits, the last one a check digit."),
        ({"register": "other", "number": "2341 2341 2346"}, "an Aadhaar number, which is never stored"),
        ({"title": "234123412346"}, "an Aadhaar number, which is never stored"),
        ({"issued_on": "2026-01-02", "expires_on": "2026-01-01"}, "It cannot expire before it was issued"),
        ({"title": " "}, "Say what it is."),
        ({"register": "moon"}, "Choose one of these."),
    ],
)
def test_what_cannot_be_is_said_beside_it_and_nothing_is_kept(session, guide, change, words):
    answer = guide.post("/profile/credentials", {**LICENCE, "holder": "Priya K. Raman", **change})
    assert answer.status_code == 422
    assert words in answer.text
    assert "Priya K. Raman" in answer.text
    assert session.scalars(select(Credential)).all() == []


def test_no_register_is_chosen_beforehand(session, guide):
    page = guide.get("/profile/credentials").text
    registers = re.findall(r'<input[^>]*name="register"[^>]*>', page)
    assert len(registers) == len(REGISTERS)
    assert not [one for one in registers if "checked" in one]
    answer = guide.post("/profile/credentials", {**LICENCE, "register": ""})
    assert answer.status_code == 422
    assert "Choose one." in answer.text
    assert not session.scalars(select(Credential)).all()


def test_a_file_that_is_no_scan_is_refused_beside_it(app, session, world, guide):
    made = credential(app, session, world)
    session.commit()
    for name, content in (("page.html", b"<html>"), ("notes.txt", b"words"), ("", b"")):
        assert upload(guide, made.id, name, content).status_code == 422


def test_too_many_are_said(app, session, world, guide):
    for _each in range(20):
        credential(app, session, world)
    session.commit()
    assert "You have declared 20 already" in guide.post("/profile/credentials", LICENCE).text


def test_wrong_answers_of_those_who_check_are_said_and_nothing_changes(app, session, world, faculty):
    made = credential(app, session, world)
    session.commit()
    page = f"/credentials/{made.id}"
    for tail, sent in (
        ("look-up", {"look-words": "x" * 501}),
        ("verify", {}),
        ("verify", {"verify-method": "register", "verify-until": "2020-01-01"}),
        ("revoke", {"revoke-reason": "no"}),
        ("revoke", {"revoke-reason": "x" * 501}),
    ):
        assert faculty.post(f"{page}/{tail}", sent).status_code == 422
    faculty.post(f"{page}/revoke", {"revoke-reason": "It was a forgery."})
    assert faculty.post(f"{page}/look-up", {}).status_code == 409
    assert "Verify it" not in faculty.get(page).text


def test_one_s_own_is_not_checked_and_the_page_says_so(app, session, world):
    made = credential(app, session, world)
    own = sit(app, session, world, SeatRole.FACULTY, world.guide)
    assert "Nobody checks their own" in own.get(f"/credentials/{made.id}").text
    until = {"verify-method": "register", "verify-until": "2090-01-01"}
    assert own.post(f"/credentials/{made.id}/verify", until).status_code == 403


def test_an_administrator_without_an_lms_checks_and_is_named(app, session, world):
    made = credential(app, session, world)
    office = come_in(app, session, administrator(session, world.institution, "Ada Office"))
    assert "Licence to practise" in office.get("/credentials").text
    until = {"verify-method": "issuer", "verify-until": "2090-01-01"}
    office.post(f"/credentials/{made.id}/verify", until)
    assert "by Ada Office" in office.get(f"/credentials/{made.id}").text


def test_a_removed_one_and_its_file_are_gone(app, session, world, guide, faculty):
    made = credential(app, session, world)
    scan = document(app, session, world, made)
    session.commit()
    guide.post(f"/profile/credentials/{made.id}/remove")
    assert guide.get(f"/credentials/documents/{scan.id}").status_code == 404
    assert faculty.get(f"/credentials/{made.id}").status_code == 404


def test_a_document_whose_file_is_lost_is_not_found(app, session, world, guide):
    scan = document(app, session, world, credential(app, session, world))
    session.commit()
    app.extensions["files"].erase(scan.file.storage_key)
    assert guide.get(f"/credentials/documents/{scan.id}").status_code == 404


def test_without_a_profile_there_is_nothing_to_declare(app, session, world):
    student = sit(app, session, world, SeatRole.STUDENT)
    assert "There is no profile for you here" in student.get("/profile/credentials").text
    assert student.post("/profile/credentials", LICENCE).status_code == 409


def test_an_administrator_s_first_page_says_how_many_wait_where_the_office_checks(app, session, world):
    made = credential(app, session, world)
    office = come_in(app, session, administrator(session, world.institution))
    assert "1 credential waits to be checked" in office.get("/admin").text
    world.institution.credential_checkers = Checkers.NOBODY
    session.commit()
    assert "to be checked" not in office.get("/admin").text
    world.institution.credential_checkers, made.removed_at = Checkers.OFFICE, utcnow()
    session.commit()
    assert "to be checked" not in office.get("/admin").text


def test_a_track_that_asks_for_it_gives_no_student_to_an_unchecked_mentor(app, session, world, faculty):
    waiting = world.another_student()
    world.track.credential_needed = True
    session.commit()
    press = f"/students/{waiting.id}/mentor", {"mentor": world.mentor.id}
    assert "has no verified credential" in faculty.post(*press).text
    assert "only to mentors with a verified credential" in faculty.get("/track").text
    verified(app, session, world, now=utcnow())
    session.commit()
    assert faculty.post(*press).status_code == 303


def test_what_has_lapsed_says_so_and_goes_on_saying_who_checked_it_when(app, session, world):
    made = verified(app, session, world)
    made.state = CredentialState.LAPSED
    made.verified_until = date(2026, 11, 27)
    student = sit(app, session, world, SeatRole.STUDENT)
    for place in ("/", f"/directory/{world.mentor.id}"):
        assert (
            "Checked by the course team in the public register on 23 Nov 2026; "
            "held until 27 Nov 2026 and has not been checked again since."
        ) in student.get(place).text


class TestPractice:
    """Since when a mentor practises, and which subjects: as checked, or as they say."""

    def test_whoever_checks_says_what_they_have_seen_and_students_read_who_checked_it(
        self, app, session, world, guide, faculty
    ):
        profile(session, world, years=17)
        made = credential(app, session, world)
        session.commit()
        student = sit(app, session, world, SeatRole.STUDENT)
        page = f"/directory/{world.mentor.id}"
        assert "Says: 17 years in practice" in student.get("/directory").text
        assert "Oncology" in faculty.get(f"/credentials/{made.id}").text
        sent = {**UNTIL, "verify-since": "2009", "verify-specialties": ["health.oncology"]}
        assert faculty.post(f"/credentials/{made.id}/verify", sent).status_code == 303
        listed = student.get("/directory").text
        assert "In practice since 2009, checked by the course team on" in listed
        assert "Says: 17 years" not in listed
        assert "Oncology (checked)" in listed
        for text in (student.get(page).text, student.get("/").text, guide.get("/profile/credentials").text):
            assert "In practice since 2009" in text
            assert "Subjects seen: Oncology" in text
        again = faculty.get(f"/credentials/{made.id}").text
        assert 'value="2009"' in again
        faculty.post(f"/credentials/{made.id}/revoke", {"revoke-reason": "It was a forgery."})
        assert "Says: 17 years in practice" in student.get("/directory").text
        assert "(checked)" not in student.get("/directory").text

    def test_what_cannot_have_been_seen_is_said_beside_it(self, app, session, world, faculty):
        profile(session, world)
        made = credential(app, session, world)
        session.commit()
        for said, words in (
            ({"verify-since": "1900"}, "Write a year from"),
            ({"verify-since": "long ago"}, "Write a whole number"),
            ({"verify-specialties": "health.surgery"}, "Choose from this list."),
        ):
            answer = faculty.post(f"/credentials/{made.id}/verify", {**UNTIL, **said})
            assert answer.status_code == 422
            assert words in answer.text

    def test_where_the_mentor_says_no_subject_there_is_none_to_tick(self, app, session, world, faculty):
        made = credential(app, session, world)
        session.commit()
        assert "Which subjects" not in faculty.get(f"/credentials/{made.id}").text


class TestWhoChecksHere:
    def test_an_administrator_chooses_and_what_was_open_is_closed_at_once(self, app, session, world, faculty):
        made = credential(app, session, world)
        scan = document(app, session, world, made)
        office = come_in(app, session, administrator(session, world.institution))
        for checkers, pages in (("office", "/credentials"), ("nobody", "/credentials"), ("tracks", "/credentials")):
            assert office.post("/credentials/checkers", {"checkers": checkers}).status_code == 303
            session.expire_all()
            assert session.get_one(Institution, world.institution.id).credential_checkers == checkers
            assert f'value="{checkers}" checked' in office.get(pages).text
            opened = 200 if checkers == "tracks" else 404
            assert faculty.get(f"/credentials/{made.id}").status_code == opened
            assert faculty.get(f"/credentials/documents/{scan.id}").status_code == opened
            held = 404 if checkers == "nobody" else 200
            assert office.get(f"/credentials/{made.id}").status_code == held

    def test_what_is_none_of_the_three_is_said_beside_them(self, app, session, world):
        office = sit(app, session, world, SeatRole.ADMINISTRATOR)
        for sent, words in (({}, "Choose one."), ({"checkers": "everybody"}, "Choose one of these.")):
            answer = office.post("/credentials/checkers", sent)
            assert answer.status_code == 422
            assert words in answer.text

    def test_no_course_team_chooses(self, faculty):
        assert faculty.post("/credentials/checkers", {"checkers": "tracks"}).status_code == 403
        assert "Who checks here" not in faculty.get("/credentials").text

    def test_where_nobody_does_each_reads_what_to_do(self, app, session, world, guide, faculty):
        made = credential(app, session, world)
        world.track.credential_needed = True
        checked_here(world, Checkers.NOBODY)
        session.commit()
        office = sit(app, session, world, SeatRole.ADMINISTRATOR)
        page = office.get("/credentials").text
        assert "Nobody checks credentials here" in page
        assert "1 declared credential waits." in page
        assert "1 track gives new students only to mentors with a verified credential." in page
        assert "Licence to practise" not in page
        assert "ask an administrator of Mentoring" in faculty.get("/credentials").text
        assert "with the second no more mentors can get new students" in faculty.get("/track/mentors").text
        mine = guide.get("/profile/credentials").text
        assert "You need not hand anything in." in mine
        assert "Declare one more" not in mine
        assert "Hand in this document" not in mine
        assert "7012345" in mine
        refused = guide.post("/profile/credentials", LICENCE)
        assert (refused.status_code, "Your institution does not check credentials" in refused.text) == (409, True)
        assert upload(guide, made.id).status_code == 409
        assert guide.post(f"/profile/credentials/{made.id}/remove").status_code == 303
        assert "stays sealed" not in guide.get("/profile/credentials").text

    def test_a_course_team_reads_who_checks_in_its_place_or_where_to_tick_it(self, app, session, world, guide, faculty):
        credential(app, session, world)
        checked_here(world, Checkers.OFFICE)
        session.commit()
        page = faculty.get("/credentials").text
        assert "The administrators check credentials here" in page
        assert "You need not do anything." in page
        assert "Licence to practise" not in page
        assert "Here only the administrators check." in faculty.get("/track/mentors").text
        assert "and the administrators of your institution; nobody else" in guide.get("/profile/credentials").text
        checked_here(world)
        world.track.faculty_verify = False
        session.commit()
        page = faculty.get("/credentials").text
        assert "Your course team does not check yet." in page
        assert 'href="/track/mentors"' in page
        assert "a course team that checks its own mentors" in guide.get("/profile/credentials").text
