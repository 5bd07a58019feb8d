"""At the width of a phone, in a real browser: a student looks for mentors, asks one after another, gets a yes."""

from datetime import timedelta

import pytest
from factories.profiles import profile
from factories.rounds import new_mentor
from factories.wishes import asked, policy, rank_list
from factories.world import World
from fixtures.browser import violations
from fixtures.serving import served
from journeys.phone import fits, phone, reads
from playwright.sync_api import expect
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.mentor_requests import RequestState
from lti_mentoring.domain.profiles import TermKind
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Mail, MentorRequest, RankedMentor, RankList, Veto
from lti_mentoring.tasks.requests import go_on

QUESTION = "I would like to learn to talk with relatives."
REASON = "I am away in spring."


@pytest.fixture
def course(session):
    """A course in which students ask: one waits for Dr Okafor's answer already, who has most room."""
    world = World(session)
    world.mentor.places = world.mentor.taken
    world.track.template = "clinical"
    policy(session, world.track)
    world.okafor, world.berg = new_mentor(world, 3, name="Dr Okafor"), new_mentor(world, 1, name="Dr Berg")
    world.ibanez, world.said = new_mentor(world, 1, name="Dr Ibáñez"), new_mentor(world, 5, name="Dr Said")
    for one, subject in ((world.okafor, "health.oncology"), (world.berg, "health.surgery")):
        profile(session, world, one.person, terms={TermKind.SPECIALTY: (subject,)})
    world.layla, world.tomas = (world.another_student(name=name) for name in ("Layla Haddad", "Tomás Ferreira"))
    now = utcnow()
    asked(session, world.okafor, world.tomas, asked_at=now, reply_by=now + timedelta(days=3))
    session.commit()
    return world


def wish(page, base, course, session):
    """Look through the directory, then put a list together: two alike, one after them, one never."""
    page.goto(base)
    reads(page, "Say whom you would like as mentor")
    page.get_by_role("link", name="Mentors", exact=True).click()
    reads(page, "Find a mentor", "Showing 5 of 5")
    page.get_by_label("Name, or what they do").fill("nobody of this name")
    page.get_by_role("button", name="Show", exact=True).click()
    reads(page, "Nobody is all of that")
    page.get_by_role("link", name="Show everybody").click()
    page.get_by_text("More to choose by").click()
    page.get_by_label("Subject").select_option(label="Oncology")
    reads(page, "Showing 1 of 1")
    page.get_by_role("link", name="Dr Okafor").click()
    reads(page, "Would you like Dr Okafor as your mentor?", "They are asked one after another.")
    page.get_by_role("button", name="Put on my wish list").click()
    reads(page, "Whom would you like as mentor?", "Saved.")
    for name in ("Dr Berg", "Dr Ibáñez"):
        page.get_by_role("button", name=f"Add {name}").click()
        page.get_by_label(f"Place of {name}").wait_for()
    page.get_by_label("Place of Dr Berg").select_option(label="like the one above")
    page.get_by_label("Any of the others is fine, too").check()
    page.get_by_role("button", name="Not this one Dr Said").click()
    reads(page, "Only you see this.")
    assert violations(page) == []
    session.rollback()
    tiers = session.execute(select(RankedMentor.tier, RankedMentor.mentor_id).order_by(RankedMentor.tier)).all()
    assert {*tiers} == {(1, course.okafor.id), (1, course.berg.id), (2, course.ibanez.id)}
    assert session.scalars(select(RankList.any_other)).one()
    assert session.scalars(select(Veto.mentor_id)).one() == course.said.id


def ask(page, base):
    """Ask, from the first page; read who waits before."""
    page.goto(base)
    reads(page, "Ask your first wish")
    page.get_by_role("link", name="Ask", exact=True).click()
    reads(page, "Ask Dr Okafor to be your mentor")
    page.get_by_label("A few words about you").fill(QUESTION)
    page.get_by_role("button", name="Ask", exact=True).click()
    reads(page, "Dr Okafor has your question", "You are number 2 of those who wait for an answer")


def stands(page, base, name):
    """Follow one's question from the first page to where it stands: with the first who is left."""
    page.goto(base)
    page.get_by_text(f"{name} has your question").wait_for()
    page.get_by_role("link", name="See where it stands").click()
    reads(page, "You are the first who waits for an answer", f"{name} has your question", "could not say yes this time")


