"""Two browsers want a mentor's last place at the same moment, on PostgreSQL: one has it, the other is told so.

A timer in each page presses its button, and the server begins with neither press before both have come, so that no
round is in vain.
"""

import re
import threading
import time

import pytest
from factories.browser import sit, text_of
from factories.rounds import new_mentor
from factories.wishes import asked, policy, rank_list
from factories.world import World, mentorship
from fixtures.applications import settings_for
from fixtures.serving import served
from journeys.phone import phone
from sqlalchemy import func, select

from lti_mentoring.domain.mentor_requests import RequestState
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Mentor, MentorRequest, Mentorship

pytestmark = pytest.mark.chromium
ROUNDS = 4
SOON = 0.3
"""Seconds until both press: by then both pages have their timer."""
PRESS_AT = "(button, moment) => { setTimeout(() => button.click(), moment - Date.now()); }"


class Together:
    """An application that begins with what is sent when a second browser sends, too."""

    def __init__(self, app):
        self.app, self.both = app, threading.Barrier(2)

    def __call__(self, environ, start_response):
        if environ["REQUEST_METHOD"] == "POST":
            self.both.wait(timeout=30)
        return self.app(environ, start_response)


@pytest.fixture
def settings(postgresql_url, tmp_path):
    return settings_for(postgresql_url, tmp_path)


@pytest.fixture
def course(session):
    """A mentor whose places are all taken, and two others who have room."""
    world = World(session)
    policy(session, world.track)
    world.mentor.places = world.mentor.taken
    world.berg, world.okafor = (new_mentor(world, 20, name=name) for name in ("Dr Berg", "Dr Okafor"))
    return world


@pytest.fixture
def browsers(app, session, course, chromium):
    """Open two browsers of one role: ``browsers(role)``, a page of each and the tool's address."""
    opened = []
    with served(Together(app)) as port:

        def open_two(role):
            opened.extend(phone(chromium, session, course, port, role) for _ in range(2))
            return [one.new_page() for one in opened], f"http://127.0.0.1:{port}"

        yield open_two
        for one in opened:
            one.close()


def last_place(session, course):
    """Give the mentor one place more; return two new students who want it."""
    session.commit()  # a snapshot from before the server's own writes could not become a writer
    course.mentor.places += 1
    return [course.another_student(name=name) for name in ("Layla Haddad", "Tomás Ferreira")]


def press_together(pages, button, words):
    """Press a button of each page at one moment; return in which page the first of the words stand, and not the second.

    The other page says the second.
    """
    moment = (time.time() + SOON) * 1000
    for page in pages:
        page.get_by_role("button", name=button).evaluate(PRESS_AT, moment)
    said = re.compile("|".join(words))
    for page in pages:
        page.get_by_text(said).first.wait_for()
    told = [said.search(page.locator("body").inner_text()).group() for page in pages]
    assert sorted(told) == sorted(words)
    return told.index(words[0])


def has_kept_its_places(session, course):
    """Tell whether all places are taken, by as many open mentorships as the mentor has places."""
    session.rollback()
    session.refresh(course.mentor)
    there = select(func.count()).where(Mentorship.mentor_id == course.mentor.id, Mentorship.ended_at.is_(None))
    return course.mentor.places == course.mentor.taken == session.scalar(there)


def mentors_of(session, who):
    return session.scalars(
        select(Mentorship.mentor_id).where(Mentorship.student_id == who.id, Mentorship.ended_at.is_(None))
    ).all()


def test_a_mentor_says_yes_to_two_students_in_two_browsers_and_has_one_place(app, session, course, browsers):
    pages, tool = browsers(SeatRole.MENTOR)
    for number in range(ROUNDS):
        students = last_place(session, course)
        words = [f"I like <wards>, {number}.", f"Nights suit me, {number}."]
        for student in students:
            rank_list(session, course.track, student, course.mentor, course.berg)
        questions = [
            asked(session, course.mentor, student, message=message)
            for student, message in zip(students, words, strict=True)
        ]
        session.commit()
        for page, question in zip(pages, questions, strict=True):
            page.goto(f"{tool}/requests/{question.id}")
        first = press_together(pages, "Say yes", ["is your student now, and gets a mail", "No place was free any more"])
        assert has_kept_its_places(session, course)
        assert mentors_of(session, students[first]) == [course.mentor.id]
        assert mentors_of(session, students[1 - first]) == []
        ends = [session.get_one(MentorRequest, one.id, populate_existing=True).state for one in questions]
        assert (ends[first], ends[1 - first]) == (RequestState.ACCEPTED, RequestState.PASSED_ON)
        open_ones = select(MentorRequest).where(MentorRequest.state == RequestState.ASKED)
        following = session.scalars(open_ones.where(MentorRequest.student_id.in_([one.id for one in students]))).one()
        assert (following.student_id, following.mentor_id) == (students[1 - first].id, course.berg.id)
        assert following.message == words[1 - first]
        second = sit(app, session, course, SeatRole.STUDENT, students[1 - first])
        assert "Dr Berg has your question" in text_of(second.get("/asking"))


def test_two_of_faculty_place_a_student_each_and_one_place_is_free(session, course, browsers):
    pages, tool = browsers(SeatRole.FACULTY)
    for _number in range(ROUNDS):
        students = last_place(session, course)
        session.commit()
        for page, student in zip(pages, students, strict=True):
            page.goto(f"{tool}/students/{student.id}/mentor")
        first = press_together(
            pages, re.compile("Place.*Dr Priya Raman"),
            ["is with Dr Priya Raman now", "Dr Priya Raman has no free place any more"],
        )  # fmt: skip
        assert "somebody else may just have taken the last one" in pages[1 - first].locator("body").inner_text()
        assert has_kept_its_places(session, course)
        assert mentors_of(session, students[first]) == [course.mentor.id]
        assert mentors_of(session, students[1 - first]) == []


def test_two_of_faculty_move_a_student_each_and_what_was_written_for_the_second_is_not_lost(session, course, browsers):
    pages, tool = browsers(SeatRole.FACULTY)
    for number in range(ROUNDS):
        students = last_place(session, course)
        from_whom = [course.berg, course.okafor]
        pairs = [mentorship(session, one, student) for one, student in zip(from_whom, students, strict=True)]
        session.commit()
        before = [one.taken for one in from_whom]
        reasons = [f"She works on the same ward, {number}.", f"He asked for it, {number}."]
        for page, pair, reason in zip(pages, pairs, reasons, strict=True):
            page.goto(f"{tool}/mentorships/{pair.id}/move?mentor={course.mentor.id}")
            page.get_by_role("textbox").fill(reason)
        first = press_together(
            pages, "Move", ["is with Dr Priya Raman now", "Dr Priya Raman has no free place any more"]
        )
        assert has_kept_its_places(session, course)
        assert mentors_of(session, students[first]) == [course.mentor.id]
        assert mentors_of(session, students[1 - first]) == [from_whom[1 - first].id]
        after = [session.get_one(Mentor, one.id, populate_existing=True).taken for one in from_whom]
        assert (after[first], after[1 - first]) == (before[first] - 1, before[1 - first])
        assert reasons[1 - first] in pages[1 - first].locator("main").inner_text()
