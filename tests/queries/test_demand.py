"""What is looked for beside what is offered, as faculty read it."""

import pytest
from factories.profiles import profile
from factories.rounds import new_mentor
from factories.seeking import seeking
from factories.statements import counting
from factories.world import NOON, World
from sqlalchemy import select

from lti_mentoring.domain.demand import Supply
from lti_mentoring.domain.profiles import TermKind
from lti_mentoring.models import Membership, MembershipStatus
from lti_mentoring.queries.demand import demand_of
from lti_mentoring.services.demand import count_demand

pytestmark = pytest.mark.both_databases


@pytest.fixture
def world(session):
    made = World(session)
    made.track.template = "clinical"
    profile(session, made)
    return made


def need(world, key):
    return next(one for one in demand_of(world.session, world.track).needs if one.key == key)


def test_mentors_and_all_their_places_stand_beside_the_students(session, world):
    other = new_mentor(world)
    world.mentor.places, other.places = 3, 2
    profile(session, world, other.person, terms={TermKind.DOMAIN: ("clinical",)})
    for _more in range(6):
        seeking(session, world, world.another_student())
    assert demand_of(session, world.track).counted_at is None
    count_demand(session, world.track.id, now=NOON)
    page = demand_of(session, world.track)
    assert page.counted_at == NOON
    assert [one.key for one in page.of(TermKind.DOMAIN)] == ["academic", "clinical", "research", "career"]
    assert (need(world, "research").students, need(world, "research").supply) == (5, Supply(1, 3))
    assert (need(world, "clinical").students, need(world, "clinical").supply) == (0, Supply(2, 5))
    assert [one.key for one in page.short] == ["writing", "research"]  # by nobody; by three places


def test_who_mentors_no_more_or_has_left_offers_nothing(session, world):
    gone, left = new_mentor(world), new_mentor(world)
    for mentor in (gone, left):
        profile(session, world, mentor.person)
    gone.active = False
    session.scalars(
        select(Membership).where(Membership.person_id == left.person_id)
    ).one().status = MembershipStatus.LEFT
    assert need(world, "research").supply == Supply(1, world.mentor.places)


def test_another_course_and_another_institution_count_nothing_here(session, world):
    other = World(session)
    profile(session, other)
    for _more in range(5):
        seeking(session, other, other.another_student())
    count_demand(session, other.track.id, now=NOON)
    page = demand_of(session, world.track)
    assert page.counted_at is None
    assert need(world, "research").supply == Supply(1, world.mentor.places)


def test_many_are_read_in_as_many_statements_as_few(session, world):
    with counting(session) as few:
        demand_of(session, world.track)
    for _more in range(30):
        profile(session, world, new_mentor(world).person)
        seeking(session, world, world.another_student())
    count_demand(session, world.track.id, now=NOON)
    with counting(session) as many:
        demand_of(session, world.track)
    assert len(many) == len(few) == 2
