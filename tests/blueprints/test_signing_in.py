"""Signing in without an LMS, as a browser does it: a link, a passkey, a session, and what is refused with a page."""

import json
import re
from datetime import timedelta

import pytest
from factories.accounts import administrator, come_in, operator
from factories.browser import forget_request, sit
from factories.world import World, institution
from fakes.authenticator import Authenticator
from sqlalchemy import select, update

from lti_mentoring.blueprints._account_session import ACCOUNT_COOKIE, BROWSER_COOKIE
from lti_mentoring.clock import utcnow
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import AuditEntry, Passkey, PasskeyChallenge, SignInSession
from lti_mentoring.services import accounts

BASE = "https://localhost"


class Newcomer:
    """A browser without any cookie of ours, and a device that holds passkeys."""

    def __init__(self, app, device=None):
        self.client, self.device = app.test_client(), device or Authenticator()

    def get(self, path, **options):
        forget_request()
        return self.client.get(path, base_url=BASE, **options)

    def post(self, path, **data):
        forget_request()
        return self.client.post(path, data=data, base_url=BASE, headers={"Accept": "application/json, text/html;q=0.9"})

    def use(self, token, name="My laptop", **wrong):
        asked = self.post("/sign-in/link/ask", link=token)
        assert asked.status_code == 200, asked.text
        forget_request()
        data = {"link": token, "name": name, "credential": self.device.create(asked.json, **wrong)}
        return self.client.post("/sign-in/link", data=data, base_url=BASE)

    def sign_in(self, **wrong):
        asked = self.post("/sign-in/ask")
        forget_request()
        answer = self.device.get(asked.json, **wrong)
        return self.client.post("/sign-in", data={"credential": answer}, base_url=BASE)


def cookies_of(answer):
    return {one.partition("=")[0]: one for one in answer.headers.getlist("Set-Cookie")}


@pytest.fixture
def odile(session):
    made = operator(session)
    session.commit()
    return made


@pytest.fixture
def newcomer(app, session, odile):
    """Somebody who made a passkey by a link and has signed out again."""
    one = Newcomer(app)
    token = accounts.make_link(session, odile, by=None, now=utcnow())
    session.commit()
    assert one.use(token).status_code == 303
    one.client.delete_cookie(ACCOUNT_COOKIE, domain="localhost", path="/")
    return one


def test_looking_at_a_link_uses_nothing_up_and_its_button_does(app, session, odile):
    token = accounts.make_link(session, odile, by=None, now=utcnow())
    session.commit()
    one = Newcomer(app)
    for _time in range(3):
        page = one.get("/sign-in/link")
        assert page.status_code == 200
        assert token not in page.text
    answer = one.use(token)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert one.get("/operator").status_code == 200
    again = Newcomer(app).post("/sign-in/link/ask", link=token)
    assert (again.status_code, again.json["error"]) == (403, "sign_in_link_invalid")


def test_a_device_without_a_name_is_asked_for_one_and_the_link_stays_good(app, session, odile):
    token = accounts.make_link(session, odile, by=None, now=utcnow())
    session.commit()
    one = Newcomer(app)
    answer = one.use(token, name=" ")
    assert answer.status_code == 422
    assert "Give it a name" in answer.text
    assert token in answer.text
    assert one.use(token).status_code == 303


def test_the_session_is_kept_in_a_cookie_that_no_script_and_no_other_site_gets(newcomer):
    answer = newcomer.sign_in()
    cookie = cookies_of(answer)[ACCOUNT_COOKIE]
    assert set(cookie.split("; ")[1:]) == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}
    assert ACCOUNT_COOKIE.startswith("__Host-")
    assert len(re.search(r"=([^;]+)", cookie)[1]) >= 43
    browser = cookies_of(newcomer.post("/sign-in/ask"))[BROWSER_COOKIE]
    assert {"Secure", "HttpOnly", "SameSite=Strict"} <= set(browser.split("; "))


