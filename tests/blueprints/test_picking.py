"""Picking a link for a course, in a frame of the platform."""

import html
import re

import jwt
import pytest
from factories.door import BASE, Door, forget_request
from factories.world import track
from fakes.platform import ROLES, STUDENT
from sqlalchemy import select

from lti_mentoring.models import Context

CONTENT = "https://purl.imsglobal.org/spec/lti-dl/claim/content_items"
DATA = "https://purl.imsglobal.org/spec/lti-dl/claim/data"


@pytest.fixture
def door(app, session):
    return Door(app, session)


def start(door, **settings):
    return door.walk(change=door.platform.picking(**settings))


def choose(door, value):
    page = door.open("/lti/deep-link")
    proof = re.search(r'name="csrf_token" value="(\w+)"', page.text)[1]
    forget_request()
    return door.browser.post("/lti/deep-link", data={"track": value, "csrf_token": proof}, base_url=BASE)


def answered(door, page):
    token = html.unescape(re.search(r'name="JWT" value="([^"]+)"', page.text)[1])
    keys = {key["kid"]: jwt.PyJWK(key) for key in door.browser.get("/lti/jwks.json", base_url=BASE).json["keys"]}
    key = keys[jwt.get_unverified_header(token)["kid"]]
    return jwt.decode(token, key, algorithms=["RS256"], audience=door.platform.issuer)


def test_a_teacher_picks_a_track_and_the_platform_gets_a_signed_link(door, session):
    assert start(door).headers["Location"] == "/lti/deep-link"
    course = session.scalars(select(Context)).one()
    made = track(session, course)
    session.commit()
    page = door.open("/lti/deep-link")
    assert "Which track does this link open?" in page.text
    assert "Clinical mentorship" in page.text
    sent = choose(door, made.id)
    assert f'action="{door.platform.issuer}/picked"' in sent.text
    assert "data-autosubmit" in sent.text
    assert f"form-action 'self' {door.platform.issuer}" in sent.headers["Content-Security-Policy"]
    said = answered(door, sent)
    assert said["iss"] == door.platform.client_id
    assert said[DATA] == 'opaque<&"é'
    assert said[CONTENT][0]["custom"] == {"track": made.key}


def test_a_course_without_a_track_may_add_the_link_first(door):
    start(door)
    assert "This course has no track yet" in door.open("/lti/deep-link").text
    assert answered(door, choose(door, "later"))[CONTENT][0]["title"] == "Mentoring"


def test_picking_nothing_is_answered_too_and_the_seat_ends(door):
    start(door)
    assert answered(door, choose(door, "cancel"))[CONTENT] == []
    assert door.open("/lti/deep-link").status_code == 401


@pytest.mark.parametrize("value", ["4711", "²", "1" * 12])
def test_a_track_that_is_not_of_this_course_is_not_there(door, value):
    start(door)
    assert choose(door, value).status_code == 404
    assert door.open("/lti/deep-link").status_code == 200


def test_a_place_that_takes_no_link_says_so(door):
    start(door, accept_types=["file"])
    assert "takes no link" in door.open("/lti/deep-link").text
    assert choose(door, "later").status_code == 400
    assert answered(door, choose(door, "cancel"))[CONTENT] == []


def test_in_an_ordinary_seat_there_is_nothing_to_pick(door):
    door.walk()
    assert door.open("/lti/deep-link").status_code == 404


def test_a_student_may_not_pick(door):
    answer = door.walk(change={**door.platform.picking(), ROLES: [STUDENT]})
    assert answer.status_code == 403


def test_the_choice_needs_the_proof_of_its_own_form(door):
    start(door)
    forget_request()
    assert door.browser.post("/lti/deep-link", data={"track": "cancel"}, base_url=BASE).status_code == 403
