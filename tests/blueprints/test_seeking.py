"""A student says what they look for, and reads beside each mentor what the two have in common."""

import pytest
from factories.browser import sit
from factories.profiles import profile
from factories.rounds import drawn
from factories.seeking import seeking
from factories.world import World

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.matching.best import BestMatcher
from lti_mentoring.domain.matching.plain_flow import PlainFlow
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import TrackState
from lti_mentoring.services.publishing import publish

SAID = {
    "domains": ["research"], "skills": ["feedback", "writing"], "languages": ["hi"], "timezone": "Asia/Kathmandu",
    "hours": ["week_evening"], "career": "studying", "style_pace": "one",
}  # fmt: skip


@pytest.fixture
def world(session):
    made = World(session)
    made.track.template = "clinical"
    made.waits = made.another_student(name="Layla")
    profile(session, made)
    return made


@pytest.fixture
def student(app, session, world):
    return sit(app, session, world, SeatRole.STUDENT, world.waits)


def test_what_is_said_stands_on_the_page_again_and_beside_each_mentor(world, student):
    assert "Say what you look for" in student.get(f"/directory/{world.mentor.id}").text
    assert student.post("/looking-for", SAID).status_code == 303
    page = student.get("/looking-for").text
    assert 'value="research" checked' in page
    assert 'selected value="Asia/Kathmandu"' in page
    page = student.get(f"/directory/{world.mentor.id}").text
    for words in (
        "Helps with what you look for: Giving and taking feedback, Research", "Speaks: Hindi",
        "Both have time in about 18.75 hours of a usual week", "Change what you look for",
    ):  # fmt: skip
        assert words in page


def test_nothing_of_it_has_to_be_said_and_all_can_be_taken_back(world, student):
    student.post("/looking-for", SAID)
    assert student.post("/looking-for", {}).status_code == 303
    assert "Say what you look for" in student.get(f"/directory/{world.mentor.id}").text


@pytest.mark.parametrize("wrong", [{"domains": "nothing"}, {"timezone": "Moon/Base"}, {"career": "king"}])
def test_what_is_not_offered_is_said_and_nothing_is_kept(world, student, wrong):
    answer = student.post("/looking-for", {**SAID, **wrong})
    assert answer.status_code == 422
    assert "Choose" in answer.text
    assert "Say what you look for" in student.get(f"/directory/{world.mentor.id}").text


def test_others_see_nothing_of_it(app, session, world):
    seeking(session, world, world.waits)
    for role in (SeatRole.MENTOR, SeatRole.FACULTY):
        assert "in common" not in sit(app, session, world, role).get(f"/directory/{world.mentor.id}").text


def test_in_a_track_that_is_not_open_yet_there_is_nothing_to_say(app, session, world):
    world.track.state = TrackState.DRAFT
    page = sit(app, session, world, SeatRole.STUDENT, world.waits).get("/looking-for").text
    assert "What do you look for" not in page


def test_after_a_round_the_student_reads_what_the_two_have_in_common(app, session, world, student):
    seeking(session, world, world.waits)
    made = drawn(world, BestMatcher(PlainFlow()))
    publish(session, world.sitter(), made.id, now=utcnow())
    session.commit()
    page = student.get("/my-mentor/why").text
    assert "You gave no list" in page
    assert "Helps with what you look for: Giving and taking feedback, Research" in page
