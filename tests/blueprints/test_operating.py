"""The operator's pages: institutions in numbers, their platforms' state, administrators, keys, operators."""

import re
from datetime import timedelta

import pytest
from factories.accounts import administrator, come_in, operator
from factories.door import Door
from factories.statements import counting
from factories.world import World, institution, registration
from sqlalchemy import select, update

from lti_mentoring.clock import utcnow
from lti_mentoring.models import Account, AuditEntry, Institution, SignInSession, ToolKey
from lti_mentoring.services.keys import ensure_keys


@pytest.fixture
def browser(app, session):
    return come_in(app, session, operator(session))


def test_an_institution_is_made_and_renamed_and_both_are_written_down_under_the_account(session, browser):
    made = browser.post("/operator/institutions", {"name": "Øst Universitet"})
    assert made.status_code == 303
    house = session.scalars(select(Institution)).one()
    assert house.slug == "øst-universitet"
    assert browser.post(f"/operator/institutions/{house.id}/name", {"name": "East University"}).status_code == 303
    assert "East University" in browser.get("/operator").text
    session.rollback()
    entries = session.scalars(select(AuditEntry).where(AuditEntry.institution_id == house.id)).all()
    assert [one.action for one in entries] == ["institution.made", "institution.renamed"]
    assert {one.actor_role for one in entries} == {"operator"}
    assert {one.account_ref for one in entries} == {session.scalars(select(Account.id)).one()}


def test_a_name_that_is_there_already_and_an_empty_one_are_refused(browser):
    browser.post("/operator/institutions", {"name": "Clinic"})
    assert browser.post("/operator/institutions", {"name": "clinic"}).status_code == 422
    answer = browser.post("/operator/institutions", {"name": " "})
    assert (answer.status_code, "Write the institution" in answer.text) == (422, True)


def test_a_renaming_to_nothing_and_of_nothing_is_refused(session, browser):
    house = institution(session)
    session.commit()
    answer = browser.post(f"/operator/institutions/{house.id}/name", {"name": ""})
    assert (answer.status_code, house.name in answer.text) == (422, True)
    assert browser.post(f"/operator/institutions/{house.id + 1}/name", {"name": "X"}).status_code == 404


def test_a_platform_is_invited_by_an_address_shown_once(session, browser):
    house = institution(session)
    session.commit()
    path = f"/operator/institutions/{house.id}"
    assert "https://localhost/lti/register?invitation=" in browser.post(f"{path}/invitation").text
    page = browser.get(path).text
    assert "invitation=" not in page
    assert "1 invitation is open" in page


def link_in(page):
    return re.search(r"https://localhost/sign-in/link#[\w-]{43}", page)


def test_an_administrator_is_invited_kept_out_and_let_in_again(session, browser):
    house = institution(session)
    session.commit()
    path = f"/operator/institutions/{house.id}"
    answer = browser.post(f"{path}/administrators", {"colleague": "Ada"})
    assert answer.status_code == 200
    assert link_in(answer.text)
    assert not link_in(browser.get(path).text)
    ada = session.scalars(select(Account).where(Account.name == "Ada")).one()
    assert (ada.kind.value, ada.institution_id) == ("administrator", house.id)
    assert link_in(browser.post(f"{path}/administrators/{ada.id}/link").text)
    for what, words in (("off", "Kept out"), ("on", "Has not come in yet")):
        assert browser.post(f"{path}/administrators/{ada.id}/{what}").status_code == 303
        assert words in browser.get(path).text


def test_colleagues_are_invited_and_nobody_keeps_out_themselves(session, browser):
    answer = browser.post("/operator/accounts", {"colleague": "Otto"})
    assert link_in(answer.text)
    numbers = dict(session.execute(select(Account.name, Account.id)).all())
    otto, odile = numbers["Otto"], numbers["Odile Operator"]
    assert link_in(browser.post(f"/operator/accounts/{otto}/link").text)
    assert browser.post(f"/operator/accounts/{otto}/off").status_code == 303
    own = browser.post(f"/operator/accounts/{odile}/off")
    assert (own.status_code, "your own account" in own.text) == (422, True)


@pytest.mark.parametrize("where", ["/operator/accounts", "/operator/institutions/{house}/administrators"])
def test_a_colleague_without_a_name_is_not_invited(session, browser, where):
    house = institution(session)
    session.commit()
    answer = browser.post(where.format(house=house.id), {"colleague": ""})
    assert (answer.status_code, "Write the person" in answer.text) == (422, True)


