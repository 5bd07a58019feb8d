"""Faculty settle what becomes of people who leave: first they see who is concerned, then they press once."""

import re

import pytest
from factories.browser import said, sit
from factories.rounds import new_mentor
from factories.statements import counting
from factories.world import World, mentorship
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.mentorships import EndCause
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Membership, MembershipStatus, Mentorship
from lti_mentoring.services import evidence
from lti_mentoring.services.evidence import Sending

REASON = "She moves to another hospital."


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def faculty(app, session, world):
    return sit(app, session, world, SeatRole.FACULTY)


def leave(session, *people):
    numbers = [one.id for one in people]
    for row in session.scalars(select(Membership).where(Membership.person_id.in_(numbers))):
        row.status = MembershipStatus.LEFT
    session.commit()


def causes(session):
    session.rollback()
    return session.scalars(select(Mentorship.end_cause).order_by(Mentorship.id)).all()


def test_who_left_is_proposed_on_the_page_of_mentors_and_settled_on_its_own(session, world, faculty):
    assert "who left the course" not in said(faculty.get("/mentors"))
    assert "There is nothing to settle" in said(faculty.get("/leavers"))
    leave(session, world.student)
    assert "1 person who left the course is still together with somebody. Settle it" in said(faculty.get("/mentors"))
    page = said(faculty.get("/leavers"))
    assert "Amina Yusuf has a place with Dr Priya Raman" in page
    answer = faculty.post("/leavers/students", {"shown": world.mentorship.id}, headers={"HX-Request": "true"})
    assert "/leavers" in answer.headers["HX-Redirect"]
    assert causes(session) == [EndCause.STUDENT_LEFT]
    assert "There is nothing to settle" in said(faculty.get("/leavers"))


def test_a_mentor_who_left_leads_to_who_is_concerned(session, world, faculty):
    leave(session, world.guide)
    page = faculty.get("/leavers")
    assert "Dr Priya Raman 1 student is still with this mentor" in said(page)
    assert f"/mentors/{world.mentor.id}/leaving" in page.text
    preview = faculty.get(f"/mentors/{world.mentor.id}/leaving")
    assert "1 student would wait for another mentor." in said(preview)
    assert "The students get a mail." in said(preview)
    assert re.search(r'name="stops"[^>]* checked|checked[^>]* name="stops"', preview.text)
    assert causes(session) == [None]


def test_before_a_mentor_stops_faculty_see_what_waits_and_whether_there_is_room(session, world, faculty):
    student, milestone = world.sitter(role=SeatRole.STUDENT), world.track.milestones[0]
    evidence.send(session, student, milestone.id, Sending(1, "My page."), None, limit=10, now=utcnow())
    session.commit()
    page = said(faculty.get(f"/mentors/{world.mentor.id}/leaving"))
    assert "1 thing sent and not answered" in page
    assert "No place is free with other mentors." in page
    new_mentor(world, 1)
    mentorship(session, world.mentor, world.another_student())
    session.commit()
    assert "1 place is free with other mentors." in said(faculty.get(f"/mentors/{world.mentor.id}/leaving"))
    assert "leaves or stops: look who is concerned" in said(faculty.get(f"/mentors/{world.mentor.id}"))


def test_one_press_lets_all_wait_and_takes_the_tick_away(session, world, faculty):
    address = f"/mentors/{world.mentor.id}/leaving"
    values = {"shown": world.mentorship.id, "reason": REASON, "stops": "y"}
    assert faculty.post(address, values).status_code == 303
    assert causes(session) == [EndCause.MENTOR_STOPS]
    assert "Amina Yusuf" in said(faculty.get("/mentors"))
    assert faculty.get(address).status_code == 404


def test_a_reason_is_needed_and_nobody_is_parted_without(session, world, faculty):
    address = f"/mentors/{world.mentor.id}/leaving"
    answer = said(faculty.post(address, {"shown": world.mentorship.id, "reason": " "}), 422)
    assert "Say in a few words why" in answer
    assert said(faculty.post(address, {"shown": "x", "reason": REASON}), 422)
    assert causes(session) == [None]


def test_who_came_meanwhile_is_shown_before_anybody_is_parted(session, world, faculty):
    mentorship(session, world.mentor, world.another_student(name="Tomás Ferreira"))
    session.commit()
    address = f"/mentors/{world.mentor.id}/leaving"
    page = said(faculty.post(address, {"shown": world.mentorship.id, "reason": REASON}), 409)
    assert "Who is concerned has changed meanwhile." in page
    assert "Tomás Ferreira" in page
    page = said(faculty.post("/leavers/students", {"shown": world.mentorship.id}), 409)
    assert "Who is concerned has changed meanwhile." in page
    assert causes(session) == [None, None]


def test_a_mentor_with_nobody_is_only_asked_whether_the_tick_goes(session, world, faculty):
    other = new_mentor(world, 2, name="Dr Okafor")
    session.commit()
    address = f"/mentors/{other.id}/leaving"
    assert "Nobody is with Dr Okafor now." in said(faculty.get(address))
    assert faculty.post(address, {"reason": REASON, "stops": "y"}).status_code == 303
    assert faculty.get(f"/mentors/{other.id}").status_code == 404


@pytest.mark.parametrize("role", [SeatRole.STUDENT, SeatRole.MENTOR])
def test_only_faculty_come_here(app, session, world, role):
    browser = sit(app, session, world, role)
    assert browser.get("/leavers").status_code == 403
    assert browser.post("/leavers/students", {"shown": world.mentorship.id}).status_code == 403
    assert browser.post(f"/mentors/{world.mentor.id}/leaving", {"reason": REASON}).status_code == 403


def test_the_pages_need_as_many_statements_for_sixty_as_for_one(session, world, faculty):
    def statements():
        with counting(session) as sent:
            for address in ("/leavers", f"/mentors/{world.mentor.id}/leaving"):
                assert faculty.get(address).status_code == 200
        return len(sent)

    leave(session, world.student, world.guide)
    few = statements()
    world.mentor.places = 100
    new = [world.another_student() for _ in range(60)]
    for one in new:
        mentorship(session, world.mentor, one)
    leave(session, *new)
    assert statements() == few
