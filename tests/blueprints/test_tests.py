"""Faculty make a test, its items, and read what came of it."""

from datetime import timedelta

import pytest
from factories.browser import sit
from factories.statements import counting
from factories.tests import ASPIRIN, exam, item, student, taken, trained
from factories.wishes import policy, rank_list
from factories.world import NOON, World
from sqlalchemy import select

from lti_mentoring.domain.items import Asked, Choice, ItemKind
from lti_mentoring.domain.milestones import Proof
from lti_mentoring.domain.rank_lists import MatchingWay
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.tests import MOST_ITEMS, MOST_TESTS, Audience, StateOfTest
from lti_mentoring.models import Item, Test
from lti_mentoring.services.attempts import begin

RULES = {
    "title": "Before the ward",
    "about": "Five minutes.",
    "audience": "students",
    "pass_percent": "60",
    "answers": "each",
}
KINDS = {
    "one": ({"choices-0": "Aspirin", "choices-1": "Paracetamol", "ticked": "a"}, "Mark what is right"),
    "several": ({"choices-0": "Aspirin", "choices-3": "Heparin", "ticked": ["a", "d"]}, "Mark what is right"),
    "truth": ({"truth": "no"}, "It is false"),
    "text": ({"accepted": "Pulse\n\nThe pulse"}, "Accepted answers"),
    "number": ({"number": "12,5", "tolerance": "0.5"}, "Right number"),
}


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def faculty(app, session, world):
    return sit(app, session, world, SeatRole.FACULTY)


@pytest.fixture
def test(session, world):
    made = exam(session, world.track)
    session.commit()
    return made


def newest(session, kind):
    session.expire_all()
    return session.scalars(select(kind).order_by(kind.id.desc())).first()


def test_from_nothing_to_a_published_test(session, faculty):
    assert "There is no test yet" in faculty.get("/track/tests").text
    assert "This cannot be changed later" in faculty.get("/track/tests/new").text
    where = faculty.post("/track/tests/new", RULES).headers["Location"]
    test = newest(session, Test)
    assert where.startswith(f"/track/tests/{test.id}?")
    assert "The first question is yours to write" in faculty.get(f"/track/tests/{test.id}").text
    refused = faculty.post(f"/track/tests/{test.id}/publish")
    assert (refused.status_code, "not enough questions" in refused.text) == (422, True)
    faculty.post(
        f"/track/tests/{test.id}/items/new?kind=truth", {"stem": "So?", "points": "1", "truth": "yes", "version": 1}
    )
    assert faculty.post(f"/track/tests/{test.id}/publish").status_code == 303
    assert "for students · 1 question" in faculty.get("/track/tests").text
    assert "Before the ward" in faculty.get("/track").text


def test_rules_that_cannot_be_are_said_at_their_fields_and_nothing_is_lost(session, faculty, world):
    answer = faculty.post("/track/tests/new", {**RULES, "pass_percent": "101", "minutes": "soon", "title": " "})
    assert answer.status_code == 422
    for words in ("Give the test a name", "between 1 and 100", "Write a whole number", "Five minutes."):
        assert words in answer.text
    for _number in range(MOST_TESTS):
        exam(session, world.track)
    session.commit()
    assert "The track is full" in faculty.post("/track/tests/new", RULES).text


def test_rules_are_changed_and_a_second_change_on_the_old_page_is_not_lost(session, faculty, test):
    url = f"/track/tests/{test.id}/rules"
    assert "Attempts that have begun keep their rules" in faculty.get(url).text
    changed = {**RULES, "version": 1, "attempts": "3", "minutes": "20", "shuffled": "y", "column_points": "10"}
    assert faculty.post(url, changed).status_code == 303
    page = faculty.get(f"/track/tests/{test.id}").text
    for words in ("20 minutes", "in an order of their own", "a column of 10"):
        assert words in page
    clash = faculty.post(url, {**changed, "attempts": "5"})
    assert (clash.status_code, "Somebody else changed this test" in clash.text) == (409, True)
    assert 'value="5"' in clash.text
    many = faculty.post(url, {**changed, "version": 2, "drawn": "9"})
    assert (many.status_code, "not enough questions" in many.text) == (422, True)


@pytest.mark.parametrize("kind", KINDS)
def test_an_item_of_each_kind_is_written_shown_and_changed(session, faculty, test, kind):
    right, words = KINDS[kind]
    url = f"/track/tests/{test.id}/items/new"
    assert f"{url}?kind={kind}" in faculty.get(url).text
    assert words in faculty.get(f"{url}?kind={kind}").text
    assert (
        faculty.post(f"{url}?kind={kind}", {"stem": "What is it?", "points": "2", "version": 1, **right}).status_code
        == 303
    )
    made = newest(session, Item)
    assert (made.kind, made.points, made.position > 3) == (ItemKind(kind), 2, True)
    own = f"/track/tests/{test.id}/items/{made.id}"
    assert "What is it?" in faculty.get(own).text
    faculty.post(own, {"stem": "What was it?", "points": "2", "version": 2, **right})
    assert newest(session, Item).stem == "What was it?"
    assert "What was it?" in faculty.get(f"/track/tests/{test.id}/preview").text


