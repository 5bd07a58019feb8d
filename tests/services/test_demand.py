"""Counting what students look for: in batches, so that no count tells of one student."""

from datetime import timedelta

import pytest
from factories.seeking import seeking
from factories.world import NOON, World
from sqlalchemy import select

from lti_mentoring.domain.profiles import TermKind
from lti_mentoring.models import Membership, MembershipStatus, SeekingCount
from lti_mentoring.services.demand import count_demand, find_tracks_to_count

pytestmark = pytest.mark.both_databases
RESEARCH = {TermKind.DOMAIN: ("research",), TermKind.LANGUAGE: ("hi",)}
CAREER = {TermKind.DOMAIN: ("career",), TermKind.SKILL: ("writing",)}
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def world(session):
    return World(session)


def students(world, number, terms=RESEARCH, now=NOON):
    found = [world.another_student() for _more in range(number)]
    for who in found:
        seeking(world.session, world, who, terms, now=now)
    return found


def counted(world, now=NOON):
    """What is told once the clock has counted whatever is due."""
    for number in find_tracks_to_count(world.session):
        count_demand(world.session, number, now=now)
    row = world.session.scalars(select(SeekingCount).execution_options(populate_existing=True)).one_or_none()
    return row.students if row else None


def test_four_students_are_not_counted_and_the_fifth_makes_a_number(world):
    students(world, 4)
    assert counted(world) is None
    students(world, 1)
    assert counted(world) == {"domain": {"research": 5}}


def test_what_fewer_than_five_look_for_is_not_told_and_numbers_go_in_steps_of_five(world):
    students(world, 7)
    students(world, 4, CAREER)
    assert counted(world) == {"domain": {"research": 5}}
    students(world, 5, {**CAREER, **RESEARCH, TermKind.DOMAIN: ("career", "research")}, now=LATER)
    assert counted(world, now=LATER) == {"domain": {"career": 5, "research": 10}, "skill": {"writing": 5}}


def test_it_is_counted_anew_only_once_five_have_said_something_new(world):
    first = students(world, 9)
    counted(world)
    for who in first[:4]:
        seeking(world.session, world, who, CAREER, now=LATER)
    assert counted(world, now=LATER) == {"domain": {"research": 5}}
    seeking(world.session, world, first[4], {}, now=LATER)
    assert counted(world, now=LATER) == {}


def test_who_has_left_the_course_is_counted_no_more_and_makes_nobody_be_counted_anew(session, world):
    first = students(world, 5)
    counted(world)
    membership = session.scalars(select(Membership).where(Membership.person_id == first[0].id)).one()
    membership.status = MembershipStatus.LEFT
    assert counted(world) == {"domain": {"research": 5}}
    students(world, 4, CAREER, now=LATER)
    seeking(session, world, first[1], CAREER, now=LATER)
    assert counted(world, now=LATER) == {"domain": {"career": 5}, "skill": {"writing": 5}}


def test_each_track_is_counted_by_itself(session, world):
    students(world, 5)
    other = World(session)
    students(other, 5, CAREER)
    assert find_tracks_to_count(session) == sorted([world.track.id, other.track.id])
    count_demand(session, other.track.id, now=NOON)
    row = session.scalars(select(SeekingCount)).one()
    assert (row.track_id, row.institution_id) == (other.track.id, other.institution.id)
    assert row.students == {"domain": {"career": 5}, "skill": {"writing": 5}}
