"""An administrator names those who read what is said in confidence, and ends it."""

import pytest
from factories.concerns import handler
from factories.world import NOON, World, institution, person
from sqlalchemy import select

from lti_mentoring.domain.inviting import OUTSIDE
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.models import AuditEntry, ConcernHandler
from lti_mentoring.services.concern_handlers import end_handler, name_handler


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def office(world):
    return world.sitter(role=SeatRole.ADMINISTRATOR)


def named(session):
    return session.scalars(select(ConcernHandler.person_id).order_by(ConcernHandler.id)).all()


def trail(session):
    return session.scalars(select(AuditEntry.action).where(AuditEntry.thing == "concern_handler")).all()


@pytest.mark.both_databases
def test_somebody_is_named_once_and_the_trail_says_so(session, world, office):
    who = person(session, world.institution)
    for _twice in range(2):
        name_handler(session, office, who.id, now=NOON)
    assert named(session) == [who.id]
    assert trail(session) == ["concern_handler.named"]


def test_nobody_of_another_institution_from_outside_or_pretended_is_named(session, world, office):
    others = [
        person(session, institution(session)),
        person(session, world.institution, issuer=OUTSIDE),
        person(session, world.institution, is_test_user=True),
    ]
    for one in others:
        with pytest.raises(NotFound):
            name_handler(session, office, one.id, now=NOON)
    assert named(session) == []


@pytest.mark.both_databases
def test_it_is_ended_and_the_trail_says_so(session, world, office):
    who = handler(world)
    number = session.scalar(select(ConcernHandler.id))
    end_handler(session, office, number, now=NOON)
    assert named(session) == []
    assert trail(session) == ["concern_handler.ended"]
    with pytest.raises(NotFound):
        end_handler(session, office, number, now=NOON)
    assert who.id


def test_another_institution_s_are_not_ended(session, world):
    handler(world)
    elsewhere = World(session).sitter(role=SeatRole.ADMINISTRATOR)
    with pytest.raises(NotFound):
        end_handler(session, elsewhere, session.scalar(select(ConcernHandler.id)), now=NOON)
    assert len(named(session)) == 1