@pytest.mark.parametrize(
    ("kind", "sent", "words"),
    [
        ("one", {"choices-0": "Aspirin"}, "Write two choices at least"),
        ("one", {"choices-0": "A", "choices-1": "B", "ticked": ["a", "b"]}, "Only one choice can be right"),
        ("several", {"choices-0": "A", "choices-1": "B"}, "Say which choice is right"),
        ("truth", {}, "Say whether it is true"),
        ("text", {"accepted": " \n "}, "Write one accepted answer"),
        ("number", {"number": "a lot"}, "Write a number, for example 12.5"),
        ("number", {"number": "1", "stem": ""}, "Write the question"),
    ],
)
def test_an_item_that_nobody_could_answer_says_what_is_missing(faculty, test, kind, sent, words):
    answer = faculty.post(
        f"/track/tests/{test.id}/items/new?kind={kind}", {"stem": "So?", "points": "1", "version": 1, **sent}
    )
    assert (answer.status_code, words in answer.text) == (422, True)


def test_an_item_that_was_answered_says_that_it_will_be_replaced(session, world, faculty, test):
    taken(session, student(world), test)
    session.commit()
    first = session.scalars(select(Item).order_by(Item.id)).first()
    url = f"/track/tests/{test.id}/items/{first.id}"
    assert "Somebody has answered this question" in faculty.get(url).text
    right = {"stem": "Which?", "points": "2", "version": 1, **KINDS["one"][0]}
    assert faculty.post(url, {**right, "version": 0}).status_code == 409
    assert faculty.post(url, {**right, "ticked": []}).status_code == 422
    assert faculty.post(url, right).status_code == 303
    assert "answered already" in faculty.get(f"/track/tests/{test.id}").text


def test_a_test_that_is_full_says_so(session, faculty, test):
    for _number in range(MOST_ITEMS - 3):
        item(session, test)
    session.commit()
    sent = {"stem": "So?", "points": "1", "version": 1, "truth": "yes"}
    answer = faculty.post(f"/track/tests/{test.id}/items/new?kind=truth", sent)
    assert (answer.status_code, "There can be 100 at most" in answer.text) == (422, True)


def test_items_are_moved_and_taken_out_but_never_the_last_of_a_published_test(session, world, faculty):
    test = exam(session, world.track, ASPIRIN, Asked(ItemKind.TRUTH, "So?", 1, truth=True))
    session.commit()
    first, second = session.scalars(select(Item.id).order_by(Item.id))
    faculty.post(f"/track/tests/{test.id}/items/{second}/move", {"index": "0"})
    page = faculty.get(f"/track/tests/{test.id}").text
    assert page.index("So?") < page.index(ASPIRIN.stem)
    assert faculty.post(f"/track/tests/{test.id}/items/{first}/remove").status_code == 303
    last = faculty.post(f"/track/tests/{test.id}/items/{second}/remove")
    assert (last.status_code, "still needed" in last.text) == (422, True)


def test_closing_says_who_is_in_the_middle(session, world, faculty, test):
    begin(session, student(world), test.id, now=NOON)
    session.commit()
    assert "1 person is in the middle" in faculty.get(f"/track/tests/{test.id}").text
    faculty.post(f"/track/tests/{test.id}/close")
    closed = faculty.get(f"/track/tests/{test.id}").text
    assert "This test is closed" in closed
    assert "Open it again" in closed


def test_which_test_mentors_must_pass_is_chosen_among_the_published_ones(session, world, faculty, test):
    assert "Training of mentors" not in faculty.get("/track/tests").text
    of_mentors = exam(session, world.track, title="How to mentor", audience=Audience.MENTORS)
    exam(session, world.track, title="Not ready", audience=Audience.MENTORS, state=StateOfTest.DRAFT)
    session.commit()
    assert '">Not ready</option>' not in faculty.get("/track/tests").text
    assert faculty.post("/track/tests/mentors", {"test": test.id}).status_code == 422
    faculty.post("/track/tests/mentors", {"test": of_mentors.id})
    assert "mentors must pass it" in faculty.get("/track/tests").text
    assert "Mentors pass it before" in faculty.get(f"/track/tests/{of_mentors.id}").text
    assert "not trained yet" in faculty.get("/mentors").text
    assert "No student can be given to" in faculty.get(f"/mentors/{world.mentor.id}").text


def test_a_mentor_who_is_not_trained_is_told_to_faculty_and_nobody_is_placed(session, world, faculty):
    trained(world)
    waiting = world.another_student()
    session.commit()
    assert "Nobody with a free place can be given students now" in faculty.get("/mentors").text
    refused = faculty.post(f"/students/{waiting.id}/mentor", {"mentor": world.mentor.id})
    assert (refused.status_code, "Dr Priya Raman is not trained yet" in refused.text) == (409, True)
    assert "Nobody can be placed" in faculty.get("/mentors/automatic").text


