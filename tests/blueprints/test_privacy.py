"""A data-privacy launch: who may ask about whom, and what the page says in plain words."""

import logging

import pytest
from factories.browser import sit, text_of
from factories.door import Door
from factories.statements import counting
from factories.world import NOON, World, add, group, person
from fakes.platform import ADMINISTRATOR, CONTEXT, MESSAGE_TYPE, MISSING, RESOURCE_LINK, ROLES, STUDENT
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.lti.claims import FOR_USER
from lti_mentoring.models import Administrator, AuditEntry, Membership, Person

SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator"


@pytest.fixture
def door(app, session):
    return Door(app, session)


def asking(about, roles=(ADMINISTRATOR,), **more):
    about = {"user_id": about} if isinstance(about, str) else about
    return {
        MESSAGE_TYPE: "DataPrivacyLaunchRequest", RESOURCE_LINK: MISSING, CONTEXT: MISSING, ROLES: list(roles),
        FOR_USER: about, **more,
    }  # fmt: skip


def confirm(session, institution_id):
    session.rollback()
    row = session.scalars(select(Administrator)).one()
    row.confirmed_at, row.confirmed_by = utcnow(), "operator"
    session.commit()
    assert row.institution_id == institution_id


def code_of(caplog):
    return caplog.records[-1].code


def test_a_person_sees_what_is_held_about_them_and_where_it_comes_from(door):
    door.walk(change={ROLES: [STUDENT]})
    answer = door.walk(change=asking("user-1", [STUDENT]))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/privacy")
    text = text_of(door.open("/privacy"))
    for words in (
        "What is held about you",
        "E-mail address",
        "1 course",
        "2 visits",
        "It cannot be done from this page.",
    ):
        assert words in text
    assert "ask the teachers of the course" in text


def test_a_confirmed_administrator_sees_what_is_held_about_somebody_of_the_institution(door, session):
    door.walk(change={ROLES: [STUDENT], "sub": "student-7", "name": "Zoë Okafor", "email": ""})
    door.walk(change={ROLES: [ADMINISTRATOR]})
    confirm(session, door.institution.id)
    assert door.walk(change=asking("student-7")).headers["Location"] == "/privacy"
    text = text_of(door.open("/privacy"))
    assert "What is held about Zoë Okafor" in text
    assert "No e-mail address" in text
    assert "1 visit" in text
    assert "ask Amina Diallo ." in text
    session.rollback()
    asked = session.scalars(select(AuditEntry).where(AuditEntry.action == "privacy.asked")).one()
    student = session.scalars(select(Person.id).where(Person.subject == "student-7")).one()
    assert (asked.thing_id, asked.actor_role) == (student, "administrator")


def test_about_a_stranger_nothing_is_held_and_that_is_said(door, session):
    door.walk(change={ROLES: [ADMINISTRATOR]})
    confirm(session, door.institution.id)
    door.walk(change=asking({"id": "nobody-we-know", "name": "<script>alert(1)</script>"}))
    answer = door.open("/privacy")
    assert "Nothing is held about this person" in text_of(answer)
    assert "<script>alert" not in answer.text


def test_an_administrator_whom_nobody_confirmed_waits_but_sees_the_own_data(door):
    door.walk(change={ROLES: [STUDENT], "sub": "student-7"})
    door.walk(change=asking("student-7"))
    assert door.open("/privacy").headers["Location"] == "/admin/waiting"
    door.walk(change=asking("user-1"))
    assert "What is held about you" in text_of(door.open("/privacy"))


def test_people_of_another_institution_are_strangers(app, door, session):
    other = Door(app, session, client_id="client-2", key_number=2)  # the same issuer: Canvas has one for all schools
    other.fetch.answers[door.platform.jwks_url] = lambda: {
        "keys": [*door.platform.jwks()["keys"], *other.platform.jwks()["keys"]]
    }
    other.walk(change={ROLES: [STUDENT], "sub": "student-7", "name": "Theirs Only"})
    door.walk(change={ROLES: [ADMINISTRATOR]})
    session.rollback()
    confirm(session, door.institution.id)
    door.walk(change=asking("student-7"))
    text = text_of(door.open("/privacy"))
    assert "Nothing is held about this person" in text
    assert "Theirs Only" not in text


