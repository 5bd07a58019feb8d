"""The student's certificate page and the faculty's ledger, over HTTP."""

import io
import json
import re

import pytest
from factories.awards import desk, earn, issued
from factories.browser import sit
from factories.door import forget_request
from factories.statements import counting
from factories.world import NOON, World, context, link, track
from pypdfium2 import PdfDocument
from sqlalchemy import func, select

from lti_mentoring.awarding.baking import credential_in
from lti_mentoring.domain.milestones import ProgressState
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Award, Job, JobState, TrackState
from lti_mentoring.queries.awards import ledger
from lti_mentoring.services.awarding import release, revoke

REASON = "Issued before the third history was complete."


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def student(app, session, world):
    return sit(app, session, world, SeatRole.STUDENT)


@pytest.fixture
def faculty(app, session, world):
    return sit(app, session, world, SeatRole.FACULTY)


@pytest.fixture
def award(session, world, settings):
    made = issued(world, desk(settings), now=NOON.replace(year=2025))  # the public page judges by the real clock
    session.commit()
    return made


def awards(session):
    return session.scalar(select(func.count()).select_from(Award))


def text_of(pdf):
    return PdfDocument(pdf)[0].get_textpage().get_text_bounded()


def test_before_it_the_page_lists_what_it_takes_and_how_far_one_is(world, session, student):
    earn(world, milestones=world.track.milestones[:1])
    earn(world, milestones=world.track.milestones[1:2], state=ProgressState.SUBMITTED)
    session.commit()
    page = student.get("/certificate").text
    assert "2 milestones to go." in page
    assert "1 of 3" in page
    assert "waits for an answer" in page


def test_when_all_is_reached_the_page_says_who_acts_next(world, session, student):
    earn(world)
    session.commit()
    assert "Your course team looks once more" in student.get("/certificate").text


def test_a_track_without_needed_milestones_says_so(world, session, student):
    for milestone in world.track.milestones:
        milestone.needed_for_certificate = False
    session.commit()
    assert "This track gives no certificate." in student.get("/certificate").text


def test_excused_from_everything_and_the_test_student_are_told_why(world, session, student):
    earn(world, state=ProgressState.EXCUSED)
    session.commit()
    assert "A certificate says what was reached." in student.get("/certificate").text
    world.student.is_test_user = True
    session.commit()
    assert "The test student gets no certificate." in student.get("/certificate").text


def test_a_track_that_is_still_a_draft_shows_nothing(world, session, student):
    world.track.state = TrackState.DRAFT
    session.commit()
    assert student.get("/certificate").status_code == 409


def test_the_holder_downloads_sheet_badge_and_document(award, student):
    assert "Your certificate is here." in student.get("/certificate").text
    pdf = student.get("/certificate.pdf")
    assert pdf.headers["Content-Disposition"] == f"attachment; filename=certificate-{award.facts['number']}.pdf"
    assert "Amina Yusuf" in text_of(pdf.data)
    for answer in (pdf, student.get("/certificate/badge.png"), student.get("/certificate/credential.json")):
        assert credential_in(answer.data) == award.document
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/certificate.pdf", "/certificate/badge.png", "/certificate/credential.json"])
def test_without_an_award_there_is_nothing_to_download(student, path):
    assert student.get(path).status_code == 404


def test_the_holder_chooses_what_strangers_see(session, award, student, client):
    answer = student.post("/certificate/shown", {"shows": ["name", "milestones"]})
    assert answer.status_code == 303
    session.expire_all()
    assert session.get_one(Award, award.id).released == ["name", "milestones"]
    page = client.get(f"/verify/{award.public_id}").text
    assert "Amina Yusuf" in page
    assert "Milestone 1" in page
    assert "Clinical placement" not in page


def test_a_word_that_is_no_choice_is_refused(award, student):
    assert student.post("/certificate/shown", {"shows": "grade"}).status_code == 422


def test_after_a_withdrawal_the_student_reads_when_and_why(world, session, award, student):
    revoke(session, world.sitter(), award.id, REASON, now=NOON)
    session.commit()
    page = student.get("/certificate").text
    assert "Your certificate was withdrawn on 23 November 2026." in page
    assert REASON in page
    assert student.get("/certificate.pdf").status_code == 404


def test_the_ledger_names_who_waits_and_issues_to_one_at_once(world, session, faculty):
    earn(world)
    session.commit()
    page = faculty.get("/certificates").text
    assert "1 student has earned the certificate and waits for it." in page
    assert "Issue to 1 student" in page
    assert faculty.post("/certificates", {"people": str(world.student.id)}).status_code == 303
    assert awards(session) == 1
    page = faculty.get("/certificates?show=issued").text
    assert "Amina Yusuf" in page
    assert "Nobody waits for a certificate." in page


