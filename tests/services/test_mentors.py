"""Mentors are ticked by faculty, keep their students, and never have fewer places than students."""

import pytest
from factories.world import NOON, World, membership, person
from sqlalchemy import select

from lti_mentoring.errors import NotFound
from lti_mentoring.models import AuditEntry, MembershipStatus, Mentor
from lti_mentoring.services.mentors import (
    MentorHasStudents,
    PlacesOutOfRange,
    PlacesTaken,
    set_places,
    tick,
    untick,
)


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def helper(session, world):
    who = person(session, world.institution)
    membership(session, world.context, who, is_student=False)
    return who


def make(session, world, *people, places=3):
    return tick(session, world.sitter(), world.track, [one.id for one in people], places=places, now=NOON)


def test_who_is_ticked_is_a_mentor_with_places(session, world, helper):
    [made] = make(session, world, helper)
    assert (made.places, made.taken, made.active, made.made_by_id) == (3, 0, True, world.faculty.id)
    session.flush()
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == ["mentor.added"]


def test_ticking_twice_changes_nothing_and_ticking_again_brings_back(session, world, helper):
    [made] = make(session, world, helper, helper)
    assert make(session, world, helper, places=9) == [made]
    assert made.places == 3
    untick(session, world.sitter(), made.id, now=NOON)
    assert made.active is False
    assert make(session, world, helper, places=9) == [made]
    assert (made.places, made.active) == (9, True)
    assert len(session.scalars(select(Mentor)).all()) == 2


@pytest.mark.parametrize("places", [-1, 201])
def test_places_have_a_range(session, world, helper, places):
    with pytest.raises(PlacesOutOfRange):
        make(session, world, helper, places=places)
    with pytest.raises(PlacesOutOfRange):
        set_places(session, world.sitter(), world.mentor.id, places, "", now=NOON)


def test_who_is_not_in_the_course_cannot_be_ticked(session, world, helper):
    with pytest.raises(NotFound):
        make(session, world, person(session, world.institution))
    gone = person(session, world.institution)
    membership(session, world.context, gone, status=MembershipStatus.LEFT)
    with pytest.raises(NotFound):
        make(session, world, helper, gone)


def test_who_has_students_stays_a_mentor(session, world):
    with pytest.raises(MentorHasStudents) as refused:
        untick(session, world.sitter(), world.mentor.id, now=NOON)
    assert refused.value.facts == {"mentor": "Dr Priya Raman", "taken": 1}


def test_places_are_never_fewer_than_students(session, world):
    changed = set_places(session, world.sitter(), world.mentor.id, 1, " Surgery ", now=NOON)
    assert (changed.places, changed.field) == (1, "Surgery")
    with pytest.raises(PlacesTaken) as refused:
        set_places(session, world.sitter(), world.mentor.id, 0, "", now=NOON)
    assert refused.value.facts == {"mentor": "Dr Priya Raman", "taken": 1}


def test_a_mentor_of_elsewhere_is_not_found(session, world):
    elsewhere = World(session)
    with pytest.raises(NotFound):
        set_places(session, world.sitter(), elsewhere.mentor.id, 4, "", now=NOON)
