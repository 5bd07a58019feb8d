"""At the width of a phone, in a real browser: a mentor goes, the students wait, a round gives them another."""

import pytest
from factories.rounds import new_mentor
from factories.world import World
from fixtures.serving import served
from journeys.phone import fits, phone
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Job, Mentor
from lti_mentoring.services import evidence
from lti_mentoring.services.evidence import Sending
from lti_mentoring.tasks.jobs import run

WORDS = "My page about the ward."


@pytest.fixture
def course(session):
    world = World(session)
    world.late = world.another_student(name="Layla Haddad")
    world.new = new_mentor(world, 3, name="Dr Okafor")
    student, sending = world.sitter(role=SeatRole.STUDENT), Sending(1, WORDS)
    evidence.send(session, student, world.track.milestones[0].id, sending, None, limit=10, now=utcnow())
    return world


def test_a_mentor_goes_and_nobody_is_forgotten(app, session, course, chromium):
    with served(app) as port:
        base = f"http://127.0.0.1:{port}"
        earlier = phone(chromium, session, course, port, SeatRole.MENTOR).new_page()
        page = phone(chromium, session, course, port, SeatRole.FACULTY).new_page()
        page.goto(f"{base}/mentors/{course.mentor.id}")
        page.get_by_role("link", name="leaves or stops: look who is concerned").click()
        page.get_by_text("1 student would wait for another mentor.").wait_for()
        page.get_by_text("1 thing sent and not answered").wait_for()
        assert fits(page)
        page.get_by_label("Reason").fill("She moves to another hospital.")
        page.get_by_label("Take the tick away, too").check()
        page.get_by_role("button", name="End 1 mentorship").click()
        page.get_by_text("1 student waits for another mentor now").wait_for()
        page.get_by_role("link", name="Who waits, since when, and why").click()
        page.get_by_text("Dr Priya Raman could not go on").wait_for()
        assert page.get_by_role("link", name="Layla Haddad").is_visible()
        assert fits(page)
        page.get_by_role("link", name="Draw up a round for them").click()
        page.get_by_role("button", name="Draw up this round").click()
        page.get_by_text("Drawing up a round").wait_for()
        run.run(session.scalars(select(Job.id)).one())
        session.rollback()
        page.goto(f"{base}/waiting")
        page.get_by_role("link", name="Look at the draft").click()
        page.get_by_role("button", name="Publish 2 pairs").click()
        page.locator("#work").get_by_text("Publishing the round").wait_for()
        run.run(session.scalars(select(Job.id).order_by(Job.id.desc())).first())
        page.get_by_text("2 students have a mentor now.").wait_for()
        page.goto(f"{base}/waiting")
        page.get_by_text("Nobody waits for a mentor").wait_for()
        sent = f"{base}/students/{course.student.id}/milestones/{course.track.milestones[0].id}"
        assert earlier.goto(sent).status in {403, 404}
        assert WORDS not in earlier.content()
        now = phone(chromium, session, course, port, SeatRole.MENTOR, course.new.person).new_page()
        now.goto(base)
        now.get_by_role("link", name="Read and answer").first.click()
        now.get_by_text(WORDS).wait_for()
        session.rollback()
        assert session.scalars(select(Mentor.taken).order_by(Mentor.id)).all() == [0, 2]
