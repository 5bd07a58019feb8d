"""Whoever came from a course finds the way back on every page, with words where something could not go on."""

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from factories.browser import sit
from factories.door import Door
from factories.world import World
from fakes.platform import PRESENTATION
from sweeps.seeded import DEEP_LINKING

from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import TrackState

BACK = "https://lms.example/course?id=1"
STUDENT, FACULTY, GUEST = SeatRole.STUDENT, SeatRole.FACULTY, SeatRole.GUEST


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def come(app, session, world):
    return lambda role, url=BACK, **columns: sit(app, session, world, role, return_url=url, **columns)


def ways(answer):
    found = re.findall(r'<a[^>]*href="([^"]*)"[^>]*>Back to (?:your|the) course</a>', answer.text)
    return [unescape(one) for one in found]


def words(answer):
    (way,) = ways(answer)
    assert way.startswith(BACK)
    return dict(parse_qsl(urlsplit(way).query))


@pytest.mark.parametrize(
    ("role", "path"), [(STUDENT, "/"), (STUDENT, "/path"), (FACULTY, "/track"), (FACULTY, "/seat")]
)
def test_every_page_ends_with_the_way_back(come, role, path):
    assert ways(come(role).get(path)) == [BACK]


def test_a_page_without_a_way_back_has_none(come):
    assert ways(come(STUDENT, None).get("/")) == []


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "https://lms.example/\nX: y", "ftp://a.b/"])
def test_a_hostile_address_is_never_shown(session, world, come, url):
    for role, path in [(STUDENT, "/"), (STUDENT, "/seat"), (GUEST, "/"), (STUDENT, "/grades"), (STUDENT, "/nowhere")]:
        page = come(role, url).get(path).text
        assert url not in unescape(page)
        assert "Back to your course" not in page
    assert ways(come(STUDENT, url).post("/seat/leave")) == []


def test_the_address_is_escaped(come):
    page = come(STUDENT, 'https://lms.example/?a="><script>alert(1)</script>').get("/").text
    assert "<script>alert" not in page


def test_who_cannot_go_on_takes_the_reason_along(session, world, come):
    told = words(come(GUEST).get("/"))
    assert told["lti_msg"] == "There is nothing for you here yet"
    assert told["lti_log"].startswith("nothing_to_do ")
    world.track.state = TrackState.DRAFT
    session.flush()
    assert words(come(STUDENT).get("/"))["lti_msg"] == "Your course team is still setting this up"


def test_a_problem_goes_along_as_an_error(come):
    told = words(come(STUDENT).get("/grades"))
    assert told["lti_errormsg"] == "This page is for somebody else"
    assert re.fullmatch(r"problem_403 [0-9a-f]{16}", told["lti_errorlog"])
    assert told["id"] == "1"
    assert "lti_log" not in told


def test_who_leaves_is_told_so_there(come):
    told = words(come(STUDENT).post("/seat/leave"))
    assert told["lti_msg"] == "You have left Mentoring."
    assert told["lti_log"].startswith("seat_left ")


def test_the_picker_and_public_pages_have_ways_of_their_own(come):
    assert ways(come(FACULTY, deep_linking=DEEP_LINKING).get("/lti/deep-link")) == []
    assert ways(come(STUDENT).get("/verify")) == []


def shown(url):
    return {PRESENTATION: {"return_url": url}}


def test_a_genuine_launch_that_has_to_wait_leads_back_with_the_reason(app, session):
    door = Door(app, session, approved=False)
    answer = door.walk(change=shown(BACK))
    told = words(answer)
    assert answer.status_code == 403
    assert told["lti_errormsg"] == "Mentoring is not switched on here yet"
    assert told["lti_errorlog"].startswith("deployment_unknown ")
    assert ways(door.walk(change=shown("javascript:alert(1)"))) == []


def test_a_genuine_launch_that_our_own_rules_refuse_leads_back_too(app, session):
    door = Door(app, session)
    review = door.platform.reviewing("somebody", "https://lms.example/items/foreign")
    told = words(door.walk(change={**review, **shown(BACK)}))
    assert told["lti_errorlog"].startswith("line_item_foreign ")


def test_a_launch_that_does_not_prove_itself_leads_nowhere(app, session):
    door = Door(app, session)
    assert ways(door.walk(change={"nonce": "foreign", **shown(BACK)})) == []
    assert ways(door.walk(change={"exp": 1, **shown(BACK)})) == []