def test_each_sign_in_has_a_new_secret(newcomer):
    first, second = (cookies_of(newcomer.sign_in())[ACCOUNT_COOKIE] for _time in range(2))
    assert first != second


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/link", "/account", "/operator", "/operator/keys"])
def test_nobody_may_frame_these_pages(app, session, odile, path):
    World(session)
    browser = come_in(app, session, odile)
    for answer in (browser.get(path), Newcomer(app).get(path)):
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_an_administrators_page_is_framed_by_nobody_for_an_account(app, session):
    world = World(session)
    page = come_in(app, session, administrator(session, world.institution)).get("/admin/platforms")
    assert page.status_code == 200
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("wrong", "code", "words"),
    [
        ({"origin": "https://evil.example"}, "passkey_other_site", "at another address"),
        ({"host": "evil.example"}, "passkey_other_host", "another site"),
        ({"count": 0}, "passkey_copied", "may have been copied"),
        ({"user": b"x"}, "passkey_unknown", "Nobody here has this passkey"),
    ],
)
def test_what_is_refused_has_a_calm_page_and_a_code_in_the_log(newcomer, caplog, wrong, code, words):
    caplog.set_level("INFO")
    newcomer.sign_in()
    answer = newcomer.sign_in(**wrong)
    assert answer.status_code == 422
    assert words in answer.text
    assert ACCOUNT_COOKIE not in cookies_of(answer)
    assert code in {getattr(record, "code", "") for record in caplog.records}


def test_a_device_that_checked_nobody_is_refused(newcomer):
    newcomer.device.checks = False
    answer = newcomer.sign_in()
    assert (answer.status_code, "did not check" in answer.text) == (422, True)


def test_an_answer_that_failed_has_used_its_challenge_up(newcomer):
    newcomer.sign_in()
    asked = newcomer.post("/sign-in/ask").json
    refused = newcomer.device.get(asked, count=0)
    honest = newcomer.device.get(asked, count=9)
    forget_request()
    for credential, words in ((refused, "may have been copied"), (honest, "used already")):
        forget_request()
        answer = newcomer.client.post("/sign-in", data={"credential": credential}, base_url=BASE)
        assert answer.status_code == 422
        assert words in answer.text


def test_another_browser_cannot_answer_and_uses_nothing_up(app, newcomer):
    asked = newcomer.post("/sign-in/ask").json
    credential = newcomer.device.get(asked)
    thief = Newcomer(app).post("/sign-in", credential=credential)
    assert (thief.status_code, thief.json["error"]) == (422, "passkey_other_browser")
    forget_request()
    assert newcomer.client.post("/sign-in", data={"credential": credential}, base_url=BASE).status_code == 303


def test_an_answer_after_five_minutes_is_refused(session, newcomer):
    asked = newcomer.post("/sign-in/ask").json
    session.rollback()
    session.execute(update(PasskeyChallenge).values(expires_at=utcnow()))
    session.commit()
    answer = newcomer.post("/sign-in", credential=newcomer.device.get(asked))
    assert (answer.status_code, answer.json["error"]) == (422, "passkey_challenge_too_old")


def test_one_address_is_asked_to_wait_after_thirty_attempts(app, newcomer):
    answers = [Newcomer(app).post("/sign-in/ask") for _time in range(30)]
    assert {one.status_code for one in answers} == {200, 429}
    assert answers[-1].json["error"] == "too_many"
    forget_request()
    elsewhere = app.test_client().post("/sign-in/ask", base_url=BASE, environ_base={"REMOTE_ADDR": "2001:db8::1"})
    assert elsewhere.status_code == 200
    for _time in range(29):
        forget_request()
        app.test_client().post("/sign-in/ask", base_url=BASE, environ_base={"REMOTE_ADDR": f"2001:db8::{_time + 2:x}"})
    forget_request()
    neighbour = app.test_client().post("/sign-in/ask", base_url=BASE, environ_base={"REMOTE_ADDR": "2001:db8::ffff"})
    assert neighbour.status_code == 429


def test_neither_addresses_nor_secrets_are_kept(session, newcomer):
    newcomer.sign_in()
    session.rollback()
    kept = json.dumps([vars(one) for one in session.scalars(select(PasskeyChallenge))], default=str)
    assert "127.0.0.1" not in kept


