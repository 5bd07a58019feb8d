"""An administrator names, on a page, who reads what is said in confidence."""

import pytest
from factories.accounts import administrator, come_in
from factories.browser import said, sit
from factories.concerns import handler
from factories.world import World, person
from sqlalchemy import select

from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import AuditEntry, ConcernHandler

PAGE = "/admin/confidential"


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def office(app, session, world):
    return sit(app, session, world, SeatRole.ADMINISTRATOR)


def test_from_nobody_to_two_and_back(session, world, office):
    jo, mo = (person(session, world.institution, name=name) for name in ("Jo Ahlgren", "Mo Ahlgren"))
    session.commit()
    page = said(office.get(PAGE))
    assert "Nobody reads what is said in confidence" in page
    assert "Students and mentors read that nobody is there." in page
    assert "Jo Ahlgren" in said(office.get(f"{PAGE}?q=ahlgren"))
    assert office.post(f"{PAGE}?q=ahlgren", {"handler": str(jo.id)}).status_code == 303
    assert "Name a second one." in said(office.get(PAGE))
    office.post(PAGE, {"handler": str(mo.id)})
    page = said(office.get(PAGE))
    assert "2 people read what is said in confidence" in page
    number = session.scalar(select(ConcernHandler.id).where(ConcernHandler.person_id == jo.id))
    assert "Remove Jo Ahlgren?" in said(office.get(f"{PAGE}/{number}/end"))
    assert office.post(f"{PAGE}/{number}/end").status_code == 303
    assert said(office.get(f"{PAGE}/{number}/end"), 404)
    assert "One person reads" in said(office.get(PAGE))
    assert "Somebody named to read what is said in confidence" in said(office.get("/admin/audit"))


@pytest.mark.parametrize(
    ("sent", "words"),
    [({}, "Choose somebody."), ({"handler": "x"}, "Choose one of these."), ({"handler": "999999"}, "who is listed")],
)
def test_who_cannot_be_named_is_said_in_words(session, world, office, sent, words):
    page = said(office.post(f"{PAGE}?q=raman", sent), 422)
    assert "There is a problem" in page
    assert words in page
    assert session.query(ConcernHandler).count() == 0


def test_nobody_of_that_name(office):
    assert "Nobody else is called so." in said(office.get(f"{PAGE}?q=nobody"))


def test_it_is_an_administrator_s_page_from_an_lms_or_by_passkey(app, session, world):
    handler(world)
    for role in (SeatRole.STUDENT, SeatRole.MENTOR, SeatRole.FACULTY):
        assert sit(app, session, world, role).get(PAGE).status_code == 403
    by_passkey = come_in(app, session, administrator(session, world.institution))
    assert "Jo Ahlgren" in said(by_passkey.get(PAGE))
    assert by_passkey.post(PAGE, {"handler": str(world.guide.id)}).status_code == 303
    assert session.query(AuditEntry).filter_by(action="concern_handler.named").one().account_ref
    assert by_passkey.get("/concerns").status_code == 403


def test_its_way_is_on_the_page_of_people(office):
    assert PAGE in office.get("/admin/people").text
