"""The invited person's page, as a browser shows it: calm, safe against other sites, and used up by a button only."""

from dataclasses import replace

import pytest
from factories.outside import ADDRESS, invite, outsider
from factories.profiles import profile
from factories.statements import counting
from factories.visitor import Visitor
from factories.world import World
from sqlalchemy import select

from lti_mentoring.blueprints._account_session import ACCOUNT_COOKIE, BROWSER_COOKIE
from lti_mentoring.clock import utcnow
from lti_mentoring.models import Account, MentorInvitation, Person


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def token(session, world):
    _invitation, token = invite(session, world, now=utcnow())
    session.commit()
    return token


@pytest.fixture
def phone(app):
    return Visitor(app)


def test_it_says_who_asks_to_what_and_what_is_kept_and_looking_uses_nothing_up(phone, session, world, token):
    assert token not in phone.get("/invitation").text
    for _time in range(2):
        page = phone.look(token)
        assert page.status_code == 200
    for words in (world.faculty.name, world.track.title, world.institution.name, ADDRESS, "Dr Vera Outside"):
        assert words in page.text
    assert session.scalars(select(Account)).all() == []
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"


def test_who_accepts_is_signed_in_and_led_to_a_passkey_and_then_to_the_students(phone, token):
    phone.look(token)
    answer = phone.accept(token)
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, "/account")
    assert any(one.startswith(ACCOUNT_COOKIE) for one in answer.headers.getlist("Set-Cookie"))
    page = phone.get("/account").text
    assert "Make a passkey for next time" in page
    assert "No mail can be sent from here" in page
    assert phone.get("/").status_code == 200
    assert "Your places" in phone.get("/").text


def test_who_accepted_is_led_to_say_who_they_are(phone, session, world, token):
    phone.look(token)
    phone.accept(token)
    for where in ("/account", "/"):
        page = phone.get(where).text
        assert 'href="/profile/work"' in page
        assert "ay who you are" in page
    assert "Step 1 of 5" in phone.get("/profile/work").text
    vera = session.scalars(select(Account)).one().person_id
    profile(session, world, session.get_one(Person, vera))
    session.commit()
    assert "/profile/work" not in phone.get("/account").text
    assert "Say who you are" not in phone.get("/").text


def test_where_mails_leave_a_passkey_can_wait(app, phone, token):
    app.extensions["settings"] = replace(app.extensions["settings"], show_mails=True)
    phone.look(token)
    phone.accept(token)
    page = phone.get("/account").text
    assert "You can make one later" in page
    assert ADDRESS in page


def test_an_answer_needs_a_page_of_ours_seen_in_this_browser(app, session, phone, token):
    phone.look(token)
    proof = phone.proof()
    stranger = Visitor(app)
    for data in ({}, {"visitor": ""}, {"visitor": proof}, {"visitor": "ünïcode"}):
        for what in ("accept", "decline"):
            answer = stranger.post(f"/invitation/{what}", {"link": token, "name": "X", "language": "en", **data})
            assert answer.status_code == 403
    assert session.scalars(select(Account)).all() == []
    cookie = next(one for one in phone.page.headers.getlist("Set-Cookie") if one.startswith(BROWSER_COOKIE))
    assert {"Secure", "HttpOnly", "SameSite=Strict"} <= set(cookie.split("; "))


@pytest.mark.parametrize("path", ["open", "accept", "decline"])
@pytest.mark.parametrize("link", ["", "guessed", "0" * 43, "<script>"])
def test_a_link_that_is_none_gets_one_calm_answer(phone, token, path, link):
    phone.look(token)
    answer = phone.post(f"/invitation/{path}", {"link": link, "visitor": phone.proof(), "name": "X", "language": "en"})
    assert answer.status_code == 403
    assert "This invitation cannot be used" in answer.text


def test_what_is_not_signed_by_us_is_refused_without_a_look_into_the_database(session, phone, token):
    said, _, signature = token.partition(".")
    with counting(session) as sent:
        for forged in (said, f"{said}.{signature[::-1]}", f"{'A' * 43}.{signature}"):
            assert "This invitation cannot be used" in phone.look(forged).text
    assert [statement for statement in sent if "mentor_invitation" in statement] == []
    with counting(session) as sent:
        assert "asks you to be a mentor" in phone.look(token).text
    assert [statement for statement in sent if "mentor_invitation" in statement]


def test_a_used_link_gets_the_same_answer(app, phone, token):
    phone.look(token)
    phone.accept(token)
    assert "This invitation cannot be used" in Visitor(app).look(token).text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "  "}, "Write your name"),
        ({"name": "x" * 121}, "too long"),
        ({"language": "xx"}, "Choose one of these"),
    ],
)
def test_what_is_missing_is_said_and_the_link_stays_good(phone, token, change, words):
    phone.look(token)
    answer = phone.accept(token, **change)
    assert answer.status_code == 422
    assert words in answer.text
    assert token in answer.text
    phone.page = answer
    assert phone.accept(token).status_code == 303


def test_a_name_is_one_line_without_what_could_end_a_header(phone, session, token):
    phone.look(token)
    phone.accept(token, name="Vera\r\nBcc: all@victims.example")
    assert session.scalars(select(Person).where(Person.email == ADDRESS)).one().name == "Vera Bcc: all@victims.example"


def test_who_declines_is_thanked_and_the_reason_is_kept(phone, session, token):
    phone.look(token)
    form = {"link": token, "visitor": phone.proof()}
    answer = phone.post("/invitation/decline", {**form, "reason": "x" * 301})
    assert answer.status_code == 422
    answer = phone.post("/invitation/decline", {**form, "reason": "No time."})
    assert answer.status_code == 200
    assert "Thank you for answering" in answer.text
    session.expire_all()
    assert session.scalars(select(MentorInvitation.decline_reason)).all() == ["No time."]


def test_who_is_signed_in_is_told_that_the_course_comes_to_their_others(phone, session, world, token):
    phone.look(token)
    phone.accept(token)
    _invitation, second = invite(session, World(session, inside=world.deployment), now=utcnow())
    session.commit()
    assert "You are signed in as" in phone.look(second).text
    phone.accept(second)
    assert "Where do you want to sit now?" in phone.get("/courses").text
    assert len(session.scalars(select(Account)).all()) == 1


def test_somebody_of_another_institution_is_not_told_so_and_stays_two(phone, session, token):
    outsider(session, World(session), now=utcnow())
    session.commit()
    assert "You are signed in as" not in phone.look(token).text
