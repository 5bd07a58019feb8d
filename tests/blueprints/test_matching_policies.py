"""The page of a track that says how people come together."""

import pytest
from factories.browser import sit, text_of
from factories.world import World

from lti_mentoring.domain.seats import SeatRole

SENT = {"way": "requests", "reply_days": "3", "faculty_as_mentor": "warn", "wishes_from": "", "wishes_until": ""}


@pytest.fixture
def faculty(app, session):
    return sit(app, session, World(session), SeatRole.FACULTY)


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ({}, "in the order of their wishes."),
        ({"wishes_from": "2026-11-02"}, "Wishes can be given from"),
        ({"wishes_until": "2026-11-20"}, "Wishes can be given until"),
        ({"wishes_from": "2026-11-02", "wishes_until": "2026-11-20"}, "Wishes can be given from"),
    ],
)
def test_the_designer_says_how_people_come_together(faculty, days, sentence):
    assert "Faculty bring students and mentors together." in text_of(faculty.get("/track"))
    assert faculty.post("/track/matching", {**SENT, **days, "version": "1"}).status_code == 303
    assert sentence in text_of(faculty.get("/track"))
    assert 'value="requests" checked' in faculty.get("/track/matching").text


def test_in_a_new_track_who_teaches_is_a_conflict_until_faculty_say_otherwise(faculty):
    page = faculty.get("/track/matching")
    assert 'value="refuse" checked' in page.text
    assert "The usual rule of a new track." in text_of(page)
    assert faculty.post("/track/matching", {**SENT, "version": "1"}).status_code == 303
    assert 'value="warn" checked' in faculty.get("/track/matching").text


def test_what_is_wrong_is_said_and_nothing_is_lost(faculty):
    wrong = {**SENT, "wishes_from": "2026-11-20", "wishes_until": "2026-11-02", "reply_days": "99", "version": "1"}
    answer = faculty.post("/track/matching", wrong)
    assert answer.status_code == 422
    assert "The last day is before the first one." in text_of(answer)
    assert "Write a number between 1 and 30." in text_of(answer)
    assert 'value="2026-11-20"' in answer.text


def test_two_who_change_it_at_once_see_both(faculty):
    assert faculty.post("/track/matching", {**SENT, "version": "1"}).status_code == 303
    late = faculty.post("/track/matching", {**SENT, "way": "rounds", "version": "1"})
    assert late.status_code == 409
    assert "Theirs: Students ask one mentor after another" in text_of(late)


def test_the_rule_of_rounds_is_chosen_among_those_that_are_installed(faculty):
    assert 'value="stable" checked' in faculty.get("/track/matching").text
    sent = {**SENT, "way": "rounds", "version": "1"}
    assert faculty.post("/track/matching", {**sent, "strategy": "lottery"}).status_code == 422
    assert faculty.post("/track/matching", {**sent, "strategy": "fairest"}).status_code == 303
    assert 'value="fairest" checked' in faculty.get("/track/matching").text
    assert 'value="fairest" checked' in faculty.get("/rounds/new").text
