"""What people are called, what they write and what opens doors never stands in a log, whatever goes wrong."""

import io
import logging

import pytest
from factories.accounts import come_in, operator
from factories.browser import SeatedClient, sit
from factories.concerns import handler
from factories.door import BASE, Door
from factories.outside import invite as invite_from_outside
from factories.visitor import Visitor
from factories.world import World
from sqlalchemy import text

from lti_mentoring.blueprints._access import SEAT_COOKIE
from lti_mentoring.clock import utcnow
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.logs import JSONLines
from lti_mentoring.models import Concern, Person
from lti_mentoring.services.accounts import make_link
from lti_mentoring.services.registering import invite

pytestmark = pytest.mark.usefixtures("settings")  # applications of their own

NAME, EMAIL, WORDS = "Canary Quetzalcoatl", "canary@secret.example", "Canaries sing of patients here"
PERSON = {"name": NAME, "given_name": "Canary", "family_name": "Quetzalcoatl", "email": EMAIL}


@pytest.fixture
def logged(caplog):
    """Give everything that any logger was told so far, as our own lines say it."""
    caplog.set_level(logging.DEBUG)
    lines = JSONLines()
    return lambda: "\n".join(lines.format(record) for record in caplog.records)


def secrets_of(client):
    return [cookie.value for cookie in client._cookies.values()]


def assert_silent(told, *secrets):
    assert told, "nothing was logged at all"
    assert [secret for secret in (NAME, "Quetzalcoatl", EMAIL, WORDS, *secrets) if secret in told] == []


def test_a_launch_logs_neither_the_person_nor_what_opens_the_seat(app, session, logged):
    door = Door(app, session)
    begun = door.login()
    form = door.platform.answer(begun.headers["Location"], now=utcnow(), target=f"{BASE}/lti/launch", change=PERSON)
    answer = door.post(form)
    assert answer.status_code == 303
    seat = next(
        text.split("=", 1)[1].split(";")[0] for text in answer.headers.getlist("Set-Cookie") if SEAT_COOKIE in text
    )
    door.post(form)  # the same again: refused
    door.post({**form, "id_token": form["id_token"][:-8] + "AAAAAAAA"})
    assert_silent(logged(), form["id_token"], form["state"], seat, *secrets_of(door.browser))


@pytest.mark.parametrize("claim", ["exp", "nonce", "azp", "iss", "aud"])
def test_a_refused_launch_logs_its_reason_and_not_the_person(app, session, logged, claim):
    door = Door(app, session)
    assert door.walk(change={**PERSON, claim: "canary-of-a-claim"}).status_code >= 400
    assert_silent(logged(), "canary-of-a-claim")


def test_pages_and_forms_log_no_words(app, session, logged):
    world = World(session)
    world.student.name, world.student.email = NAME, EMAIL
    student = sit(app, session, world, SeatRole.STUDENT)
    page = f"/milestones/{world.track.milestones[0].id}"
    upload = {"version": "1", "text": WORDS, "file": (io.BytesIO(b"MZ" + WORDS.encode()), f"{NAME}.exe")}
    proof = student.proof()
    assert student.post(f"{page}/evidence", upload, content_type="multipart/form-data").status_code == 422
    assert student.post(f"{page}/evidence", {"version": "1", "text": WORDS}).status_code == 303
    assert student.post(f"{page}/evidence", {"version": "1", "text": f"Newer: {WORDS}"}).status_code == 409
    assert student.post(f"{page}/draft", {"text": WORDS}, proof=False).status_code == 403
    assert student.get(f"/students/{world.student.id}?q={WORDS}").status_code == 403
    assert_silent(logged(), student.token, proof)


