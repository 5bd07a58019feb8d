"""What a student is asked, and what is told of a mentor."""

import pytest
from factories.recommendations import MIXED, answered, says
from factories.statements import counting
from factories.world import NOON, World, context, mentor, mentorship, track

from lti_mentoring.domain.recommendations import Again, Band
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.queries.recommendations import (
    asked_about,
    one_asked_about,
    told_of_mentor,
    told_of_person,
)

pytestmark = pytest.mark.both_databases


@pytest.fixture
def world(session):
    return World(session)


def asked(world, **changes):
    by = world.sitter(role=SeatRole.STUDENT, **changes)
    return [(one.name, one.answer) for one in asked_about(world.session, by, world.track, now=NOON)]


def test_a_student_reads_their_own_answer_and_nobody_else_s(world):
    answered(world, *MIXED)
    assert asked(world) == [("Dr Priya Raman", None)]
    says(world, world.student, Again.RESERVED)
    assert asked(world) == [("Dr Priya Raman", Again.RESERVED)]
    assert asked(world, is_test=True) == []


def test_a_mentor_of_two_roles_is_asked_about_once(session, world):
    mentorship(session, world.mentor, world.student, role="research")
    assert len(asked(world)) == 1
    by = world.sitter(role=SeatRole.STUDENT)
    assert one_asked_about(session, by, world.track, world.mentor.id, now=NOON).answer is None
    assert one_asked_about(session, by, world.track, 4711, now=NOON) is None


def test_of_a_person_is_told_what_students_of_all_their_tracks_said(session, world):
    of_person = lambda: told_of_person(session, world.institution.id, world.guide.id)  # noqa: E731  # asked three times
    assert of_person() is None
    answered(world, *[Again.YES] * 5)
    assert of_person().band is Band.AT_LEAST
    here, guide = world.track, world.mentor
    world.track = track(session, context(session, world.deployment))
    other = mentor(session, world.track, world.guide)
    answered(world, *[Again.NO] * 5, guide=other)
    assert (of_person().band, of_person().of_ten) == (Band.ABOUT, 5)
    assert told_of_mentor(session, here, guide.id).band is Band.AT_LEAST
    other.active = False
    session.flush()
    assert of_person().band is Band.AT_LEAST


def test_an_answer_costs_the_same_few_statements_for_many(session, world):
    answered(world, *MIXED)
    with counting(session) as few:
        says(world, world.student, Again.YES)
    answered(world, *MIXED * 8)
    with counting(session) as many:
        says(world, world.student, Again.NO)
    assert len(many) == len(few)
