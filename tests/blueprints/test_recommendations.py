"""A student says whether they would choose a mentor again; the mentor's page says it together with others."""

import re

import pytest
from factories.browser import sit
from factories.recommendations import MIXED, answered, mentee, says
from factories.world import World

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.recommendations import Again
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Mentor
from lti_mentoring.services.mentor_pages import choose_shown, share

TOLD = "At least 8 of 10 students would choose this mentor again."


@pytest.fixture
def world(session):
    made = World(session)
    made.track.template = "clinical"
    session.commit()
    return made


@pytest.fixture
def student(app, session, world):
    return sit(app, session, world, SeatRole.STUDENT)


def again(world, value):
    return {f"again-{world.mentor.id}-again": value}


def test_the_question_stands_on_the_mentor_s_page_and_says_who_reads_the_answer(world, student):
    page = student.get(f"/directory/{world.mentor.id}").text
    for words in ("Would you choose this mentor again?", "Nobody but you reads your answer", "Not enough answers yet"):
        assert words in page
    assert student.post(f"/would-choose-again/{world.mentor.id}", again(world, "reserved")).status_code == 303
    assert 'value="reserved" checked' in student.get(f"/directory/{world.mentor.id}").text
    assert "answer whether a mentor would be chosen again" in student.get("/privacy").text


def test_an_answer_is_changed_and_taken_back_also_when_the_mentor_has_gone(session, world, student):
    student.post(f"/would-choose-again/{world.mentor.id}", again(world, "no"))
    session.get_one(Mentor, world.mentor.id).active = False
    session.commit()
    assert 'value="no" checked' in student.get("/would-choose-again").text
    student.post(f"/would-choose-again/{world.mentor.id}", again(world, "nothing"))
    assert 'value="nothing" checked' in student.get("/would-choose-again").text


def test_with_the_fifth_answer_everybody_reads_the_same_sentence(app, session, world, student):
    answered(world, *MIXED)
    session.commit()
    for role in (SeatRole.STUDENT, SeatRole.MENTOR, SeatRole.FACULTY):
        assert TOLD in sit(app, session, world, role).get(f"/directory/{world.mentor.id}").text
    assert "would choose this mentor" not in student.get("/directory").text


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([Again.NO] * 5, "At most 2 of 10 students would choose this mentor again."),
        (
            [Again.YES, Again.RESERVED, Again.RESERVED, Again.NO, Again.NO],
            "About 6 of 10 students would choose this mentor again. Some of them have reservations.",
        ),
    ],
)
def test_it_is_said_in_words(session, world, student, answers, words):
    answered(world, *answers)
    session.commit()
    assert words in student.get(f"/directory/{world.mentor.id}").text


PLACES = {
    SeatRole.FACULTY: ["/", "/?show=all", "/mentors", "/mentors/{mentor}", "/board.csv", "/waiting", "/leavers",
                       "/directory", "/directory/{mentor}"],
    SeatRole.MENTOR: ["/", "/my-students", "/profile", "/profile/public", "/directory/{mentor}", "/privacy"],
}  # fmt: skip


@pytest.mark.parametrize("role", PLACES, ids=lambda role: role.value)
def test_no_page_and_no_spreadsheet_betrays_one_answer(app, session, world, role):
    """Also after a batch: one more answer leaves every page the same, to a byte."""
    answered(world, *MIXED)
    session.commit()
    browser = sit(app, session, world, role)

    def pages():
        answers = [browser.get(place.format(mentor=world.mentor.id)) for place in PLACES[role]]
        assert {answer.status_code for answer in answers} == {200}
        return [re.sub(r'name="csrf_token" value="\w+"', "", answer.text) for answer in answers]

    before = pages()
    says(world, world.student, Again.NO)
    session.commit()
    assert pages() == before


def test_strangers_read_it_only_where_the_mentor_lets_them(app, session, world):
    answered(world, *MIXED)
    by = world.sitter(role=SeatRole.MENTOR)
    page = share(session, by, now=world.track.published_at)
    session.commit()
    visitor = app.test_client()
    assert "would choose" not in visitor.get(f"/mentor-page/{page.address}").text
    choose_shown(session, by, ["again"], now=world.track.published_at)
    session.commit()
    assert TOLD in visitor.get(f"/mentor-page/{page.address}").text


def test_who_has_hardly_met_their_mentor_is_asked_later(app, session, world):
    new = mentee(world, started_at=utcnow())
    session.commit()
    browser = sit(app, session, world, SeatRole.STUDENT, new)
    assert "There is nothing to answer yet" in browser.get("/would-choose-again").text
    assert "Would you choose this mentor again?" not in browser.get(f"/directory/{world.mentor.id}").text
    assert browser.post(f"/would-choose-again/{world.mentor.id}", again(world, "yes")).status_code == 404


def test_an_answer_that_is_not_offered_is_said_and_nothing_is_kept(world, student):
    answer = student.post(f"/would-choose-again/{world.mentor.id}", again(world, "perhaps"))
    assert answer.status_code == 422
    assert "Choose one of these." in answer.text
    assert "answer whether a mentor would be chosen again" not in student.get("/privacy").text
