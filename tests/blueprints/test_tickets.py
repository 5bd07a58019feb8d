"""The seat without a cookie: in a header, in a form's field, or by a ticket in an address."""

import io
from urllib.parse import urlsplit

import pytest
from factories.browser import SeatedClient, forget_request
from factories.world import World, person, seat
from sqlalchemy import func, select

from lti_mentoring.blueprints._access import CSRF_FIELD, SEAT_COOKIE, SEAT_FIELD, SEAT_HEADER
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import AuditEntry, Evidence, Seat, Ticket

BASE = "https://localhost"


@pytest.fixture
def world(session):
    return World(session)


class Held:
    """Somebody whose page holds the seat's secret, in a browser that gives no cookie back."""

    def __init__(self, app, session, world, role=SeatRole.STUDENT, who=None, **columns):
        self.token = seat(session, world, role, who, **columns)
        session.commit()
        self.app, self.bare = app, app.test_client(use_cookies=False)
        self.proof = SeatedClient(app, self.token).proof()

    def get(self, url, **headers):
        forget_request()
        return self.bare.get(url, base_url=BASE, headers={SEAT_HEADER: self.token, **headers})

    def post(self, url, data=None, *, proof=True, headers=None, **options):
        forget_request()
        fields = {**(data or {}), **({CSRF_FIELD: self.proof} if proof else {})}
        sent = {SEAT_HEADER: self.token} if headers is None else headers
        return self.bare.post(url, data=fields, base_url=BASE, headers=sent, **options)

    def ticket(self, address, **more):
        answer = self.post("/seat/ticket", {"address": address, **more})
        assert answer.status_code == 200, answer.text
        return answer.json["address"]

    def open(self, url, browser=None, **headers):
        """Open an address as any browser that got it."""
        forget_request()
        return (browser or self.bare).get(url, base_url=BASE, headers=headers)


@pytest.fixture
def student(app, session, world):
    return Held(app, session, world)


@pytest.fixture
def cookie(app, session, world):
    """A browser in which somebody else sits by cookie."""
    return SeatedClient(app, Held(app, session, world, SeatRole.FACULTY).token)


# ------------------------------------------------------------------ header and field


def test_a_header_seats_and_its_form_is_proven_as_ever(student):
    assert student.get("/path").status_code == 200
    assert student.post("/seat/ticket", {"address": "/path"}).status_code == 200
    assert student.post("/seat/ticket", {"address": "/path"}, proof=False).status_code == 403


@pytest.mark.parametrize("sent", ["wrong", ""])
def test_a_wrong_header_is_not_made_good_by_a_cookie(cookie, sent):
    assert cookie.get("/seat").status_code == 200
    assert cookie.get("/seat", headers={SEAT_HEADER: sent}).status_code == 401


def test_the_header_goes_before_field_and_cookie(student, cookie):
    answer = cookie.post(
        "/seat/ticket",
        {"address": "/path", SEAT_FIELD: cookie.token, CSRF_FIELD: student.proof},
        proof=False,
        headers={SEAT_HEADER: student.token},
    )
    assert answer.status_code == 200


def test_a_form_s_field_seats_and_the_page_that_answers_goes_on_holding_it(student, world):
    page = f"/milestones/{world.track.milestones[0].id}/evidence"
    answer = student.post(page, {SEAT_FIELD: student.token, "version": "1"}, headers={})
    assert answer.status_code == 422
    assert f'<meta name="mentoring-seat" content="{student.token}">' in answer.text
    assert "seat.js" in answer.text
    assert "Set-Cookie" not in answer.headers


def test_a_field_of_another_seat_is_not_made_good_by_the_cookie(cookie):
    assert cookie.post("/seat/ticket", {"address": "/path", SEAT_FIELD: "wrong"}).status_code == 401


def test_a_field_seats_nobody_in_an_address(student):
    assert student.open(f"/path?{SEAT_FIELD}={student.token}").status_code == 401


def test_a_file_that_is_too_large_is_said_so_whatever_carries_the_seat(app, world, student):
    app.config["MAX_CONTENT_LENGTH"] = 1000
    page = f"/milestones/{world.track.milestones[0].id}/evidence"
    for browser in (student, SeatedClient(app, student.token)):
        sent = {"version": "1", "file": (io.BytesIO(b"x" * 2000), "notes.txt")}
        assert browser.post(page, sent, content_type="multipart/form-data").status_code == 413


