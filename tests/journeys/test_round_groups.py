"""At the width of a phone, in a real browser: faculty write groups, keep them together in a round, move one of them."""

import pytest
from factories.rounds import new_mentor
from factories.wishes import rank_list
from factories.world import World
from fixtures.serving import served
from journeys.phone import fits, phone
from sqlalchemy import select

from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Job, Match, Round
from lti_mentoring.tasks.jobs import run


@pytest.fixture
def course(session):
    world = World(session)
    world.mentor.places = world.mentor.taken
    wanted, second = new_mentor(world, 3, name="Dr Okafor"), new_mentor(world, 5, name="Dr Ibáñez")
    world.people = [
        world.another_student(name=name) for name in ("Layla Haddad", "Tomás Ferreira", "Zoë Lind", "Wei Zhang")
    ]
    for one in world.people:
        rank_list(session, world.track, one, wanted, second)
    return world


def got(session):
    rows = session.scalars(select(Match).order_by(Match.student_id).execution_options(populate_existing=True)).all()
    return [one.mentor_id for one in rows]


def test_groups_stay_together_on_a_phone(app, session, course, chromium):
    with served(app) as port:
        faculty = phone(chromium, session, course, port, SeatRole.FACULTY)
        page = faculty.new_page()
        page.goto(f"http://127.0.0.1:{port}/rounds/new")
        page.get_by_role("link", name="Write groups by hand").click()
        page.get_by_label("Groups, a line each").fill("Team A: Layla Haddad; Tomás Ferreira\nTeam B: Zoë Lind; Wei")
        page.get_by_role("button", name="Keep these groups").click()
        page.get_by_text("Line 2: no student of the course is called so: Wei").first.wait_for()
        assert fits(page)
        page.get_by_label("Groups, a line each").fill(
            "Team A: Layla Haddad; Tomás Ferreira\nTeam B: Zoë Lind; Wei Zhang"
        )
        page.get_by_role("button", name="Keep these groups").click()
        page.get_by_text("So there is room for 3; 2 are wanted.").wait_for()
        assert fits(page)
        with page.expect_response(lambda answer: "together=&" in answer.url):
            page.get_by_label("Who stays together").select_option(label="Nobody: everybody is matched alone")
        page.get_by_text("So there is room").wait_for(state="detached")
        page.get_by_label("Who stays together").select_option(label="Groups by hand (2)")
        page.get_by_text("2 groups stay together.").wait_for()
        page.get_by_role("button", name="Draw up this round").click()
        page.get_by_text("Drawing up a round").wait_for()
        run.run(session.scalars(select(Job.id)).one())
        session.rollback()
        first, second, third, fourth = got(session)
        assert first == second != third == fourth
        page.goto(f"http://127.0.0.1:{port}/rounds/{session.scalars(select(Round.id)).one()}")
        page.get_by_text("Groups by hand stay together. Each took 2 places, as the largest needs.").wait_for()
        assert fits(page)
        page.get_by_role("link", name="Change Layla Haddad’s mentor").click()
        page.get_by_label("Mentor", exact=True).select_option(label="nobody")
        page.locator("#effect").get_by_text("Tomás Ferreira: from").wait_for()
        page.get_by_label("This student alone").check()
        page.locator("#effect").get_by_text("The student’s group stays together, and they leave it.").wait_for()
        assert fits(page)
        page.get_by_label("The whole group").check()
        page.locator("#effect").get_by_text("Tomás Ferreira: from").wait_for()
        page.get_by_label("Reason, kept with the round").fill("They wait for Dr Mensah.")
        page.get_by_role("button", name="Make this change").click()
        page.get_by_text("“They wait for Dr Mensah.”").first.wait_for()
        assert fits(page)
        session.rollback()
        assert got(session)[:2] == [None, None]
        page.get_by_role("button", name="Undo the change for the whole group of Layla Haddad").click()
        page.get_by_text("The change is taken back.").wait_for()
        session.rollback()
        assert got(session) == [first, second, third, fourth]
        faculty.close()
