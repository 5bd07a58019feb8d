"""Who is named to read concerns, and who could be."""

import pytest
from factories.concerns import handler
from factories.statements import counting
from factories.world import NOON, World, institution, person

from lti_mentoring.domain.inviting import OUTSIDE
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.queries.concern_handlers import MOST_FOUND, handlers_page, named_since


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def office(world):
    return world.sitter(role=SeatRole.ADMINISTRATOR)


def test_those_named_come_by_name_and_those_found_are_the_others_of_the_institution(session, world, office):
    person(session, world.institution, name="Mo Ahlgren", email="mo@example.org")
    for columns in ({"is_test_user": True}, {"issuer": OUTSIDE}):
        person(session, world.institution, name="Al Ahlgren", **columns)
    person(session, institution(session), name="Li Ahlgren")
    handler(world, person(session, world.institution, name="Zoë Ahlgren"))
    jo = handler(world)
    view = handlers_page(session, office, wanted="ahlgren")
    assert [one.name for one in view.named] == ["Jo Ahlgren", "Zoë Ahlgren"]
    assert view.named[0].person_id == jo.id
    assert [name for _number, name, _email in view.found] == ["Mo Ahlgren"]
    assert handlers_page(session, office).found == ()


def test_another_institution_s_are_not_there(session, world):
    handler(world)
    assert handlers_page(session, World(session).sitter(role=SeatRole.ADMINISTRATOR), wanted="a").named == ()


def test_somebody_is_named_since_a_day_or_not(session, world):
    jo = handler(world, named_at=NOON)
    assert named_since(session, world.sitter(jo)) == NOON
    assert named_since(session, world.sitter()) is None


def test_for_many_it_takes_as_many_statements(session, world, office):
    for _each in range(30):
        handler(world, person(session, world.institution, name="Named Already"))
        person(session, world.institution, name="Could Be Named")
    with counting(session) as sent:
        view = handlers_page(session, office, wanted="be named")
    assert (len(sent), len(view.named), len(view.found)) == (2, 30, MOST_FOUND)
