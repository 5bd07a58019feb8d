"""The four domains of a track are read from profiles, goals and meetings: as many statements for many as for few."""

import pytest
from factories.goals import goal
from factories.meetings import met
from factories.profiles import profile
from factories.statements import counting
from factories.world import World

from lti_mentoring.domain.mentoring_domains import DomainLine
from lti_mentoring.domain.vocabularies import MentoringDomain
from lti_mentoring.queries.mentoring_domains import domains_of

pytestmark = pytest.mark.both_databases


@pytest.fixture
def world(session):
    made = World(session)
    made.track.template = "clinical"
    profile(session, made)
    return made


def lines(world):
    return {one.key: one for one in domains_of(world.session, world.track)}


def busy(world, students):
    for _more in range(students):
        goal(world.session, world, world.another_student(), domain=MentoringDomain.PRACTICE)
        met(world.session, world, domains=("practice", "career"))


def test_what_is_offered_planned_and_talked_about_stands_in_one_line(session, world):
    busy(world, 6)
    found = lines(world)
    assert list(found) == ["academic", "clinical", "research", "career"]
    assert found["clinical"] == DomainLine("clinical", 0, 1, 5, 0, 5)
    assert found["career"] == DomainLine("career", 0, 0, 0, 0, 5)


def test_another_tracks_work_is_not_counted(session, world):
    busy(World(session), 6)
    assert not any(one.aiming or one.meetings for one in lines(world).values())


def test_many_are_read_in_as_many_statements_as_few(session, world):
    busy(world, 1)
    session.flush()
    with counting(session) as few:
        lines(world)
    busy(world, 12)
    session.flush()
    with counting(session) as many:
        lines(world)
    assert len(many) == len(few) == 4