def test_from_the_directory_to_a_yes(app, session, course, chromium):
    with served(app) as port:
        base = f"http://127.0.0.1:{port}"

        def page_of(role, who):
            session.rollback()  # what was read here is old by now, and SQLite writes nothing upon it
            return phone(chromium, session, course, port, role, who).new_page()

        student = page_of(SeatRole.STUDENT, course.layla)
        unwanted = page_of(SeatRole.MENTOR, course.said.person)
        unwanted.goto(base)
        before = unwanted.locator("main").inner_text()
        wish(student, base, course, session)
        ask(student, base)

        first = page_of(SeatRole.MENTOR, course.okafor.person)
        first.goto(base)
        reads(first, "2 students ask you", "Tomás Ferreira asks you to be their mentor")
        first.get_by_role("link", name="Read and answer Layla Haddad").click()
        reads(first, "Layla Haddad asks you to be their mentor", QUESTION)
        first.locator("summary", has_text="Say no").click()
        first.get_by_label("Why not").fill(REASON)
        assert fits(first)
        assert violations(first) == []
        first.get_by_role("button", name="Say no Layla Haddad").click()
        reads(first, "Answered. The student’s next wish is asked.")

        stands(student, base, "Dr Berg")
        session.rollback()
        silent = session.scalars(select(MentorRequest).where(MentorRequest.mentor_id == course.berg.id)).one()
        silent.reply_by = utcnow() - timedelta(minutes=1)
        session.commit()
        go_on()
        stands(student, base, "Dr Ibáñez")
        assert violations(student) == []

        last = page_of(SeatRole.MENTOR, course.ibanez.person)
        last.goto(base)
        reads(last, "Layla Haddad asks you to be their mentor")
        last.get_by_role("link", name="Read and answer").click()
        reads(last, QUESTION)
        last.get_by_role("button", name="Say yes").click()
        reads(last, "Layla Haddad is your student now, and gets a mail.")

        student.goto(base)
        reads(student, "Dr Ibáñez", "You have worked together since")
        student.get_by_role("link", name="Why this mentor").click()
        reads(student, "Why Dr Ibáñez is your mentor", "You asked Dr Ibáñez, and they said yes.")
        reads(student, "Before that you had asked Dr Okafor, Dr Berg, who could not say yes this time.")
        assert REASON not in student.content()
        assert violations(student) == []

        unwanted.goto(base)
        assert unwanted.locator("main").inner_text() == before
        session.rollback()
        assert session.scalars(select(Mail).where(Mail.person_id == course.said.person_id)).all() == []
        states = select(MentorRequest.state).where(MentorRequest.student_id == course.layla.id)
        assert session.scalars(states.order_by(MentorRequest.id)).all() == [
            RequestState.DECLINED, RequestState.EXPIRED, RequestState.ACCEPTED,
        ]  # fmt: skip
        for one in (student, first, last, unwanted):
            one.context.close()


def test_whoever_orders_wishes_by_keyboard_goes_on_where_they_were(app, session, course, chromium):
    rank_list(session, course.track, course.layla, course.okafor, course.berg)
    with served(app) as port:
        page = phone(chromium, session, course, port, SeatRole.STUDENT, course.layla).new_page()
        page.goto(f"http://127.0.0.1:{port}/wishes")
        place = page.get_by_label("Place of Dr Berg")
        place.focus()
        page.keyboard.press("ArrowUp")
        expect(page.get_by_label("Place of Dr Okafor")).to_have_value("2")
        expect(place).to_be_focused()
        up = page.get_by_role("button", name="Up Dr Okafor")
        up.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_label("Place of Dr Okafor")).to_have_value("1")
        expect(up).to_be_focused()
        add = page.get_by_role("button", name="Add Dr Said")
        add.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_be_focused()
        page.context.close()


def test_while_a_change_of_the_wishes_is_saved_nothing_else_can_be_changed_and_be_lost(app, session, course, chromium):
    rank_list(session, course.track, course.layla, course.okafor, course.berg)
    with served(app) as port:
        page = phone(chromium, session, course, port, SeatRole.STUDENT, course.layla).new_page()
        page.goto(f"http://127.0.0.1:{port}/wishes")
        held = []
        page.route("**/wishes", lambda route: held.append(route), times=1)
        with page.expect_request("**/wishes"):
            page.get_by_label("Place of Dr Berg").select_option(label="like the one above")
        tick = page.get_by_label("Any of the others is fine, too")
        assert (tick.is_disabled(), page.get_by_role("button", name="Add Dr Said").is_disabled()) == (True, True)
        held[0].continue_()
        tick.check()  # which waits until it can be ticked
        page.get_by_role("button", name="Add Dr Said").click()
        page.get_by_label("Place of Dr Said").wait_for()
        session.rollback()
        assert session.scalars(select(RankList.any_other)).one()
        assert session.scalars(select(RankedMentor.tier).order_by(RankedMentor.tier)).all() == [1, 1, 2]
        page.context.close()