def test_students_pass_a_test_before_they_get_a_mentor_and_everybody_is_told(app, session, world, faculty, test):
    waiting = world.another_student(name="Layla")
    policy(session, world.track, way=MatchingWay.REQUESTS)
    rank_list(session, world.track, waiting, world.mentor)
    session.commit()
    assert faculty.post("/track/tests/students", {"test": "x"}).status_code == 422
    assert faculty.post("/track/tests/students", {"test": test.id}).status_code == 303
    assert "comes before a mentor" in faculty.get("/track/tests").text
    assert "Students pass it before they are given a mentor" in faculty.get(f"/track/tests/{test.id}").text
    assert "test not passed yet" in faculty.get("/mentors").text
    assert "1 student has not passed the test yet" in faculty.get("/mentors/automatic").text
    assert "1 student has not passed the test yet" in faculty.get("/rounds").text
    listed = faculty.get("/waiting").text
    assert "Has not passed the test yet" in listed
    assert "Nobody of them can be given a mentor before" in listed
    refused = faculty.post(f"/students/{waiting.id}/mentor", {"mentor": world.mentor.id})
    assert (refused.status_code, "Layla has not passed the test yet" in refused.text) == (409, True)
    student = sit(app, session, world, SeatRole.STUDENT, waiting)
    today = student.get("/").text
    assert f"Pass the test: {test.title}" in today
    assert f"/tests/{test.id}" in today
    assert "First you pass the test." in today
    assert f"First you pass the test: {test.title}" in student.get("/asking").text
    assert student.post("/asking", {"message": ""}).status_code == 409
    assert student.get("/wishes").status_code == 200
    taken(session, world.sitter(waiting, SeatRole.STUDENT), test)
    session.commit()
    assert "Ask your first wish" in student.get("/").text
    assert "test not passed yet" not in faculty.get("/mentors").text
    assert "has not passed" not in faculty.get("/waiting").text
    world.another_student(name="Tom")
    session.commit()
    assert "A round leaves out whoever has not passed." in faculty.get("/rounds/new").text
    assert "1 student has not passed the test yet" in faculty.get("/waiting").text


def test_a_milestone_is_made_to_be_reached_by_a_test(session, world, faculty, test):
    first = world.track.milestones[0]
    url = f"/track/milestones/{first.id}"
    assert "Which test" in faculty.get(url).text
    fields = {
        "title": first.title,
        "asked": "",
        "stage": first.stage_id,
        "proof": "test",
        "instrument": 0,
        "weight": 10,
    }
    sent = {**fields, "signer": "mentor", "needed_for_certificate": "y", "version": 1}
    none = faculty.post(url, {**sent, "test": 0})
    assert (none.status_code, "Choose the test that the student passes" in none.text) == (422, True)
    assert faculty.post(url, {**sent, "test": test.id}).status_code == 303
    session.expire_all()
    assert (first.proof, first.test_id) == (Proof.TEST, test.id)
    preview = faculty.get("/track/preview").text
    assert "You pass a test. Nobody has to sign it." in preview
    assert "Whoever passes has reached: Milestone 1." in faculty.get(f"/track/tests/{test.id}").text
    faculty.post(f"/track/tests/{test.id}/close")
    assert f'selected value="{test.id}"' in faculty.get(url).text


class TestResults:
    def test_who_passed_and_how_hard_each_question_was(self, session, world, faculty, test):
        people = [world.student, *(world.another_student() for _number in range(4))]
        for number, who in enumerate(people):
            taken(session, student(world, who), test, right=number < 2, now=NOON + timedelta(hours=number))
        taken(session, student(world), test, right=False, now=NOON + timedelta(days=1))
        taken(session, student(world, world.another_student(is_test_user=True)), test)
        begin(session, student(world, people[3]), test.id, now=NOON + timedelta(days=2))
        session.commit()
        page = faculty.get(f"/track/tests/{test.id}/results").text
        assert "5 people have taken it" in page
        assert "40 %" in page
        assert page.count("Not passed yet") == 3
        assert "Amina Yusuf" in page

    def test_of_fewer_than_five_nothing_is_said_about_a_question(self, session, world, faculty, test):
        assert "Nobody has taken it yet" in faculty.get(f"/track/tests/{test.id}/results").text
        taken(session, student(world), test)
        session.commit()
        page = faculty.get(f"/track/tests/{test.id}/results?page=9").text
        assert page.count("too few to say") == 3
        assert "100 %" in page

    def test_the_pages_cost_the_same_statements_for_any_number_of_people(self, session, world, faculty, test):
        urls = ("/track/tests", f"/track/tests/{test.id}", f"/track/tests/{test.id}/results")

        def cost():
            with counting(session) as sent:
                for url in urls:
                    faculty.get(url)
            return len(sent)

        taken(session, student(world), test)
        session.commit()
        cost()
        few = cost()
        for number in range(12):
            taken(session, student(world, world.another_student()), test, right=number % 2 == 0)
            exam(
                session, world.track, Asked(ItemKind.ONE, "So?", 1, choices=(Choice("a", "A", True), Choice("b", "B")))
            )
            item(session, test)
        session.commit()
        assert cost() == few
