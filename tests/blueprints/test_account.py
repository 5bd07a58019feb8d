"""One's own passkeys: added and removed only when one was shown a moment ago; never the last one."""

from datetime import timedelta

import pytest
from factories.accounts import come_in, operator
from factories.browser import SignedInClient, forget_request
from fakes.authenticator import Authenticator
from sqlalchemy import select, update

from lti_mentoring.clock import utcnow
from lti_mentoring.models import Account, Passkey, SignInSession
from lti_mentoring.services.accounts import begin_session

BASE = "https://localhost"


@pytest.fixture
def browser(app, session):
    return come_in(app, session, operator(session))


def asked(browser, path):
    return browser.post(path, headers={"Accept": "application/json"})


def add(browser, name="Phone"):
    answer = asked(browser, "/account/passkeys/ask")
    return browser.post("/account/passkeys", {"name": name, "credential": Authenticator().create(answer.json)})


def rest(session):
    """Let the last passkey have been shown six minutes ago."""
    session.rollback()
    session.execute(update(SignInSession).values(checked_at=utcnow() - timedelta(minutes=6)))
    session.commit()


def test_the_page_names_the_passkeys_and_offers_no_way_to_remove_the_only_one(session, browser):
    page = browser.get("/account")
    assert "My laptop" in page.text
    assert "/remove" not in page.text
    passkey = session.scalars(select(Passkey)).one().id
    answer = browser.post(f"/account/passkeys/{passkey}/remove")
    assert answer.status_code == 422
    assert "only passkey" in answer.text


def test_a_second_passkey_is_added_and_removed(session, browser):
    assert add(browser).status_code == 303
    assert "Phone" in browser.get("/account").text
    phone = session.scalars(select(Passkey).where(Passkey.name == "Phone")).one().id
    assert browser.get(f"/account/passkeys/{phone}/remove").status_code == 200
    assert browser.post(f"/account/passkeys/{phone}/remove").status_code == 303
    assert "Phone" not in browser.get("/account").text


def test_a_passkey_needs_a_name(browser):
    answer = add(browser, name="")
    assert answer.status_code == 422
    assert "Give it a name" in answer.text


def test_removing_the_passkey_that_one_came_in_with_signs_out(session, browser):
    own = session.scalars(select(Passkey)).one().id
    add(browser)
    answer = browser.post(f"/account/passkeys/{own}/remove")
    assert answer.headers["Location"].startswith("/sign-in")
    assert browser.get("/account").status_code == 401


def test_somebody_elses_passkey_is_not_there(app, session, browser):
    come_in(app, session, operator(session, "Another"))
    theirs = session.scalars(select(Passkey.id).join(Account).where(Account.name == "Another")).one()
    assert browser.get(f"/account/passkeys/{theirs}/remove").status_code == 404
    assert browser.post(f"/account/passkeys/{theirs}/remove").status_code == 404


def test_after_five_minutes_the_passkey_is_asked_for_again_before_anything_changes(session, browser):
    add(browser)
    phone = session.scalars(select(Passkey).where(Passkey.name == "Phone")).one().id
    rest(session)
    assert "Show your passkey" in browser.get("/account").text
    assert asked(browser, "/account/passkeys/ask").json["error"] == "passkey_check_needed"
    for path in ("/account/passkeys", f"/account/passkeys/{phone}/remove"):
        assert browser.post(path).headers["Location"] == "/account/check?back=/account"
    assert browser.get("/account/check?back=/account").status_code == 200
    answer = asked(browser, "/account/check/ask")
    credential = browser.device.get(answer.json)
    done = browser.post("/account/check", {"credential": credential, "back": "/account"})
    assert done.headers["Location"].startswith("/account?")
    assert browser.post(f"/account/passkeys/{phone}/remove").status_code == 303
    assert len(session.scalars(select(Passkey)).all()) == 1


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/sign-out", "/account\r\nX: y", ""])
def test_the_check_leads_only_to_pages_that_ask_for_it(browser, back):
    page = browser.get("/account/check", query_string={"back": back})
    assert 'href="/account"' in page.text
    assert "evil" not in page.text


def test_somebody_elses_passkey_is_no_check(app, session, browser):
    other = come_in(app, session, operator(session, "Another"))
    answer = asked(browser, "/account/check/ask")
    refused = browser.post("/account/check", {"credential": other.device.get(answer.json)})
    assert (refused.status_code, "Nobody here has this passkey" in refused.text) == (422, True)


def test_signing_out_everywhere_ends_the_other_browsers_too(app, session, browser):
    account = session.scalars(select(Account)).one()
    passkey = session.scalars(select(Passkey)).one()
    other = SignedInClient(app, begin_session(session, account, passkey.id, now=utcnow()))
    session.commit()
    assert "In 2 browsers" in browser.get("/account").text
    assert browser.post("/account/sessions/end").status_code == 303
    assert {one.get("/account").status_code for one in (browser, other)} == {401}


def test_a_form_without_its_proof_changes_nothing(app, session, browser):
    forget_request()
    assert browser.post("/account/sessions/end", proof=False).status_code == 403
    assert browser.get("/account").status_code == 200
