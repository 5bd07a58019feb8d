"""Levels of mentors in a browser: said by faculty, found by students, read by mentors and, if wished, by strangers."""

import re

import pytest
from factories.browser import sit
from factories.tests import taken, trained
from factories.world import World

from lti_mentoring.domain.seats import SeatRole


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def faculty(app, session, world):
    return sit(app, session, world, SeatRole.FACULTY)


def said(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def test_faculty_say_who_is_trained_and_who_leads_and_everybody_reads_it_in_their_words(app, session, world, faculty):
    page = f"/mentors/{world.mentor.id}"
    assert "Not trained yet." in said(faculty.get(page))
    assert "Name as lead mentor" not in faculty.get(page).text
    assert faculty.post(f"{page}/level/lead").status_code == 409
    assert "is trained" in faculty.get(faculty.post(f"{page}/level/trained").headers["Location"]).text
    faculty.post(f"{page}/level/lead")
    assert "Lead: named by Prof Hanna Lindqvist on" in said(faculty.get(page))
    student, guide = sit(app, session, world, SeatRole.STUDENT), sit(app, session, world, SeatRole.MENTOR)
    shown = said(student.get(f"/directory/{world.mentor.id}"))
    assert "Lead: named by the course team on" in shown
    assert "Hanna" not in shown
    assert "Lead mentor" in student.get("/directory?level=lead").text
    assert "Lead: named by the course team" in said(guide.get("/profile"))
    faculty.post(f"{page}/level/not_lead")
    assert "Nobody is all of that" in student.get("/directory?level=lead").text
    assert "Dr Priya Raman" in student.get("/directory?level=nonsense").text
    faculty.post(f"{page}/level/not_trained")
    assert "No level yet" in guide.get("/profile").text
    assert "As a mentor" not in student.get(f"/directory/{world.mentor.id}").text


def test_where_a_test_trains_there_is_no_button_for_it(session, world, faculty):
    test = trained(world)
    session.commit()
    page = f"/mentors/{world.mentor.id}"
    assert "Has not passed the test for mentors yet." in said(faculty.get(page))
    assert "Confirm: is trained" not in faculty.get(page).text
    assert faculty.post(f"{page}/level/trained").status_code == 409
    taken(session, world.sitter(role=SeatRole.MENTOR), test)
    world.track.practising_months = 1
    world.mentorship.started_at = world.mentorship.started_at.replace(year=2020)
    session.commit()
    shown = said(faculty.get(page))
    assert "Has passed the test for mentors." in shown
    assert "Has guided a student for 1 month or longer." in shown


def test_strangers_read_the_level_when_the_mentor_lets_them(app, session, world, faculty, client):
    faculty.post(f"/mentors/{world.mentor.id}/level/trained")
    guide = sit(app, session, world, SeatRole.MENTOR)
    guide.post("/profile/public", {"public": ["level"]})
    guide.post("/profile/public/share")
    address = re.search(r"/mentor-page/[\w-]+", guide.get("/profile/public").text).group()
    assert "Trained as a mentor there." in said(client.get(address))
    guide.post("/profile/public", {"public": []})
    assert "Trained" not in said(client.get(address))


def test_a_track_says_after_how_many_months_a_mentor_is_practising(session, world, faculty):
    wrong = faculty.post("/track/mentors", {"version": "1", "practising_months": "0"})
    assert (wrong.status_code, "Write a number from 1 to 60" in wrong.text) == (422, True)
    faculty.post("/track/mentors", {"version": "1", "practising_months": "9"})
    session.refresh(world.track)
    assert world.track.practising_months == 9
