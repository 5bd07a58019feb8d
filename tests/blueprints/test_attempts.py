"""Taking a test on a phone: what to know before, all questions on one page, and what came of it."""

import re
from datetime import timedelta

import pytest
from factories.browser import sit
from factories.profiles import profile
from factories.statements import counting
from factories.tests import exam, item, rightly, student, taken, trained
from factories.world import NOON, World
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.items import Asked, Choice, ItemKind
from lti_mentoring.domain.milestones import Proof
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.tests import AnswersShown, Audience, StateOfTest
from lti_mentoring.models import Attempt, TrackState
from lti_mentoring.services.attempts import begin
from lti_mentoring.tasks.upkeep import sweep

HTMX = {"HX-Request": "true"}
CHOICES = (Choice("a", "Aspirin", right=True), Choice("b", "Heparin", right=True), Choice("c", "Paracetamol"))
SEVERAL = Asked(ItemKind.SEVERAL, "Which of these\nthin the blood?", 2, choices=CHOICES)
NUMBER = Asked(ItemKind.NUMBER, "How many?", 1, "A dozen.", number=12, tolerance=1)


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def phone(app, session, world):
    return sit(app, session, world, SeatRole.STUDENT)


@pytest.fixture
def test(session, world):
    made = exam(session, world.track, attempts=2)
    item(session, made, SEVERAL)
    item(session, made, NUMBER)
    session.commit()
    return made


def begun(session, phone, test):
    """Begin by the page; return the attempt and its address."""
    where = phone.post(f"/tests/{test.id}/begin").headers["Location"]
    session.expire_all()
    return session.scalars(select(Attempt).order_by(Attempt.id.desc())).first(), where


def fields(sent):
    return {f"item_{number}": texts for number, texts in sent.items()}


def test_before_one_begins_the_page_says_what_to_know(phone, test):
    assert "Before the ward" in phone.get("/tests").text
    page = phone.get(f"/tests/{test.id}").text
    for words in (
        "Five minutes, nothing to fear",
        "<dd>5</dd>",
        "no limit",
        "<dd>2</dd>",
        "60 %",
        "Begin when you are",
    ):
        assert words in page


def steps(page):
    return re.findall(r'class="fw-semibold">([^<]+)<span class="visually-hidden">, ([^<]+)<', page)


def test_what_is_to_be_read_first_makes_a_short_path_with_the_test(session, phone, test):
    test.reading = "Ask first.\nhttps://media.example.edu/a?b=1&c=2\n\n<script>alert(1)</script> javascript:alert(2)"
    session.commit()
    page = phone.get(f"/tests/{test.id}").text
    assert steps(page) == [("Read", "your next step"), ("Take the test", "not started"), ("Passed", "not started")]
    address = "https://media.example.edu/a?b=1&amp;c=2"
    assert f'<a href="{address}" rel="noopener noreferrer" target="_blank">{address}</a>' in page
    assert "<script>alert" not in page
    assert 'href="javascript' not in page
    attempt, where = begun(session, phone, test)
    assert steps(phone.get(f"/tests/{test.id}").text)[:2] == [("Read", "done"), ("Take the test", "your next step")]
    assert phone.post(where, fields(rightly(attempt))).status_code == 303
    assert [state for _name, state in steps(phone.get(f"/tests/{test.id}").text)] == ["done"] * 3


def test_a_test_with_nothing_to_read_is_a_test_alone(phone, test):
    page = phone.get(f"/tests/{test.id}").text
    assert "Read this first" not in page
    assert steps(page) == []


def test_all_questions_stand_on_one_page_and_nothing_is_chosen(session, phone, test):
    _attempt, where = begun(session, phone, test)
    page = phone.get(where).text
    assert page.count("Question ") == 5
    assert "Which of these\nthin the blood?" in page
    assert " checked" not in page
    assert "5 answers to go" in page
    assert "Go on where you were" in phone.get(f"/tests/{test.id}").text


def test_answers_are_saved_as_they_are_given(session, phone, test):
    attempt, where = begun(session, phone, test)
    several = attempt.answers[3].item_id
    saved = phone.post(f"{where}/draft", {f"item_{several}": ["a", "c"]}, headers=HTMX)
    assert "4 answers to go" in saved.text
    assert "saved" in saved.text
    assert phone.get(where).text.count(" checked") == 2
    assert 'name="saved" form="attempt" value="20' in saved.text
    stale = phone.post(f"{where}/draft", {f"item_{attempt.answers[0].item_id}": "a", "saved": ""}, headers=HTMX)
    assert "3 answers to go" in stale.text
    assert "Saved" in phone.get(phone.post(f"{where}/draft").headers["Location"]).text


