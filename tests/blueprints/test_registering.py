"""Dynamic registration as an administrator of an LMS meets it, against a platform on this machine."""

import re

import pytest
from factories.door import BASE
from factories.world import World
from fakes.lms_server import LmsServer, Reply
from flask import g
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.lti.http import PlatformClient
from lti_mentoring.models import Deployment, Invitation, Registration
from lti_mentoring.services.registering import invite


@pytest.fixture
def lms():
    with LmsServer() as server:
        yield server


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def invitation(app, session, world):
    app.extensions["platform_client"] = PlatformClient(allowed_private_hosts=["127.0.0.1"])
    token = invite(session, world.institution.id, by=None, now=utcnow())
    session.commit()
    return token


@pytest.fixture
def browser(app):
    client = app.test_client()

    class Browser:
        def get(self, **query):
            for name in list(g):
                g.pop(name)
            return client.get("/lti/register", query_string=query, base_url=BASE)

        def post(self, fields):
            for name in list(g):
                g.pop(name)
            return client.post("/lti/register", data=fields, base_url=BASE)

    return Browser()


def address(lms):
    return f"{lms.url}/.well-known/openid-configuration"


def fields(page):
    return dict(re.findall(r'name="(invitation|confirm)" value="([^"]+)"', page.text))


def made(session, lms):
    session.rollback()
    return session.scalar(select(Registration).where(Registration.issuer == lms.url))


@pytest.mark.parametrize("wrong", ["", "guessed"])
def test_without_a_good_invitation_nothing_is_fetched(lms, browser, invitation, wrong):
    answer = browser.get(invitation=wrong, openid_configuration=address(lms), registration_token="t")
    assert answer.status_code == 403
    assert "This invitation cannot be used" in answer.text
    assert lms.requests == []


def test_opened_by_hand_the_address_says_where_it_belongs(browser, invitation):
    answer = browser.get(invitation=invitation)
    assert answer.status_code == 422
    assert "Paste this address into your LMS" in answer.text


def test_the_page_says_who_asks_and_for_what_and_stands_in_the_platforms_frame(lms, browser, invitation, session):
    page = browser.get(invitation=invitation, openid_configuration=address(lms), registration_token="t")
    assert page.status_code == 200
    assert lms.url in page.text
    assert "moodle 4.5" in page.text
    assert "Write grades into its own columns" in page.text
    assert f"frame-ancestors {lms.url}" in page.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in page.headers
    assert made(session, lms) is None
    assert not lms.seen("/register")


def test_one_button_registers_the_platform_without_a_cookie(lms, browser, invitation, session, world):
    page = browser.get(invitation=invitation, openid_configuration=address(lms), registration_token="token-1")
    answer = browser.post(fields(page))
    assert answer.status_code == 200
    assert "data-lti-close" in answer.text
    assert lms.seen("/register")[0].headers["authorization"] == "Bearer token-1"
    found = made(session, lms)
    assert (found.client_id, found.institution_id) == ("client-from-platform", world.institution.id)
    assert session.scalars(select(Deployment).where(Deployment.registration_id == found.id)).one().state == "approved"
    assert browser.post(fields(page)).status_code == 403


def test_scopes_that_the_platform_cut_are_named(lms, browser, invitation):
    lms.reply("/register", Reply.json({"client_id": "c", "scope": ""}))
    page = browser.get(invitation=invitation, openid_configuration=address(lms))
    answer = browser.post(fields(page))
    assert "Your LMS did not allow everything" in answer.text
    assert "The first launch asks for approval here" in answer.text


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b"<html>maintenance</html>", {"Content-Type": "text/html"}),
        Reply(500),
        Reply.json({"issuer": "https://bank.example"}),
        Reply(302, b"", {"Location": "http://169.254.169.254/"}),
    ],
)
def test_a_description_that_cannot_be_read_leaves_the_invitation_good(lms, browser, invitation, session, reply):
    lms.reply("/.well-known/openid-configuration", reply)
    answer = browser.get(invitation=invitation, openid_configuration=address(lms))
    assert answer.status_code == 502
    assert "your invitation still holds" in answer.text
    assert browser.get(invitation=invitation, openid_configuration=address(lms)).status_code == 200


def test_private_addresses_are_not_fetched(app, browser, invitation):
    app.extensions["platform_client"] = PlatformClient()
    answer = browser.get(invitation=invitation, openid_configuration="https://127.0.0.1:1/openid")
    assert answer.status_code == 502


def test_a_refused_registration_leaves_the_invitation_good(lms, browser, invitation, session):
    lms.reply("/register", Reply(400))
    page = browser.get(invitation=invitation, openid_configuration=address(lms))
    assert browser.post(fields(page)).status_code == 502
    assert made(session, lms) is None
    assert session.scalars(select(Invitation)).one().used_at is None
    page = browser.get(invitation=invitation, openid_configuration=address(lms))
    assert browser.post(fields(page)).status_code == 200


def test_another_institutions_registration_is_not_taken_over(lms, browser, invitation, session):
    other = World(session)
    other.registration.issuer, other.registration.client_id = lms.url, "client-from-platform"
    session.commit()
    page = browser.get(invitation=invitation, openid_configuration=address(lms))
    answer = browser.post(fields(page))
    assert answer.status_code == 422
    assert "registered for another institution" in answer.text
    assert made(session, lms).institution_id == other.institution.id


def test_the_button_is_not_pressed_by_a_guess(browser, invitation):
    assert browser.post({"invitation": invitation, "confirm": "guessed"}).status_code == 403
    assert browser.post({}).status_code == 403