def test_several_are_issued_in_a_job_whose_bar_survives_a_reload(world, session, faculty):
    people = [earn(world), earn(world, world.another_student())]
    session.commit()
    faculty.post("/certificates", {"people": ",".join(str(one.id) for one in people)})
    assert awards(session) == 0
    job = session.scalars(select(Job)).one()
    page = faculty.get("/certificates").text
    assert "0 of 2" in page
    assert f'hx-get="/certificates/jobs/{job.id}"' in page
    part = faculty.get(f"/certificates/jobs/{job.id}", headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "HX-Refresh" not in part.headers
    assert faculty.get(f"/certificates/jobs/{job.id}").status_code == 303
    job.state, job.done = JobState.DONE, 2
    session.commit()
    assert faculty.get(f"/certificates/jobs/{job.id}", headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert "certificates-job" not in faculty.get("/certificates").text


def test_the_page_names_whom_the_job_could_not_issue_to_and_why(world, session, faculty):
    faculty.post("/certificates", {"people": f"{world.student.id},{world.guide.id}"})
    job = session.scalars(select(Job)).one()
    job.state, job.detail = JobState.DONE, {
        "failed": [{"student_id": world.student.id, "code": "certificate_not_earned"}]
    }  # fmt: skip
    session.commit()
    page = faculty.get("/certificates").text
    assert "Not everything is reached yet" in page
    job.state = JobState.FAILED
    session.commit()
    assert "Issuing stopped after 0 of 2." in faculty.get("/certificates").text


@pytest.mark.parametrize("people", ["", "x", "-1", "99999999999"])
def test_nobody_named_is_a_clear_answer(faculty, people):
    answer = faculty.post("/certificates", {"people": people})
    assert answer.status_code == 422
    assert "Nobody was chosen" in answer.text


def test_who_has_not_earned_it_gets_none_with_a_clear_answer(world, faculty):
    answer = faculty.post("/certificates", {"people": str(world.student.id)})
    assert answer.status_code == 409
    assert "Not everything is reached yet" in answer.text


def test_a_name_that_cannot_be_printed_is_told_before_issuing_and_refused(world, session, faculty):
    student = world.another_student(name="王小明")
    earn(world, student)
    session.commit()
    assert "Cannot be printed: 王小明" in faculty.get("/certificates").text
    answer = faculty.post("/certificates", {"people": str(student.id)})
    assert answer.status_code == 422
    assert "The name cannot be printed" in answer.text
    assert awards(session) == 0


def test_the_ledger_is_searched_by_name_and_by_number(award, faculty):
    number = award.facts["number"]
    assert "Amina" in faculty.get(f"/certificates?show=issued&q={number.lower()}").text
    assert "Amina" in faculty.get("/certificates?show=issued&q=yusuf").text
    assert "Nothing fits your search" in faculty.get("/certificates?show=issued&q=nobody").text
    assert "No certificate was withdrawn" in faculty.get("/certificates?show=withdrawn").text


def test_a_withdrawal_needs_a_sentence_and_says_what_it_does(session, award, faculty):
    page = faculty.get(f"/certificates/{award.id}/withdraw").text
    assert "Withdraw the certificate of" in page
    for reason in ("", "no"):
        answer = faculty.post(f"/certificates/{award.id}/withdraw", {"reason": reason})
        assert answer.status_code == 422
        assert "Write a" in answer.text
    assert faculty.post(f"/certificates/{award.id}/withdraw", {"reason": REASON}).status_code == 303
    assert REASON in faculty.get("/certificates?show=withdrawn").text
    again = faculty.post(f"/certificates/{award.id}/withdraw", {"reason": REASON})
    assert again.status_code == 409
    assert "withdrawn already" in again.text
    assert faculty.get(f"/certificates/{award.id}/withdraw").status_code == 409


def test_faculty_download_the_sheet(award, faculty):
    assert "Amina Yusuf" in text_of(faculty.get(f"/certificates/{award.id}/certificate.pdf").data)


def test_another_course_finds_none_of_it(app, session, world, award):
    course = context(session, world.deployment)
    other = track(session, course)
    strangers = sit(
        app, session, world, SeatRole.FACULTY, context_ref=course.id, resource_link_ref=link(session, course, other).id
    )
    for path in ("withdraw", "certificate.pdf"):
        assert strangers.get(f"/certificates/{award.id}/{path}").status_code == 404
    assert strangers.post(f"/certificates/{award.id}/withdraw", {"reason": REASON}).status_code == 404
    assert strangers.get("/certificates/jobs/1").status_code == 404
    assert "Amina" not in strangers.get("/certificates?show=issued").text


def test_the_pages_of_one_role_are_closed_to_the_other(student, faculty):
    assert student.get("/certificates").status_code == 403
    assert faculty.get("/certificate").status_code == 403


def test_the_ledger_asks_as_many_questions_for_many_students_as_for_few(app, session, world, settings):
    def statements():
        session.expire_all()
        with counting(session) as sent:
            view = ledger(session, world.track, today=NOON.date())
        return len(sent), view

    earn(world, world.another_student())
    few, _view = statements()
    for _ in range(120):
        earn(world, world.another_student(), milestones=world.track.milestones)
    issued(world, desk(settings))
    many, view = statements()
    assert many == few
    assert (view.pages, len(view.ready), len(view.found_ids), view.issued_count) == (2, 100, 121, 1)


def test_what_was_shown_before_stays_in_the_file_but_not_on_the_page(world, session, settings, award, student, client):
    sitter = world.sitter(role=SeatRole.STUDENT)
    release(session, sitter, ["name"], desk(settings), now=NOON)
    session.commit()
    file = student.get("/certificate/credential.json").data
    release(session, sitter, [], desk(settings), now=NOON)
    session.commit()
    forget_request()
    assert "Amina Yusuf" in json.dumps(json.loads(file), ensure_ascii=False)
    page = client.post("/verify", data={"certificate": (io.BytesIO(file), "c.json")}).text
    assert "This certificate is valid" in page
    assert "Amina" not in page
    assert re.search("Compare this with what the file shows", page)
