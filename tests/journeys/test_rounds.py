"""At the width of a phone, in a real browser: faculty make a round, change one pair, publish; a student reads why."""

import pytest
from factories.rounds import drawn, new_mentor
from factories.wishes import policy, rank_list
from factories.world import World, group
from fixtures.serving import served
from journeys.phone import fits, phone
from sqlalchemy import select

from lti_mentoring.domain.rank_lists import MatchingWay
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Job, Mentor, Mentorship
from lti_mentoring.tasks.jobs import run


@pytest.fixture
def course(session):
    world = World(session)
    world.mentor.places = world.mentor.taken
    wanted, second = new_mentor(world, 1, name="Dr Okafor"), new_mentor(world, 3, name="Dr Ibáñez")
    world.layla, world.tomas = (world.another_student(name=name) for name in ("Layla Haddad", "Tomás Ferreira"))
    for one in (world.layla, world.tomas):
        rank_list(session, world.track, one, wanted, second)
    return world


def guide_called(session, name):
    return next(one for one in session.scalars(select(Mentor)) if one.person.name == name)


def test_a_round_on_a_phone(app, session, course, chromium):
    with served(app) as port:
        faculty = phone(chromium, session, course, port, SeatRole.FACULTY)
        page = faculty.new_page()
        page.goto(f"http://127.0.0.1:{port}/mentors")
        page.get_by_role("link", name="Match by wishes, in a round").click()
        page.get_by_role("link", name="Draw up a round").click()
        page.get_by_label("Fairest").check()
        page.get_by_text("1 would get the first wish,").wait_for()
        assert fits(page)
        page.get_by_label("Stable").check()
        with page.expect_response(lambda answer: "strategy=stable" in answer.url):
            page.get_by_role("button", name="Show what it would give").click()
        page.get_by_role("button", name="Draw up this round").click()
        page.get_by_text("Drawing up a round").wait_for()
        run.run(session.scalars(select(Job.id)).one())
        session.rollback()
        page.goto(f"http://127.0.0.1:{port}/rounds")
        page.get_by_role("link", name="Look at the draft").click()
        page.get_by_text("2 of 2 got one of their first three wishes.").wait_for()
        assert fits(page)
        page.get_by_role("link", name="Not a first wish").click()
        page.wait_for_url(
            "**show=not_first**"
        )  # what was shown before says the same: only the address tells them apart
        page.get_by_text("went to others.").wait_for()
        page.locator(".m-chips a").first.click()
        page.get_by_text("Showing 2 of 2 students").first.wait_for()
        page.get_by_role("link", name="Change Layla Haddad’s mentor").click()
        page.wait_for_url("**/rounds/*/students/**")  # loaded: before its scripts run, a choice shows no effect
        page.get_by_label("Mentor", exact=True).select_option(label="nobody")
        page.locator("#effect").get_by_text("The student is left without a mentor.").wait_for()
        page.get_by_label("Reason, kept with the round").fill("She comes next term.")
        page.get_by_role("button", name="Make this change").click()
        page.get_by_text("“She comes next term.”").wait_for()
        page.get_by_role("button", name="Publish 1 pair").click()
        page.locator("#work").get_by_text("Publishing the round").wait_for()
        assert fits(page)
        page.reload()
        page.locator("#work").get_by_text("Publishing the round").wait_for()
        run.run(session.scalars(select(Job.id).order_by(Job.id.desc())).first())
        page.get_by_text("1 student has a mentor now.").wait_for()
        assert page.get_by_role("button", name="Take this round back").is_visible()
        assert fits(page)
        session.rollback()
        made = session.scalars(select(Mentorship).where(Mentorship.student_id == course.tomas.id)).one()
        assert made.ended_at is None
        faculty.close()
        student = phone(chromium, session, course, port, SeatRole.STUDENT, course.tomas)
        page = student.new_page()
        page.goto(f"http://127.0.0.1:{port}/")
        page.get_by_role("link", name="Why this mentor").click()
        page.get_by_text("wish.").first.wait_for()
        assert "Layla" not in page.content()
        assert fits(page)
        student.close()


def test_the_preview_follows_a_number_as_it_is_changed(session, app, course, chromium):
    """Two want Dr Okafor first, who has room; one of them is in Dr Ibáñez's section."""
    okafor, ibanez = (guide_called(session, name) for name in ("Dr Okafor", "Dr Ibáñez"))
    policy(session, course.track, MatchingWay.ROUNDS, mentors_rank=True)
    okafor.places = 4
    group(session, course.context, "Section A", course.tomas, ibanez.person)
    with served(app) as port:
        faculty = phone(chromium, session, course, port, SeatRole.FACULTY)
        page = faculty.new_page()
        page.goto(f"http://127.0.0.1:{port}/rounds/new")
        page.get_by_label("Best fit").check()
        page.get_by_role("heading", name="2 would get their first wish,").wait_for()
        page.get_by_text("What counts, and how long").click()
        page.get_by_label("Being in the same section or group").fill("10")
        page.get_by_label("The students’ wishes").fill("1")
        page.keyboard.press("Tab")
        page.get_by_role("heading", name="1 would get the first wish, 2 one of the first three.").wait_for()
        assert fits(page)
        assert session.scalars(select(Job)).all() == []
        faculty.close()


def test_the_second_of_two_quick_taps_on_what_is_shown_counts(app, session, course, chromium):
    drawn(course)
    with served(app) as port:
        faculty = phone(chromium, session, course, port, SeatRole.FACULTY)
        page = faculty.new_page()
        page.goto(f"http://127.0.0.1:{port}/rounds")
        page.get_by_role("link", name="Look at the draft").click()
        page.get_by_text("Showing").first.wait_for()
        held = []
        page.route("**show=**", lambda route: held.append(route))
        for name in ("Not a first wish", "All"):
            with page.expect_request("**show=**"):
                page.locator(".m-chips a", has_text=name).click()
        assert len(held) == 2
        for route in held:  # the first answer comes before the second one, where its request still stands
            route.continue_()
            page.wait_for_timeout(300)
        page.wait_for_url("**show=all**")
        assert page.locator(".m-chips a[aria-current]").inner_text().startswith("All")
        faculty.close()
