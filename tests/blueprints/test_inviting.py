"""The page of invitations: what goes wrong is said in words, and nothing that was typed is lost."""

import re
from dataclasses import replace

import pytest
from factories.browser import sit
from factories.outside import invite
from factories.statements import counting
from factories.world import World
from markupsafe import escape
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Mail, MentorInvitation, TrackState
from lti_mentoring.postbox import Postbox

PAGE = "/mentors/invitations"
FORM = {"whom": "Vera Outside <vera@clinic.example>\nbo@clinic.example", "places": "3", "field": "Surgery",
        "note": "You know the ward best."}  # fmt: skip


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def faculty(app, session, world):
    return sit(app, session, world, SeatRole.FACULTY)


@pytest.fixture
def mails_leave(app):
    app.extensions["postbox"] = Postbox("smtp://127.0.0.1:9", "mentoring@localhost")


def test_faculty_come_to_it_from_the_page_of_mentors(faculty):
    assert f'href="{PAGE}"' in faculty.get("/mentors").text


@pytest.mark.usefixtures("mails_leave")
def test_a_pasted_list_is_invited_and_stands_on_the_page(session, faculty):
    answer = faculty.post(PAGE, FORM)
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, PAGE)
    page = faculty.get(PAGE).text
    assert "Vera Outside" in page
    assert "bo@clinic.example" in page
    assert "not opened yet" in page
    assert "/invitation#" not in page + answer.text
    assert len(session.scalars(select(Mail)).all()) == 2


def test_without_a_mail_server_the_page_says_so_and_shows_each_link_once(session, faculty):
    assert "No mail server is set up here" in faculty.get(PAGE).text
    answer = faculty.post(PAGE, FORM)
    assert answer.status_code == 200
    assert len(set(re.findall(r"/invitation#[\w-]{43}", answer.text))) == 2
    assert "/invitation#" not in faculty.get(PAGE).text
    assert session.scalars(select(Mail)).all() == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"whom": ""}, "Write at least one e-mail address"),
        ({"whom": "Vera"}, "Vera: there is no e-mail address"),
        ({"whom": "a@b.example\nA@b.example"}, "this address is there twice"),
        ({"whom": "\n".join(f"p{one}@x.example" for one in range(51))}, "too many at once"),
        ({"whom": "\n".join(f"nobody {one}" for one in range(20))}, "and 12 more"),
        ({"whom": "x" * 20_001}, "too long"),
        ({"places": "many"}, "Write a number from 0 to 200"),
        ({"note": "x" * 301}, "too long"),
        ({"field": "x" * 121}, "too long"),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_invited(session, faculty, change, words):
    answer = faculty.post(PAGE, {**FORM, **change})
    assert answer.status_code == 422
    assert words in answer.text
    for value in {**FORM, **change}.values():
        assert escape(value) in answer.text
    assert session.scalars(select(MentorInvitation)).all() == []


def test_who_is_invited_already_is_named_and_can_be_sent_a_new_link(session, world, faculty):
    invitation, _token = invite(session, world, now=utcnow())
    session.commit()
    answer = faculty.post(PAGE, {**FORM, "whom": "vera@clinic.example"})
    assert answer.status_code == 422
    assert "is invited already" in answer.text
    again = faculty.post(f"{PAGE}/{invitation.id}/again")
    assert "/invitation#" in again.text


def test_an_invitation_is_taken_back_once(session, world, faculty):
    invitation, _token = invite(session, world, now=utcnow())
    session.commit()
    assert faculty.post(f"{PAGE}/{invitation.id}/take-back").status_code == 303
    assert "taken back" in faculty.get(PAGE).text
    answer = faculty.post(f"{PAGE}/{invitation.id}/take-back")
    assert answer.status_code == 409
    assert "settled already" in answer.text


def test_a_closed_track_invites_nobody(session, world, faculty):
    world.track.state = TrackState.CLOSED
    session.commit()
    answer = faculty.post(PAGE, FORM)
    assert answer.status_code == 409
    assert "This track is closed" in answer.text


def test_a_list_of_many_needs_no_more_statements(app, session, world, faculty):
    faculty.get(PAGE)
    with counting(session) as few:
        faculty.get(PAGE)
    for number in range(30):
        invite(session, world, f"p{number}@clinic.example", now=utcnow())
    session.commit()
    with counting(session) as many:
        faculty.get(PAGE)
    assert len(many) == len(few)


def test_the_demonstration_shows_the_mail_with_its_link(app, session, world, faculty):
    app.extensions["settings"] = replace(app.extensions["settings"], show_mails=True)
    faculty.post(PAGE, FORM)
    page = faculty.get("/demo/mails").text
    assert len(set(re.findall(r"/invitation#[\w-]{43}", page))) == 2
    assert "You know the ward best." in page