def test_what_came_of_it_with_right_answers_and_explanations(session, phone, test):
    attempt, where = begun(session, phone, test)
    sent = rightly(attempt) | {attempt.answers[3].item_id: ["a"], attempt.answers[4].item_id: ["20"]}
    sent[attempt.answers[1].item_id] = []
    assert phone.post(where, fields(sent)).headers["Location"] == where
    page = phone.get(where).text
    for words in (
        "4 of 7 points, 57 %", "Not passed this time", "Partly right", "Aspirin, Heparin", "12, give or take 1",
        "A dozen.", "You answered: <bdi>nothing</bdi>", "Try again",
    ):  # fmt: skip
        assert words in page


@pytest.mark.parametrize(
    ("shown", "right", "words"),
    [
        (AnswersShown.NEVER, True, "Right answers are not shown for this test"),
        (AnswersShown.PASSED, False, "Right answers are shown once you have passed"),
        (AnswersShown.PASSED, True, "Aspirin keeps platelets apart"),
    ],
)
def test_right_answers_are_shown_when_faculty_say(session, world, phone, test, shown, right, words):
    test.answers = shown
    attempt = taken(session, student(world), test, right=right)
    session.commit()
    page = phone.get(f"/tests/{test.id}/attempts/{attempt.id}").text
    assert words in page
    assert ("Aspirin" in page) is (words == "Aspirin keeps platelets apart")


def test_a_number_that_is_none_is_asked_for_again_and_nothing_is_lost(session, phone, test):
    attempt, where = begun(session, phone, test)
    answer = phone.post(where, fields(rightly(attempt) | {attempt.answers[4].item_id: ["a dozen"]}))
    assert answer.status_code == 422
    assert "Write a number here" in answer.text
    assert 'value="a dozen"' in answer.text
    assert answer.text.count(" checked") == 4


def test_sent_twice_and_in_two_tabs_it_counts_once(session, phone, test):
    attempt, where = begun(session, phone, test)
    assert phone.post(f"/tests/{test.id}/begin").headers["Location"] == where
    phone.post(where, fields(rightly(attempt)))
    phone.post(where, {})
    session.expire_all()
    assert (attempt.points, attempt.passed) == (7, True)
    phone.post(f"{where}/draft", {}, headers=HTMX)
    assert "You have passed" in phone.get(where).text


def test_when_the_time_is_up_what_was_saved_counts_and_it_is_said(session, world, phone):
    test = exam(session, world.track, minutes=10)
    session.commit()
    attempt, where = begun(session, phone, test)
    page = phone.get(where).text
    assert "what is saved by then counts" in page
    assert "load delay:" in page
    assert "until" in phone.get(f"/tests/{test.id}").text
    attempt.deadline_at = utcnow() - timedelta(seconds=1)
    session.commit()
    for url in (where, f"/tests/{test.id}"):
        assert "The time is up" in phone.get(url).text
    answer = phone.post(f"{where}/draft", fields(rightly(attempt)), headers=HTMX)
    assert answer.headers["HX-Redirect"].startswith(f"{where}?")
    assert "What was saved by then counts; what came later does not" in phone.get(answer.headers["HX-Redirect"]).text
    session.expire_all()
    assert (attempt.points, attempt.ended_at) == (0, attempt.deadline_at)


def test_the_sweeper_ends_what_nobody_sent(session, world, phone):
    test = exam(session, world.track, minutes=10)
    begin(session, student(world), test.id, now=NOON - timedelta(days=1))
    session.commit()
    sweep()
    session.expire_all()
    assert session.scalars(select(Attempt)).one().ended_at is not None
    assert "Attempt 1: 0 %" in phone.get(f"/tests/{test.id}").text


def test_when_all_attempts_are_used_the_page_says_so(session, world, phone, test):
    for number in range(2):
        attempt = taken(session, student(world), test, right=False, now=NOON + timedelta(hours=number))
    session.commit()
    assert "You have used all attempts" in phone.get(f"/tests/{test.id}").text
    assert "Back to the test" in phone.get(f"/tests/{test.id}/attempts/{attempt.id}").text
    assert phone.post(f"/tests/{test.id}/begin").status_code == 409