def test_a_page_held_in_memory_is_told_where_to_go_without_leaving_its_document(student, app, session, world):
    mentor = Held(app, session, world, SeatRole.MENTOR, roles=["mentor", "faculty"])
    headers = {SEAT_HEADER: mentor.token, "HX-Request": "true"}
    answer = mentor.post("/seat", {"role": "faculty"}, headers=headers)
    assert answer.headers["HX-Location"].startswith("/?told=")
    assert "HX-Redirect" not in answer.headers


# ------------------------------------------------------------------ tickets


def test_a_ticket_fetches_one_file_once_and_sets_no_cookie(app, session, world):
    faculty = Held(app, session, world, SeatRole.FACULTY)
    address = faculty.ticket("/mentors/template.csv?a=1&b=ü&a=2")
    answer = faculty.open(address)
    assert answer.status_code == 200, address
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "Set-Cookie" not in answer.headers
    again = faculty.open(address)
    assert again.status_code == 401
    assert "Open this from your course" in again.text


def test_a_window_s_page_gets_a_seat_of_its_own_and_its_forms_are_proven_by_it(app, session, student):
    browser = app.test_client()
    answer = student.open(student.ticket("/path", window="yes"), browser)
    assert answer.status_code == 200
    own = answer.text.split('<meta name="mentoring-seat" content="')[1].split('"')[0]
    assert own != student.token
    assert own in answer.headers["Set-Cookie"]
    assert SEAT_COOKIE in answer.headers["Set-Cookie"]
    proof = answer.text.split('<meta name="csrf-token" content="')[1].split('"')[0]
    window = SeatedClient(app, own)
    assert window.post("/seat/leave", {CSRF_FIELD: proof}, proof=False).status_code == 200
    assert student.get("/path").status_code == 200
    session.rollback()
    assert "seat.opened_window" in session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()


def test_a_used_ticket_opens_the_calm_page_also_where_somebody_sits_by_cookie(student, cookie):
    address = student.ticket("/seat")
    assert student.open(address).status_code == 200
    answer = cookie.get(address)
    assert answer.status_code == 401
    assert "Open this from your course" in answer.text


def test_a_ticket_opens_no_other_address_and_no_other_role_s(student):
    other = student.ticket("/path").replace("/path", "/seat")
    assert student.open(other).status_code == 401
    assert student.open(student.ticket("/track")).status_code == 403


def test_a_ticket_sends_no_form(student, world):
    address = student.ticket("/seat/leave")
    assert student.post(address, proof=True, headers={}).status_code == 401
    assert student.get("/seat").status_code == 200


def test_a_ticket_of_one_person_shows_what_is_theirs(app, session, world, student):
    stranger = Held(app, session, world, SeatRole.STUDENT, person(session, world.institution, name="Another"))
    mine = f"/milestones/{world.track.milestones[0].id}"
    file = {"version": "1", "text": "What I saw.", "file": (io.BytesIO(b"Notes of the day."), "notes.txt")}
    assert student.post(f"{mine}/evidence", file, content_type="multipart/form-data").status_code == 303
    session.rollback()
    path = f"/evidence/{session.scalars(select(Evidence.id)).one()}/file"
    assert student.open(student.ticket(path)).data == b"Notes of the day."
    assert stranger.open(stranger.ticket(path)).status_code == 404


@pytest.mark.parametrize(
    "address", ["", "path", "//evil.example/x", "/\\evil.example", "https://evil.example/", "/a\nb", "/" + "x" * 4000]
)
def test_only_an_address_of_ours_gets_a_ticket(student, session, address):
    assert student.post("/seat/ticket", {"address": address}).status_code == 422
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Ticket)) == 0


def test_a_ticket_has_192_bits_and_nobody_without_a_seat_gets_one(student, session):
    secret = urlsplit(student.ticket("/path")).query.removeprefix("ticket=")
    assert len(secret) == 32
    assert student.open("/seat/ticket").status_code == 405
    forget_request()
    assert student.bare.post("/seat/ticket", data={"address": "/path"}, base_url=BASE).status_code == 401
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Seat)) == 1


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_a_ticket_that_another_site_or_a_mail_leads_to_seats_nobody(student, site):
    address = student.ticket("/path", window="yes")
    refused = student.open(address, **{"Sec-Fetch-Site": site})
    assert refused.status_code == 401
    assert "Set-Cookie" not in refused.headers
    assert student.open(address, **{"Sec-Fetch-Site": "same-origin"}).status_code == 200