def test_an_account_of_another_kind_or_house_is_not_there(session, browser):
    house, other = institution(session), institution(session)
    ada = administrator(session, other)
    session.commit()
    assert browser.post(f"/operator/accounts/{ada.id}/off").status_code == 404
    assert browser.post(f"/operator/institutions/{house.id}/administrators/{ada.id}/off").status_code == 404


def test_colleagues_change_only_when_the_passkey_was_shown_a_moment_ago(session, browser):
    house = institution(session)
    ada, otto = administrator(session, house), operator(session, "Otto")
    session.execute(update(SignInSession).values(checked_at=utcnow() - timedelta(minutes=6)))
    session.commit()
    path = f"/operator/institutions/{house.id}"
    for tail in ("", f"/{ada.id}/off"):
        answer = browser.post(f"{path}/administrators{tail}", {"colleague": "X"})
        assert answer.headers["Location"] == f"/account/check?back={path}"
    for tail in ("", f"/{otto.id}/link"):
        answer = browser.post(f"/operator/accounts{tail}", {"colleague": "X"})
        assert answer.headers["Location"] == "/account/check?back=/operator/accounts"
    assert "Show your passkey" in browser.get("/operator/accounts").text
    session.rollback()
    assert len(session.scalars(select(Account)).all()) == 3


def test_the_next_key_signs_once_it_was_shown_for_a_day(app, session, browser):
    sealer = app.extensions["sealer"]
    ensure_keys(session, sealer, now=utcnow() - timedelta(days=2))
    institution(session)
    session.commit()
    assert browser.post("/operator/keys/rotate").status_code == 303
    page = browser.get("/operator/keys").text
    assert "Signs now" in page
    assert "Retired" in page
    too_new = browser.post("/operator/keys/rotate")
    assert (too_new.status_code, "too new" in too_new.text) == (409, True)
    session.rollback()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "tool_key.rotated")).one()
    assert (entry.actor_role, entry.account_ref is not None) == ("operator", True)
    for key in session.scalars(select(ToolKey)):
        assert key.sealed_private not in page


def test_what_needs_a_look_is_said_of_an_institution(session, browser):
    world = World(session)
    world.registration.last_error, world.registration.last_error_at = "timeout", utcnow()
    administrator(session, world.institution)
    session.commit()
    assert "nobody administers it" in browser.get("/operator").text
    page = browser.get(f"/operator/institutions/{world.institution.id}").text
    assert world.registration.name in page
    assert "it took too long to answer" in page


def test_a_platform_that_waits_is_shown_with_one_button_and_its_people_are_let_in_after_it(app, session, browser):
    door = Door(app, session)
    door.registration.waits_since = utcnow()
    session.commit()
    assert "Mentoring is not switched on here yet" in door.login().text
    assert "one to confirm" in browser.get("/operator").text
    path = f"/operator/institutions/{door.institution.id}"
    page = browser.get(path).text
    assert f"Client ID: {door.registration.client_id}" in page
    confirm = f"{path}/platforms/{door.registration.id}/confirm"
    assert page.count(f'action="{confirm}"') == 1
    answer = browser.post(confirm)
    page = browser.get(answer.headers["Location"]).text
    assert "LMS is confirmed: its people are let in." in page
    assert confirm not in page
    assert door.walk().status_code == 303


def test_only_a_platform_of_the_institution_named_is_confirmed(session, browser):
    waiting = registration(session, institution(session), waits_since=utcnow())
    other = institution(session)
    session.commit()
    assert browser.post(f"/operator/institutions/{other.id}/platforms/{waiting.id}/confirm").status_code == 404


def test_as_many_statements_for_a_hundred_institutions_as_for_one(session, browser):
    house = institution(session)
    registration(session, house)
    session.commit()
    pages = ("/operator", f"/operator/institutions/{house.id}", "/operator/accounts")
    before = []
    for page in pages:
        with counting(session) as statements:
            assert browser.get(page).status_code == 200
        before.append(len(statements))
    for _one in range(100):
        registration(session, institution(session))
        registration(session, house)
        administrator(session, house)
        operator(session)
    session.commit()
    for page, few in zip(pages, before, strict=True):
        with counting(session) as statements:
            assert browser.get(page).status_code == 200
        assert len(statements) == few, page
