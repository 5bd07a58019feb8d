"""Signing in by mail, as browsers do it: the one that asked, another one, a mail scanner, and somebody who guesses."""

import re
from dataclasses import replace

import pytest
from factories.outside import ADDRESS, mailed, outsider
from factories.visitor import Visitor
from factories.world import World
from sqlalchemy import select

from lti_mentoring.blueprints._account_session import ACCOUNT_COOKIE
from lti_mentoring.clock import utcnow
from lti_mentoring.domain.accounts import MOST_MAILED_LINKS
from lti_mentoring.models import Mail, SignInLink, SignInRequest
from lti_mentoring.tasks.mailed_links import answer

PAGE = "/sign-in/mail"
ASK, OPEN, CONFIRM = f"{PAGE}/ask", f"{PAGE}/open", f"{PAGE}/confirm"


@pytest.fixture(autouse=True)
def vera(app, session):
    """An outside mentor, where mails leave."""
    app.extensions["settings"] = replace(app.extensions["settings"], show_mails=True)
    made = outsider(session, World(session), now=utcnow())
    session.commit()
    return made


@pytest.fixture
def phone(app):
    return Visitor(app)


def ask(session, visitor, address=ADDRESS, **more):
    """Ask for a link, let the task run, and return the secret of the newest mail."""
    page = visitor.post(ASK, {"address": address, **more})
    assert page.status_code == 200, page.text
    session.rollback()
    number = session.scalars(select(SignInRequest.id).order_by(SignInRequest.id.desc())).first()
    session.rollback()
    answer(number)
    mail = session.scalars(select(Mail).where(Mail.kind == "sign_in_link").order_by(Mail.id.desc())).first()
    return mailed(session, mail)


def is_in(visitor):
    return visitor.get("/account").status_code == 200


def test_in_the_browser_that_asked_the_link_signs_in(session, phone):
    token = ask(session, phone)
    assert token not in phone.get(PAGE).text
    came = phone.post(OPEN, {"link": token})
    assert (came.status_code, came.headers["Location"]) == (303, "/")
    assert "Your places" in phone.get("/").text
    assert [one.used_at is None for one in session.scalars(select(SignInLink))] == [False]


def test_another_browser_asks_its_reader_first_so_that_no_scanner_uses_it_up(app, session, phone):
    token, tablet, scanner = ask(session, phone), Visitor(app), Visitor(app)
    for _time in range(3):
        scanner.get(PAGE)
        assert "Sign in on this device?" in scanner.look(token, OPEN).text
    assert not is_in(scanner)
    tablet.look(token, OPEN)
    came = tablet.post(CONFIRM, {"link": token, "visitor": tablet.proof()})
    assert came.status_code == 303
    assert is_in(tablet)
    for visitor in (phone, scanner):  # and only one of them gets it
        late = visitor.post(OPEN, {"link": token})
        assert late.status_code == 403
        assert "cannot be used any more" in late.text


def test_another_site_can_sign_nobody_in_as_somebody_else(app, session, phone):
    token, other = ask(session, phone), Visitor(app)
    other.look(token, OPEN)
    for form in ({}, {"visitor": ""}, {"visitor": "0" * 64}):
        assert phone.post(CONFIRM, {"link": token, **form}).status_code == 403
    assert Visitor(app).post(CONFIRM, {"link": token, "visitor": other.proof()}).status_code == 403
    assert not is_in(phone)


@pytest.mark.parametrize("link", ["", "guessed", "0" * 43])
def test_a_guessed_link_opens_nothing(phone, link):
    assert phone.post(OPEN, {"link": link}).status_code == 403


def test_the_answer_is_the_same_for_an_address_that_nobody_has(app, session):
    pages = []
    for address in (ADDRESS, "nobody@clinic.example"):
        page = Visitor(app).post(ASK, {"address": address})
        pages.append((page.status_code, page.text.replace(address, "…"), sorted(page.headers.keys())))
    assert pages[0] == pages[1]
    assert session.scalars(select(Mail).where(Mail.kind == "sign_in_link")).all() == []  # the task writes it


@pytest.mark.parametrize("address", [ADDRESS, "nobody@clinic.example"])
def test_too_many_wishes_for_one_address_are_refused_known_or_not(app, address):
    answers = [Visitor(app).post(ASK, {"address": address}).status_code for _time in range(MOST_MAILED_LINKS + 1)]
    assert answers == [200] * MOST_MAILED_LINKS + [429]


@pytest.mark.parametrize("address", ["", "vera", "a@b.example\r\nBcc: x@y.example", "vera@clinic"])
def test_what_is_no_address_is_said_and_nothing_is_lost(session, phone, address):
    page = phone.post(ASK, {"address": address})
    assert page.status_code == 422
    assert "e-mail address" in page.text
    assert session.scalars(select(SignInRequest)).all() == []


def test_without_a_mail_server_it_is_not_offered(app, phone):
    assert "E-mail me a link" in phone.get("/sign-in").text
    app.extensions["settings"] = replace(app.extensions["settings"], show_mails=False)
    assert "E-mail me a link" not in phone.get("/sign-in").text
    assert phone.post(ASK, {"address": ADDRESS}).status_code == 404


def test_who_was_away_goes_on_where_they_were(session, vera, phone):
    phone.client.set_cookie(ACCOUNT_COOKIE, "of-a-session-that-ended", domain="localhost", secure=True, path="/")
    page = phone.get("/my-students?q=Amina")
    assert page.status_code == 401
    way = re.search(r'href="(/sign-in\?back=[^"]+)"', page.text)[1]
    back = re.search(r'name="back" value="([^"]+)"', phone.get(way).text)[1]
    assert back == "/my-students?q=Amina"
    token = ask(session, phone, back=back)
    assert phone.post(OPEN, {"link": token}).headers["Location"] == back


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_led_to_another_site(session, phone, back):
    token = ask(session, phone, back=back)
    assert phone.post(OPEN, {"link": token}).headers["Location"] == "/"


def test_the_task_is_quiet_about_a_request_that_is_gone():
    assert answer(4711) is None
