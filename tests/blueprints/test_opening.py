"""Logins and launches in a frame where cookies may not come back: what binds them, and what is never let in."""

import pytest
from factories.door import BASE, TARGET, Door
from platforms.drive import Reader
from sqlalchemy import func, select

from lti_mentoring.blueprints._access import MARKER_COOKIE, SEAT_COOKIE, SEAT_HEADER
from lti_mentoring.clock import utcnow
from lti_mentoring.models import AuditEntry, LoginTransaction, Person, Seat

FRAMED = {"Sec-Fetch-Dest": "iframe"}


@pytest.fixture
def door(app, session):
    return Door(app, session)


@pytest.fixture
def bare(app):
    """A browser that gives no cookie back."""
    return app.test_client(use_cookies=False)


class Opening:
    """What our script finds on the page of a login or a launch."""

    def __init__(self, answer):
        assert answer.status_code == 200, answer.text
        self.answer, self.reader = answer, Reader(f"{BASE}/lti/login")
        self.reader._on_div = lambda found: "data-opening" in found and self.__dict__.update(told=found)
        self.reader.feed(answer.text)
        self.links = self.reader.links

    def __getitem__(self, name):
        return self.told[f"data-{name}"]


def begin(door, browser=None, *, headers=FRAMED, **changes):
    params = door.platform.login_params(TARGET, **changes)
    return (browser or door.browser).get("/lti/login", query_string=params, headers=headers, base_url=BASE)


def answered(door, page, **changes):
    return door.platform.answer(page["go"], now=utcnow(), target=TARGET, **changes)


def stored(session):
    session.rollback()
    return [session.scalar(select(func.count()).select_from(table)) for table in (Person, Seat, AuditEntry)]


@pytest.mark.parametrize("where", ["iframe", "frame"])
def test_in_a_frame_that_gave_no_cookie_back_yet_a_login_begins_with_a_page(door, where):
    answer = begin(door, headers={"Sec-Fetch-Dest": where})
    page = Opening(answer)
    assert page["go"].startswith(door.platform.auth_url)
    assert (page["origin"], page["target"], page["kept"]) == (door.platform.issuer, "", "/lti/kept")
    cookies = " ".join(answer.headers.getlist("Set-Cookie"))
    assert cookies.count("Partitioned") == cookies.count("SameSite=None") == cookies.count("Secure") == 2
    assert f"{MARKER_COOKIE}=yes" in cookies
    assert f"frame-ancestors {door.platform.issuer}" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Dest": "document"}, {"Sec-Fetch-Dest": "empty"}])
def test_anywhere_else_it_is_a_bare_redirect_that_only_a_cookie_binds(door, session, headers):
    answer = begin(door, headers=headers)
    assert (answer.status_code, answer.text) == (302, "")
    assert MARKER_COOKIE not in str(answer.headers)
    login = session.scalars(select(LoginTransaction)).one()
    assert (login.kept_secret_hash, login.storage_target) == (None, None)


def test_where_cookies_come_back_the_next_login_is_a_bare_redirect(door):
    begin(door)
    assert door.browser.get("/lti/kept", base_url=BASE).json == {"kept": True}
    assert begin(door).status_code == 302


def test_a_page_hears_when_no_cookie_came_back(door, bare):
    begin(door, bare)
    assert bare.get("/lti/kept", base_url=BASE).json == {"kept": False}


def test_with_cookies_the_page_leads_to_a_seat_like_the_redirect(door):
    page = Opening(begin(door))
    answer = door.post(answered(door, page))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert SEAT_COOKIE in str(answer.headers)


def test_without_a_script_the_page_goes_on_by_itself(door):
    text = begin(door).text
    assert '<noscript><meta http-equiv="refresh" content="0; url=https://lms.example/auth?' in text


def test_the_way_into_a_new_window_is_the_same_login_again(door):
    page = Opening(begin(door, lti_storage_target="_parent"))
    again = next(link for link in page.links if "/lti/login?" in link)
    answer = door.app.test_client().get(again)
    assert answer.status_code == 302
    assert answer.headers["Location"].split("&login_hint=")[1] == page["go"].split("&login_hint=")[1]