def test_a_passed_test_may_be_tried_again_and_a_closed_one_may_not(session, world, phone, test):
    taken(session, student(world), test)
    session.commit()
    assert "passed already; the best attempt counts" in phone.get(f"/tests/{test.id}").text
    assert "best so far: 100 %" in phone.get("/tests").text
    test.state = StateOfTest.CLOSED
    session.commit()
    assert "Nothing more is asked of you here" in phone.get(f"/tests/{test.id}").text
    assert phone.post(f"/tests/{test.id}/begin").status_code == 409
    taken_none = exam(session, world.track, state=StateOfTest.CLOSED)
    session.commit()
    assert "This test is closed" in phone.get(f"/tests/{taken_none.id}").text
    assert "Closed" in phone.get("/tests").text
    world.track.state = TrackState.CLOSED
    session.commit()
    assert "This track is closed" in phone.get(f"/tests/{test.id}").text


def test_nobody_sees_the_attempt_of_another(app, session, world, phone, test):
    other = world.another_student()
    attempt = taken(session, student(world, other), test)
    session.commit()
    assert phone.get(f"/tests/{test.id}/attempts/{attempt.id}").status_code == 404
    assert phone.get("/tests/4711").status_code == 404
    assert sit(app, session, world, SeatRole.MENTOR).get(f"/tests/{test.id}").status_code == 404
    assert sit(app, session, world, SeatRole.FACULTY).get(f"/tests/{test.id}").status_code == 403


class TestMilestones:
    @pytest.fixture
    def milestone(self, session, world, test):
        one = world.track.milestones[0]
        one.proof, one.test_id = Proof.TEST, test.id
        session.commit()
        return one

    def test_a_milestone_leads_to_its_test_and_is_reached_by_passing(self, app, session, world, phone, test, milestone):
        url = f"/milestones/{milestone.id}"
        assert f'href="/tests/{test.id}"' in phone.get(url).text
        assert "Milestone 1: pass the test" in phone.get("/").text
        assert "Before the ward" in phone.get("/path").text
        attempt, where = begun(session, phone, test)
        phone.post(where, fields(rightly(attempt)))
        page = phone.get(url).text
        assert "You passed the test" in page
        assert "Passed" in page
        guide = sit(app, session, world, SeatRole.MENTOR)
        assert "passed the test: Milestone 1" in guide.get(f"/students/{world.student.id}").text

    def test_nobody_is_asked_to_sign_it(self, app, session, world, milestone):
        guide, faculty = sit(app, session, world, SeatRole.MENTOR), sit(app, session, world, SeatRole.FACULTY)
        url = f"/students/{world.student.id}/milestones/{milestone.id}"
        for who in (guide, faculty):
            page = who.get(url).text
            assert "It is <bdi>Amina Yusuf</bdi>’s turn" in page
            assert 'id="answer"' not in page
        assert guide.post(f"{url}/answer", {"decision": "accept", "answer-version": 1}).status_code == 409
        assert "The student works on" in faculty.get(f"/students/{world.student.id}").text


class TestTraining:
    def test_a_mentor_is_told_first_to_pass_the_test(self, app, session, world):
        test = trained(world)
        world.mentorship.ended_at = NOON
        profile(session, world)
        session.commit()
        guide = sit(app, session, world, SeatRole.MENTOR)
        assert "Pass the test for mentors: Before the ward" in guide.get("/").text
        assert "Training" in guide.get("/tests").text
        assert "Training" in guide.get(f"/tests/{test.id}").text
        attempt, where = begun(session, guide, test)
        guide.post(where, fields(rightly(attempt)))
        page = guide.get("/").text
        assert "Pass the test for mentors" not in page
        assert "Before the ward" in page

    def test_without_any_test_the_page_says_so(self, app, session, world, phone):
        exam(session, world.track, audience=Audience.MENTORS)
        session.commit()
        assert "There is no test for you here" in phone.get("/tests").text
        assert phone.get("/path").status_code == 200

    def test_before_the_track_is_published_nobody_finds_its_tests(self, app, session, world, test):
        world.track.state = TrackState.DRAFT
        session.commit()
        phone = sit(app, session, world, SeatRole.STUDENT)
        assert "There is no test for you here" in phone.get("/tests").text


def test_the_pages_cost_the_same_statements_for_any_number_of_attempts(session, world, phone, test):
    test.attempts = None
    attempt = taken(session, student(world), test)
    session.commit()

    def cost():
        with counting(session) as sent:
            for url in ("/tests", f"/tests/{test.id}", f"/tests/{test.id}/attempts/{attempt.id}"):
                phone.get(url)
        return len(sent)

    cost()
    few = cost()
    for number in range(5):
        taken(session, student(world), test, now=NOON + timedelta(hours=number + 1))
        exam(session, world.track)
    session.commit()
    assert cost() == few
