"""Applying as a mentor from inside the course, and faculty's page of applications."""

import pytest
from factories.browser import sit
from factories.profiles import application, profile
from factories.world import World
from sqlalchemy import select

from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.tracks import MentoringFacts
from lti_mentoring.models import MentorApplication
from lti_mentoring.services.tracks import edit_mentoring


@pytest.fixture
def world(session):
    world = World(session)
    world.track.applications_open = True
    return world


@pytest.fixture
def student(app, session, world):
    return sit(app, session, world, SeatRole.STUDENT)


@pytest.fixture
def faculty(app, session, world):
    return sit(app, session, world, SeatRole.FACULTY)


def test_a_student_becomes_a_mentor(app, session, world, student, faculty):
    assert "/apply" in student.get("/seat").text
    assert "Would you like to mentor here?" in student.get("/apply").text
    assert student.post("/apply").headers["Location"] == "/profile/work"
    assert "5 steps are left" in student.get("/apply").text
    profile(session, world, world.student, role=SeatRole.STUDENT)
    session.commit()
    assert student.post("/apply").headers["Location"] == "/apply"
    assert "Look at it once more, then send it" in student.get("/apply").text
    student.post("/apply/send", {"words": "I was one myself.", "places": "2"})
    assert "Your application was sent" in student.get("/apply").text
    assert "1 person would like to mentor here." in faculty.get("/mentors").text
    assert "Amina Yusuf" in faculty.get("/mentors/applications").text
    [number] = session.scalars(select(MentorApplication.id))
    page = faculty.get(f"/mentors/applications/{number}").text
    assert "I was one myself." in page
    assert "12 years in practice" in page
    faculty.post(f"/mentors/applications/{number}/accept", {"places": "3"})
    assert "Accepted" in faculty.get("/mentors/applications").text
    assert "You are a mentor here" in student.get("/apply").text


def test_a_decline_needs_a_reason_which_the_applicant_reads(app, session, world, student, faculty):
    made = application(session, world, world.student)
    session.commit()
    page = f"/mentors/applications/{made.id}"
    short = faculty.post(f"{page}/decline", {"reason": "no"})
    assert (short.status_code, "Write a sentence that says why not" in short.text) == (422, True)
    assert faculty.post(f"{page}/decline", {"reason": "x" * 301}).status_code == 422
    faculty.post(f"{page}/decline", {"reason": "The places are for seniors."})
    assert "The places are for seniors." in student.get("/apply").text
    assert "The places are for seniors." in faculty.get(page).text
    late = faculty.post(f"{page}/accept", {"places": "3"})
    assert (late.status_code, "not waiting any more" in late.text) == (409, True)


def test_wrong_numbers_are_told_and_nothing_typed_is_lost(session, world, student, faculty):
    made = application(session, world, world.another_student())
    profile(session, world, world.student, role=SeatRole.STUDENT)
    session.commit()
    student.post("/apply")
    answer = student.post("/apply/send", {"words": "I was one myself.", "places": "0"})
    assert (answer.status_code, "I was one myself." in answer.text) == (422, True)
    assert faculty.post(f"/mentors/applications/{made.id}/accept", {"places": "many"}).status_code == 422


def test_what_was_taken_back_is_gone_and_can_come_again(session, world, student, faculty):
    application(session, world, world.student)
    session.commit()
    student.post("/apply/withdraw")
    assert "Nobody has applied yet" in faculty.get("/mentors/applications").text
    assert "Apply again" in student.get("/apply").text


def test_where_nobody_may_apply_the_page_says_so_and_a_press_that_comes_late_too(session, world, student, faculty):
    world.track.applications_open = False
    session.commit()
    assert "Nobody can apply here now" in student.get("/apply").text
    assert student.post("/apply").status_code == 409
    assert "Let people of the course apply" in faculty.get("/mentors/applications").text


def test_faculty_open_and_close_it_in_the_track(session, world, faculty):
    faculty.post("/track/mentors", {"version": str(world.track.version), "practising_months": "6"})
    session.refresh(world.track)
    assert not world.track.applications_open
    assert "Nobody can apply." in faculty.get("/track").text
    stale = faculty.post("/track/mentors", {"version": "1", "applications_open": "y", "practising_months": "6"})
    assert (stale.status_code, "Somebody else changed this track" in stale.text) == (409, True)
    same = edit_mentoring(session, world.sitter(), MentoringFacts(False), version=None, now=world.mentor.made_at)
    assert same.version == world.track.version
    assert "checked" not in faculty.get("/track/mentors").text


def test_a_profession_that_is_no_word_of_ours_is_shown_and_never_run(app, session, world, faculty):
    application(session, world, world.student)
    profile(session, world, world.student, role=SeatRole.STUDENT, profession="<script>")
    session.commit()
    assert "&lt;script&gt;" in faculty.get("/mentors/applications").text
