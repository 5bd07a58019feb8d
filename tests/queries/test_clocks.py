"""Whose clock somebody reads times by."""

import pytest
from factories.meetings import proposed
from factories.profiles import profile
from factories.quiet_hours import quiet_hours
from factories.seeking import seeking
from factories.world import World

from lti_mentoring.domain.quiet_hours import Hours
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.queries.clocks import own_zone, zones_of

pytestmark = pytest.mark.both_databases
STUDENT = SeatRole.STUDENT


@pytest.fixture
def world(session):
    return World(session)


def test_the_zone_is_the_one_that_was_named_as_a_mentor_or_else_as_a_student(session, world):
    def zone(who):
        return own_zone(session, world.sitter(who))

    assert zone(world.student) == ""
    seeking(session, world, world.student, timezone="Asia/Kathmandu")
    assert zone(world.student) == "Asia/Kathmandu"
    profile(session, world)
    seeking(session, world, world.guide, timezone="Asia/Kathmandu")
    assert zone(world.guide) == "Asia/Kolkata"
    assert zone(world.faculty) == ""


def test_times_are_read_by_the_clock_that_somebody_named(session, world):
    def zone(who):
        return zones_of(session, world.institution.id, [who.id]).get(who.id)

    assert zone(world.student) is None
    proposed(session, world, STUDENT, zone="America/Lima")
    assert zone(world.student) == "America/Lima"
    quiet_hours(session, world, world.student, Hours("Africa/Nairobi", days=frozenset({6})))
    assert zone(world.student) == "Africa/Nairobi"
    seeking(session, world, world.student, timezone="Asia/Kolkata")
    assert zone(world.student) == "Asia/Kolkata"
    profile(session, world)
    assert zone(world.guide)
    assert zones_of(session, World(session).institution.id, [world.student.id]) == {}
