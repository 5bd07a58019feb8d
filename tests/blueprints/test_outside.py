"""An outside mentor at the pages of mentors: own students only, one course at a time, and out when it is over."""

import pytest
from factories.browser import SignedInClient, sit
from factories.outside import come_in_from_outside, outsider
from factories.world import World, mentorship
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.milestones import ProgressState
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import AuditEntry, MilestoneProgress, Seat, SignInSession, TrackState
from lti_mentoring.services import accounts, assigning, evidence
from lti_mentoring.services.evidence import Sending

OUT = {401, 403}


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def vera(app, session, world):
    client = come_in_from_outside(app, session, world)
    client.mentee = world.another_student(name="Mina Mentee")
    client.mentorship = mentorship(session, client.outsider.mentor, client.mentee)
    session.commit()
    return client


def test_the_first_page_is_a_mentors_with_the_own_students_only(world, vera):
    page = vera.get("/")
    assert page.status_code == 200
    assert "Mina Mentee" in page.text
    assert world.student.name not in page.text
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert vera.get(f"/students/{vera.mentee.id}").status_code == 200
    assert vera.get(f"/students/{world.student.id}").status_code == 404


def test_the_bar_leads_to_the_own_account_and_not_to_a_course(vera):
    page = vera.get("/").text
    assert 'href="/account"' in page
    assert "My students" in page
    answer = vera.get("/seat")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account")
    assert 'href="/profile"' in vera.get("/account").text
    assert [vera.get(path).status_code for path in ("/privacy", "/profile")] == [200, 200]


def test_what_a_student_sent_is_signed_off_and_the_trail_names_person_and_account(app, session, world, vera):
    first = world.track.milestones[0]
    by = world.sitter(vera.mentee, SeatRole.STUDENT)
    sending = Sending(version=1, text="What I saw and what I would do differently next time.")
    evidence.send(session, by, first.id, sending, app.extensions["files"], limit=1000, now=utcnow())
    session.commit()
    page = f"/students/{vera.mentee.id}/milestones/{first.id}"
    assert vera.get(page).status_code == 200
    version = session.scalars(select(MilestoneProgress.version)).one()
    form = {"decision": "accept", "answer-version": version, "answer-words": "Well seen and said."}
    assert vera.post(f"{page}/answer", form).status_code == 303
    session.rollback()
    assert session.scalars(select(MilestoneProgress)).one().state is ProgressState.ACCEPTED
    row = session.scalars(select(AuditEntry).where(AuditEntry.action == "milestone.accepted")).one()
    assert (row.actor_id, row.account_ref) == (vera.outsider.person.id, vera.outsider.account.id)


def test_who_mentors_in_several_courses_chooses_and_can_choose_anew(app, session, world):
    there = World(session, inside=world.deployment)
    there.track.title = "Research mentorship"
    outsider(session, world, now=utcnow())
    vera = come_in_from_outside(app, session, there)
    first = vera.get("/")
    assert (first.status_code, first.headers["Location"]) == (302, "/courses")
    blocked = vera.get("/my-students")
    assert blocked.status_code == 403
    assert "Choose your course first" in blocked.text
    assert 'href="/courses"' in blocked.text
    assert "Research mentorship" in vera.get("/courses").text
    assert vera.post(f"/courses/{vera.outsider.mentor.id}").status_code == 303
    assert "Research mentorship" in vera.get("/").text
    assert "you are here" in vera.get("/courses").text
    assert vera.post("/courses/4711").status_code == 404


def test_out_of_the_list_is_out_of_the_course_at_once(app, session, world, vera):
    faculty = sit(app, session, world, SeatRole.FACULTY)
    ended = assigning.end(session, world.sitter(), vera.mentorship.id, "Moves to another ward.", now=utcnow())
    assert ended.ended_at
    session.commit()
    assert faculty.post(f"/mentors/{vera.outsider.mentor.id}/untick").status_code == 303
    assert vera.get("/my-students").status_code == 403
    assert "You are no mentor in a course at present" in vera.get("/courses").text


def test_a_closed_track_ends_the_seat(session, world, vera):
    world.track.state = TrackState.CLOSED
    session.commit()
    assert vera.get("/my-students").status_code == 403
    assert vera.get("/").headers["Location"] == "/courses"


@pytest.mark.parametrize("path", ["/sign-out", "/account/sessions/end"])
def test_who_signs_out_is_out(session, vera, path):
    assert vera.post(path).status_code == 303
    assert vera.get("/my-students").status_code == 401
    assert vera.get("/account").status_code == 401


def test_who_is_switched_off_is_out_in_the_same_moment(session, vera):
    accounts.switch_account(session, vera.outsider.account, on=False, by=None, now=utcnow())
    session.commit()
    assert vera.get("/my-students").status_code == 401


def test_the_seat_alone_opens_nothing(app, session, vera):
    """Its secret is told nobody, and no page makes a ticket of it."""
    answer = vera.post("/seat/ticket", {"address": "/my-students", "window": "yes"})
    assert answer.status_code == 422
    assert session.scalars(select(Seat.ended_at)).all() == [None]
    session.query(SignInSession).update({"ended_at": utcnow()})
    session.commit()
    assert vera.get("/my-students").status_code == 401


def test_a_seat_of_a_course_in_the_same_browser_comes_first(app, session, world, vera):
    student = sit(app, session, world, SeatRole.STUDENT)
    both = SignedInClient(app, vera.outsider.secret)
    both.client.set_cookie("__Host-mentoring-seat", student.token, domain="localhost", secure=True, path="/")
    assert world.student.name in both.get("/seat").text
    assert both.get("/my-students").status_code == 200  # for which the student's seat is none


def test_no_page_of_faculty_students_or_administrators_opens(vera):
    for path in ("/mentors", "/track", "/grades", "/path", "/admin", "/operator", "/mentors/invitations"):
        assert vera.get(path).status_code in OUT, path
