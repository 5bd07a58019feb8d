"""Who may enter."""

from factories.browser import sit
from factories.world import World

from lti_mentoring.domain.seats import SeatRole


def test_without_a_seat_a_page_asks_to_open_the_tool_from_the_course(client):
    answer = client.get("/", base_url="https://localhost")
    assert answer.status_code == 401
    assert "from your course" in answer.text


def test_a_seated_person_comes_in_and_no_cache_keeps_the_page(app, session):
    browser = sit(app, session, World(session), SeatRole.STUDENT)
    answer = browser.get("/")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Cookie" in answer.headers["Vary"]


def test_only_the_platform_of_the_seat_may_frame_the_page(app, session):
    world = World(session)
    browser = sit(app, session, world, SeatRole.STUDENT)
    policy = browser.get("/").headers["Content-Security-Policy"]
    assert f"frame-ancestors {world.registration.issuer}" in policy
    assert "unsafe" not in policy


def test_an_ended_seat_is_no_seat(app, session):
    world = World(session)
    browser = sit(app, session, world, SeatRole.STUDENT, ended_at=world.track.created_at)
    assert browser.get("/").status_code == 401