@pytest.mark.parametrize("name", ["DataPrivacyLaunchRequest", "LtiDataPrivacyLaunchRequest"])
def test_the_message_goes_by_two_names_and_its_course_is_of_no_account(door, session, name):
    change = asking("user-1", [STUDENT], **{MESSAGE_TYPE: name, CONTEXT: {"id": "course-1"}})
    assert door.walk(change=change).headers["Location"] == "/privacy"
    session.rollback()
    assert session.scalars(select(Membership)).all() == []


@pytest.mark.parametrize(
    ("change", "code", "status"),
    [
        (asking(None), "for_user_missing", 400),
        (asking(MISSING), "for_user_missing", 400),
        (asking(["user-1"]), "for_user_malformed", 400),
        (asking({}), "for_user_id_missing", 400),
        (asking({"user_id": "", "id": 7}), "for_user_id_missing", 400),
        (asking("x" * 256), "for_user_id_missing", 400),
        (asking("somebody-else", [STUDENT]), "data_privacy_not_allowed", 403),
        (asking("somebody-else", []), "data_privacy_not_allowed", 403),
        (asking("user-1", **{ROLES: MISSING}), "roles_missing", 400),
    ],
)
def test_a_bad_request_has_a_code_of_its_own_and_stores_nothing(door, session, caplog, change, code, status):
    caplog.set_level(logging.WARNING, "lti_mentoring.launch")
    assert door.walk(change=change).status_code == status
    assert code_of(caplog) == code
    session.rollback()
    assert session.scalars(select(Person)).all() == []


def test_a_system_administrator_may_ask(door):
    assert door.walk(change=asking("somebody", [SYSTEM])).status_code == 303


@pytest.fixture
def world(session):
    return World(session)


@pytest.mark.parametrize("role", [SeatRole.STUDENT, SeatRole.MENTOR, SeatRole.FACULTY, SeatRole.OBSERVER])
def test_everybody_finds_the_own_page_from_who_you_are_here(app, session, world, role):
    client = sit(app, session, world, role)
    assert 'href="/privacy"' in client.get("/seat").text
    assert "What is held about you" in client.get("/privacy").text


def test_a_seat_opened_for_another_is_of_no_use_in_another_role(app, session, world):
    client = sit(app, session, world, SeatRole.FACULTY, about_subject=world.student.subject)
    assert client.get("/privacy").status_code == 403


def test_a_student_and_a_mentor_are_told_what_each_has(app, session, world):
    group(session, world.context, "B", world.student)
    student = text_of(sit(app, session, world, SeatRole.STUDENT).get("/privacy"))
    for words in ("1 course", "1 section or group", "1 mentor, now or before"):
        assert words in student
    assert "1 student, now or before" in text_of(sit(app, session, world, SeatRole.MENTOR).get("/privacy"))


def test_counting_costs_the_same_however_much_there_is(app, session, world):
    client = sit(app, session, world, SeatRole.STUDENT)
    with counting(session) as few:
        client.get("/privacy")
    session.add_all(
        AuditEntry(
            institution_id=world.institution.id, actor_id=world.student.id, actor_role="student", action="seat.taken",
            thing="seat", thing_id=1, facts={}, reason="", request_id="", at=NOON,
        )
        for _ in range(200)
    )  # fmt: skip
    session.commit()
    with counting(session) as many:
        assert "200 lines in the list of changes" in text_of(client.get("/privacy"))
    assert len(few) == len(many)


def test_at_most_three_are_named_to_ask(app, session, world):
    for number in range(5):
        who = person(session, world.institution, name=f"Admin {number}")
        row = {"asked_at": NOON, "confirmed_at": NOON, "confirmed_by": "operator"}
        add(session, Administrator(institution_id=world.institution.id, person_id=who.id, **row))
    text = text_of(sit(app, session, world, SeatRole.STUDENT).get("/privacy"))
    assert "ask Admin 0 , Admin 1 , Admin 2 ." in text