def test_what_is_said_in_confidence_is_not_logged(app, session, logged):
    world = World(session)
    world.student.name, world.student.email = NAME, EMAIL
    reader = handler(world)
    student, reads = sit(app, session, world, SeatRole.STUDENT), sit(app, session, world, SeatRole.GUEST, reader)
    sent = {"concerning": str(world.guide.id), "readers": str(reader.id), "text": WORDS}
    for wrong in ({"readers": ""}, {"concerning": ""}, {}):
        student.post("/concerns/new", {**sent, **wrong})
    number = session.query(Concern).one().key
    for step in ("answer", "open", "answer", "close"):
        reads.post(f"/concerns/{number}/{step}", {"text": WORDS, "version": "2"})
    assert student.post(f"/concerns/mine/{number}", {"text": WORDS}).status_code == 409
    assert_silent(logged(), student.token)


def test_an_invitation_is_not_logged(app, session, logged):
    world = World(session)
    token = invite(session, world.institution.id, by=None, now=utcnow())
    session.commit()
    query = {"invitation": token, "openid_configuration": "https://localhost/c", "registration_token": "canary-token"}
    client = app.test_client()
    assert client.get("/lti/register", query_string=query, base_url=BASE).status_code == 502
    client.post("/lti/register", data={"invitation": token, "confirm": "canary-confirm"}, base_url=BASE)
    assert_silent(logged(), token, "canary-token", "canary-confirm")


def test_a_link_a_passkeys_answer_and_a_session_are_not_logged(app, session, logged):
    account = operator(session, NAME)
    token = make_link(session, account, by=None, now=utcnow())
    session.commit()
    browser = come_in(app, session, operator(session, f"Another {NAME}"))
    asked = browser.post("/sign-in/link/ask", {"link": token}, headers={"Accept": "application/json"})
    credential = browser.device.get({"rpId": "localhost", "challenge": asked.json["challenge"]}, origin="https://evil")
    assert browser.post("/sign-in/link", {"link": token, "name": WORDS, "credential": credential}).status_code == 422
    assert browser.post("/sign-in", {"credential": credential}).status_code == 422
    assert browser.post("/sign-in/link/ask", {"link": f"{token}x"}).status_code == 403
    assert_silent(logged(), token, browser.secret, credential, asked.json["challenge"], *secrets_of(browser.client))


def test_an_invitation_by_mail_and_a_link_by_mail_are_not_logged(app, session, logged):
    world, visitor = World(session), Visitor(app)
    _invitation, token = invite_from_outside(session, world, EMAIL, NAME, now=utcnow())
    session.commit()
    visitor.look(token)
    assert visitor.accept(token, name=NAME).status_code == 303
    visitor.post("/sign-in/mail/ask", {"address": EMAIL})
    visitor.look(f"{token}x")
    visitor.post("/sign-in/mail/open", {"link": token})
    assert_silent(logged(), token, *secrets_of(visitor.client))


def test_an_error_of_the_database_is_logged_without_its_values(app, session, logged):
    world = World(session)
    app.testing = False
    student = sit(app, session, world, SeatRole.STUDENT)

    @app.before_request
    def break_down():
        session.execute(text("INSERT INTO person (name, email) VALUES (:name, :email)"), {"name": NAME, "email": EMAIL})

    answer = SeatedClient(app, student.token).get("/")
    assert answer.status_code == 500
    session.rollback()
    assert session.query(Person).filter_by(name=NAME).count() == 0
    assert "bug" in logged()
    assert_silent(logged(), student.token)


def test_what_opens_a_door_in_an_address_is_masked_in_anybody_s_message(caplog):
    address = "/path?page=2&ticket=canary-ticket&invitation=canary-invitation#x"
    logging.getLogger("lti_mentoring.test").warning("asked for %s", address, extra={"address": f'"{address}"'})
    told = JSONLines().format(caplog.records[-1])
    assert_silent(told, "canary-ticket", "canary-invitation")
    assert "/path?page=2&ticket=…&invitation=…" in told


def test_a_ticket_and_a_page_s_seat_are_not_logged(app, session, logged):
    student = sit(app, session, World(session), SeatRole.STUDENT)
    address = student.post("/seat/ticket", {"address": "/path", "window": "yes"}).json["address"]
    browser = SeatedClient(app, "")
    assert [browser.get(address).status_code, browser.get(address).status_code] == [200, 401]
    assert_silent(logged(), address.partition("ticket=")[2], student.token)