def test_a_session_that_ran_out_leads_to_the_sign_in_page(app, session, odile):
    browser = come_in(app, session, odile)
    long_ago = utcnow() - timedelta(minutes=31)
    session.execute(update(SignInSession).values(used_at=long_ago))
    session.commit()
    answer = browser.get("/operator")
    assert answer.status_code == 401
    assert 'href="/sign-in"' in answer.text


def test_whoever_came_by_passkey_is_asked_for_it_again_and_others_for_their_course(app, session):
    browser = come_in(app, session, administrator(session, institution(session)))
    session.execute(update(SignInSession).values(expires_at=utcnow()))
    session.commit()
    for path in ("/", "/admin/platforms"):
        assert 'href="/sign-in"' in browser.get(path).text
        answer = Newcomer(app).get(path)
        assert (answer.status_code, 'href="/sign-in"' in answer.text) == (401, False)
    assert 'href="/sign-in"' not in browser.get("/grades").text


def test_a_session_in_use_is_kept_alive_once_a_minute(app, session, odile):
    browser = come_in(app, session, odile)
    moment = utcnow() - timedelta(minutes=20)
    session.execute(update(SignInSession).values(used_at=moment))
    session.commit()
    assert browser.get("/operator").status_code == 200
    session.rollback()
    first = session.scalars(select(SignInSession.used_at)).one()
    assert first > moment
    assert browser.get("/operator").status_code == 200
    session.rollback()
    assert session.scalars(select(SignInSession.used_at)).one() == first


def test_signing_out_ends_the_session_here_and_in_the_database(app, session, odile):
    browser = come_in(app, session, odile)
    answer = browser.post("/sign-out")
    assert answer.status_code == 303
    assert "Max-Age=0" in cookies_of(answer)[ACCOUNT_COOKIE]
    thief = come_in(app, session, operator(session, "Another"))
    thief.client.set_cookie(ACCOUNT_COOKIE, browser.secret, domain="localhost", secure=True, path="/")
    assert thief.get("/operator").status_code == 401


def test_who_is_signed_in_is_offered_to_go_on(app, session, odile):
    page = come_in(app, session, odile).get("/sign-in")
    assert "Go on as Odile Operator" in page.text


def test_the_first_page_leads_each_account_to_its_own(app, session, odile):
    house = institution(session)
    assert come_in(app, session, odile).get("/").headers["Location"] == "/operator"
    assert come_in(app, session, administrator(session, house)).get("/").headers["Location"] == "/admin"


def test_a_seat_that_may_enter_comes_first_and_an_account_does_the_rest(app, session):
    world = World(session)
    browser = come_in(app, session, administrator(session, world.institution))
    seated = sit(app, session, world, SeatRole.FACULTY)
    browser.client.set_cookie("__Host-mentoring-seat", seated.token, domain="localhost", secure=True, path="/")
    assert world.track.title in browser.get("/grades").text
    page = browser.get("/admin/platforms")
    assert page.status_code == 200
    assert "Ada Administrator" in page.text
    assert browser.post("/admin/platforms/invite").status_code == 200


def test_signing_in_takes_a_seat_of_this_window_away(newcomer):
    assert "Max-Age=0" in cookies_of(newcomer.sign_in())["__Host-mentoring-seat"]


def test_what_an_administrator_does_by_passkey_stands_in_the_trail_under_their_account(app, session):
    world = World(session)
    ada = administrator(session, world.institution)
    browser = come_in(app, session, ada)
    assert browser.post(f"/admin/deployments/{world.deployment.id}/refuse").status_code == 303
    session.rollback()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "deployment.refused")).one()
    assert (entry.account_ref, entry.actor_id, entry.actor_role) == (ada.id, None, "administrator")
    assert "Ada Administrator" in browser.get("/admin/audit").text


def test_passkeys_refused_for_enrolment_use_no_link_up(app, session, odile):
    token = accounts.make_link(session, odile, by=None, now=utcnow())
    session.commit()
    one = Newcomer(app)
    assert one.use(token, origin="https://evil.example").status_code == 422
    assert session.scalars(select(Passkey)).all() == []
    assert one.use(token).status_code == 303
