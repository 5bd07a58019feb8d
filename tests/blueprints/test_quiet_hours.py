"""Everybody says for themselves when no mail is sent to them."""

import pytest
from factories.browser import sit
from factories.outside import come_in_from_outside
from factories.quiet_hours import quiet_hours
from factories.world import World

from lti_mentoring.domain.seats import SeatRole

SAID = {"starts_at": "21:00", "ends_at": "07:00", "days": ["5", "6"], "timezone": "Asia/Kathmandu"}
WORDS = "No mail from 21:00 to 07:00, nor on Saturday and Sunday (Kathmandu time)"


@pytest.fixture
def world(session):
    return World(session)


def test_what_is_said_stands_on_the_page_and_where_one_looks_for_it(app, session, world):
    for role, also in ((SeatRole.STUDENT, "/seat"), (SeatRole.MENTOR, "/profile"), (SeatRole.FACULTY, "/seat")):
        browser = sit(app, session, world, role)
        assert "No mail from 21:00" not in browser.get("/quiet-hours").text
        assert browser.post("/quiet-hours", SAID).status_code == 303
        page = browser.get("/quiet-hours").text
        for kept in (WORDS, 'value="21:00"', 'value="07:00"', 'value="5" checked', 'selected value="Asia/Kathmandu"'):
            assert kept in page
        assert WORDS in browser.get(also).text


def test_days_alone_and_hours_alone_are_said_as_such(app, session, world):
    browser = sit(app, session, world, SeatRole.MENTOR)
    browser.post("/quiet-hours", {**SAID, "days": []})
    assert "No mail from 21:00 to 07:00 (Kathmandu time)" in browser.get("/quiet-hours").text
    browser.post("/quiet-hours", {**SAID, "starts_at": "", "ends_at": ""})
    assert "No mail on Saturday and Sunday (Kathmandu time)" in browser.get("/quiet-hours").text


def test_they_end_by_the_button_or_by_saying_nothing(app, session, world):
    browser = sit(app, session, world, SeatRole.FACULTY)
    for ending in ({**SAID, "none": "1"}, {**SAID, "starts_at": "", "ends_at": "", "days": []}):
        browser.post("/quiet-hours", SAID)
        assert "Have no quiet hours" in browser.get("/quiet-hours").text
        assert browser.post("/quiet-hours", ending).status_code == 303
        assert "Have no quiet hours" not in browser.get("/quiet-hours").text


WRONG = [
    ({"starts_at": ""}, "starts_at", "Say from when, too."),
    ({"ends_at": ""}, "ends_at", "Say until when, too."),
    ({"ends_at": "21:00"}, "ends_at", "They begin at this time."),
    ({"starts_at": "25:99"}, "starts_at", "Write a time of day"),
    ({"days": list("0123456")}, "days", "Leave out one day"),
    ({"days": "7"}, "days", "Choose from this list."),
    ({"timezone": ""}, "timezone", "Choose the town nearest to you."),
    ({"timezone": "Moon/Base"}, "timezone", "Choose one of these."),
]


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(app, session, world):
    browser = sit(app, session, world, SeatRole.STUDENT)
    for wrong, at, words in WRONG:
        sent = {**SAID, **wrong}
        answer = browser.post("/quiet-hours", sent)
        assert answer.status_code == 422
        assert words in answer.text.partition(f'id="{at}-e"')[2].partition("</p>")[0], wrong
        for name in ("starts_at", "ends_at"):
            assert not sent[name] or f'value="{sent[name]}"' in answer.text
    assert "Have no quiet hours" not in browser.get("/quiet-hours").text


def test_a_mentor_from_outside_has_them_too(app, session, world):
    visitor = come_in_from_outside(app, session, world)
    assert 'href="/quiet-hours"' in visitor.get("/account").text
    assert visitor.post("/quiet-hours", SAID).status_code == 303
    assert WORDS in visitor.get("/quiet-hours").text


def test_nobody_else_reads_them(app, session, world):
    quiet_hours(session, world, world.guide)
    session.commit()
    for role in (SeatRole.STUDENT, SeatRole.FACULTY):
        assert "No mail on" not in sit(app, session, world, role).get(f"/directory/{world.mentor.id}").text
    assert "1 note of hours" in sit(app, session, world, SeatRole.MENTOR).get("/privacy").text
