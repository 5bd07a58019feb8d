"""At the width of a phone: an activity of the course and a meeting prove a milestone."""

from datetime import timedelta

from factories.profiles import profile
from factories.world import World
from fixtures.serving import served
from journeys.phone import phone, reads
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.milestones import ProgressState, Proof
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Meeting, MilestoneProgress

STUDENT, MENTOR, FACULTY = SeatRole.STUDENT, SeatRole.MENTOR, SeatRole.FACULTY


def states(session):
    session.rollback()
    return [
        one.state for one in session.scalars(select(MilestoneProgress).order_by(MilestoneProgress.milestone_id))
    ]  # fmt: skip


def test_what_is_done_in_the_course_is_said_and_signed(app, session, chromium):
    world = World(session)
    one = world.track.milestones[0]
    with served(app) as port:
        base = f"http://127.0.0.1:{port}"
        page = phone(chromium, session, world, port, FACULTY).new_page()
        page.goto(f"{base}/track/milestones/{one.id}")
        page.get_by_label("An activity of the course, done in the LMS").check()
        page.get_by_label("Where the activity is").fill("the quiz")
        page.get_by_role("button", name="Save").click()
        reads(page, "Write the whole address, as the browser shows it.")
        page.get_by_label("Where the activity is").fill(f"{base}/verify?quiz=7")  # a page that is there, like a quiz
        page.get_by_role("button", name="Save").click()
        reads(page, "Saved.")
        page = phone(chromium, session, world, port, STUDENT).new_page()
        page.goto(base)
        page.get_by_role("link", name="See what is asked").click()
        reads(page, "Do it in your course, then say so here")
        with page.expect_popup() as quiz:
            page.get_by_role("link", name="Open it in a new tab").click()
        quiz.value.wait_for_load_state()
        assert quiz.value.url.endswith("/verify?quiz=7")
        assert quiz.value.evaluate("[document.referrer, String(window.opener)]") == ["", "null"]
        page.get_by_role("button", name="I have done it").click()
        reads(page, "looks at what you did", "The word that it is done.")
        page = phone(chromium, session, world, port, MENTOR).new_page()
        page.goto(base)
        reads(page, "says that this is done")
        page.get_by_role("link", name="Look and answer").first.click()
        reads(page, "Open it at 127.0.0.1")
        page.get_by_role("button", name="Sign it off").click()
        reads(page, "Signed off.")
    assert states(session) == [ProgressState.ACCEPTED]


def test_a_talk_in_the_corridor_counts_once_the_mentor_says_so(app, session, chromium):
    world = World(session)
    world.track.milestones[0].proof = Proof.MEETING
    profile(session, world)
    day = (utcnow() - timedelta(days=2)).date()
    with served(app) as port:
        base = f"http://127.0.0.1:{port}"
        page = phone(chromium, session, world, port, STUDENT).new_page()
        page.goto(base)
        reads(page, "meet your mentor")
        page.get_by_role("link", name="Find a time").click()
        page.get_by_role("link", name="You have met already?").click()
        reads(page, "Note a meeting")
        assert page.get_by_label("What it is for").locator("option:checked").inner_text() == "Milestone 1"
        page.get_by_label("Day").fill(day.isoformat())
        page.get_by_label("Time", exact=True).fill("16:30")
        page.get_by_label("By the clock of").select_option("Europe/Stockholm")
        page.get_by_label("Career").check()
        page.get_by_role("button", name="We met").click()
        reads(page, "Say where, or: online.")
        page.get_by_label("Place").fill("Ward 3")
        page.get_by_role("button", name="We met").click()
        reads(page, "Noted: you met. Milestone 1 waits for whoever signs it off.")
        assert states(session) == [ProgressState.SUBMITTED]
        page = phone(chromium, session, world, port, MENTOR).new_page()
        page.goto(base)
        reads(page, "A meeting was noted that is to count for this.")
        page.get_by_role("link", name="Answer").first.click()
        reads(page, "Meetings for this")
        page.get_by_role("button", name="Sign it off").click()
        reads(page, "Signed off.")
    assert states(session) == [ProgressState.ACCEPTED]
    assert session.scalars(select(Meeting.milestone_id)).one() == world.track.milestones[0].id