def test_the_secret_that_a_page_keeps_is_neither_the_state_nor_the_cookie_s_and_only_its_hash_is_stored(door, session):
    answer = begin(door, lti_storage_target="frame 1")
    page = Opening(answer)
    login = session.scalars(select(LoginTransaction)).one()
    cookie = answer.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    assert len({page["secret"], page["state"], cookie, login.kept_secret_hash}) == 4
    assert login.storage_target == page["target"] == "frame 1"


@pytest.mark.parametrize("named", ["", "x" * 256])
def test_a_frame_that_cannot_be_named_is_no_storage(door, session, named):
    begin(door, lti_storage_target=named)
    assert session.scalars(select(LoginTransaction.storage_target)).all() == [None]


def test_what_a_page_kept_lets_it_in_and_the_seat_is_told_to_the_page_alone(door, bare, session):
    page = Opening(begin(door, bare, lti_storage_target="_parent"))
    form = answered(door, page)
    asking = Opening(door.post(form, bare))
    assert (asking["state"], asking["target"], asking["origin"]) == (page["state"], "_parent", door.platform.issuer)
    assert asking.reader.forms[0].fields == [("state", form["state"]), ("id_token", form["id_token"])]
    assert stored(session) == [0, 0, 0]
    answer = door.post({**form, "kept": page["secret"]}, bare)
    assert answer.json.keys() == {"seat", "address"}
    assert (answer.json["address"], "Set-Cookie" in answer.headers) == ("/", False)
    home = bare.get("/seat", base_url=BASE, headers={SEAT_HEADER: answer.json["seat"]})
    assert home.status_code == 200


@pytest.mark.parametrize("kept", ["wrong", "another login's", "the state", "the cookie's"])
def test_a_wrong_secret_stores_nothing_and_uses_the_login_up(door, bare, session, kept):
    other = Opening(begin(door, bare))
    begun = begin(door, bare)
    page = Opening(begun)
    form = answered(door, page)
    values = {"another login's": other["secret"], "the state": page["state"],
              "the cookie's": begun.headers["Set-Cookie"].partition("=")[2].partition(";")[0]}  # fmt: skip
    refused = door.post({**form, "kept": values.get(kept, kept)}, bare)
    assert refused.status_code == 401
    assert "Open Mentoring again from your course" in refused.text
    assert stored(session) == [0, 0, 0]
    assert door.post({**form, "kept": page["secret"]}, bare).status_code == 401


def test_a_wrong_secret_is_not_made_good_by_the_cookie(door):
    form = answered(door, Opening(begin(door)))
    assert door.post({**form, "kept": "wrong"}).status_code == 401


def test_a_kept_secret_is_good_for_one_launch(door, bare):
    page = Opening(begin(door, bare))
    form = {**answered(door, page), "kept": page["secret"]}
    assert [door.post(form, bare).status_code, door.post(form, bare).status_code] == [200, 401]


def test_a_bad_token_is_refused_whatever_was_kept(door, bare, session):
    page = Opening(begin(door, bare))
    form = answered(door, page, change={"nonce": "another"})
    assert door.post({**form, "kept": page["secret"]}, bare).status_code == 401
    assert stored(session) == [0, 0, 0]


def test_a_launch_that_nothing_binds_is_never_trusted(door, bare, session):
    begun = door.login(bare)
    form = door.platform.answer(begun.headers["Location"], now=utcnow(), target=TARGET)
    refused = bare.post("/lti/launch", data=form, base_url=BASE, headers=FRAMED)
    assert refused.status_code == 401
    assert "Open Mentoring in a window of its own" in refused.text
    assert "Load the page of your course again" in refused.text
    assert stored(session) == [0, 0, 0]


def test_a_refusal_of_the_platform_is_said_at_once(door, bare):
    page = Opening(begin(door, bare))
    refused = door.post({"state": page["state"], "error": "login_required"}, bare)
    assert refused.status_code == 401
    assert door.post({**answered(door, page), "kept": page["secret"]}, bare).status_code == 401
