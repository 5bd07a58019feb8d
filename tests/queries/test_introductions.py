"""A student's network, and introductions as each side reads them."""

from datetime import timedelta

import pytest
from factories.introductions import introduced
from factories.statements import counting
from factories.world import NOON, World, membership, mentor, mentorship, person
from sqlalchemy import update

from lti_mentoring.domain.introductions import IntroductionState
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Membership, MembershipStatus
from lti_mentoring.queries.board import read_student
from lti_mentoring.queries.introductions import (
    how_many,
    made_by_me,
    made_to_me,
    my_student,
    network_of,
    others_to_pick,
)
from lti_mentoring.services.introductions import settle


@pytest.fixture
def world(session):
    made = World(session)
    made.other = another_mentor(made, "Dr Marta Oliveira")
    return made


def another_mentor(world, name):
    who = person(world.session, world.institution, name=name)
    membership(world.session, world.context, who, is_student=False)
    return mentor(world.session, world.track, who, field="Surgery", made_by_id=world.faculty.id)


def sits(world, role, who=None):
    return world.sitter(who, role)


def test_a_network_has_the_mentors_of_now_those_before_and_the_introductions(session, world):
    mentorship(session, world.other, world.student, ended_at=NOON - timedelta(days=2), role="research")
    introduced(session, world)
    introduced(session, world, other=world.other, purpose="a project")
    view = network_of(session, sits(world, SeatRole.STUDENT), world.track)
    assert [(one.name, one.until is None) for one in view.ties] == [
        ("Dr Priya Raman", True), ("Dr Marta Oliveira", False),
    ]  # fmt: skip
    assert [(one.by, one.to, one.does, one.purpose) for one in view.introductions] == [
        ("Dr Priya Raman", "Dr Marta Oliveira", "Surgery", "a project"),
        ("Dr Priya Raman", "Dr Nia Okafor", "statistician", "statistics for your audit"),
    ]
    now, before = view.branches("Mentor", "Before")
    assert (now.name, now.small, now.now, now.to) == (
        "Dr Priya Raman", "Mentor", True, ("Dr Marta Oliveira", "Dr Nia Okafor"),
    )  # fmt: skip
    assert (before.name, before.small, before.now, before.to) == ("Dr Marta Oliveira", "Before", False, ())


def test_a_mentor_in_several_roles_is_one_knot_with_the_roles_of_now(session, world):
    world.track.mentor_roles = [{"key": "", "name": "Clinical"}, {"key": "research", "name": "Research"}]
    mentorship(session, world.mentor, world.student, role="research")
    mentorship(session, world.mentor, world.student, ended_at=NOON, role="research")
    view = network_of(session, sits(world, SeatRole.STUDENT), world.track)
    (one,) = view.branches("Mentor", "Before")
    assert set(one.small.split(", ")) == {"Clinical", "Research"}
    assert one.now


def test_each_mentor_reads_the_own_introductions_and_those_to_them(session, world):
    introduced(session, world, other=world.other)
    raman, oliveira = sits(world, SeatRole.MENTOR), sits(world, SeatRole.MENTOR, world.other.person)
    assert [one.student for one in made_by_me(session, raman, world.track)] == ["Amina Yusuf"]
    assert [one.by for one in made_to_me(session, oliveira, world.track)] == ["Dr Priya Raman"]
    assert made_to_me(session, raman, world.track) == made_by_me(session, oliveira, world.track) == ()


def test_what_was_taken_back_is_shown_to_nobody_and_not_counted(session, world):
    made = introduced(session, world, other=world.other)
    introduced(session, world)
    assert how_many(session, world.track, world.student.id) == 2
    student = sits(world, SeatRole.STUDENT)
    settle(session, student, made.id, IntroductionState.TAKEN_BACK, now=NOON)
    assert len(network_of(session, student, world.track).introductions) == 1
    assert made_to_me(session, sits(world, SeatRole.MENTOR, world.other.person), world.track) == ()
    assert read_student(session, sits(world, SeatRole.FACULTY), world.student.id, today=NOON.date()).introductions == 1


def test_other_mentors_are_found_by_name_and_neither_oneself_nor_who_left_is_among_them(session, world):
    gone = another_mentor(world, "Dr Gone")
    session.execute(
        update(Membership).where(Membership.person_id == gone.person_id).values(status=MembershipStatus.LEFT)
    )
    another_mentor(world, "Dr Yuki Tanaka")
    by = sits(world, SeatRole.MENTOR)
    assert [name for _number, name, _field in others_to_pick(session, by, world.track)] == [
        "Dr Marta Oliveira", "Dr Yuki Tanaka",
    ]  # fmt: skip
    found = others_to_pick(session, by, world.track, wanted="oliv")
    assert found == ((world.other.id, "Dr Marta Oliveira", "Surgery"),)
    assert others_to_pick(session, by, world.track, mentor_id=gone.id) == ()


def test_a_mentor_introduces_own_students_of_now_only(session, world):
    by = sits(world, SeatRole.MENTOR)
    assert my_student(session, by, world.track, world.student.id)[1] is world.student
    world.mentorship.ended_at = NOON
    with pytest.raises(NotFound):
        my_student(session, by, world.track, world.student.id)


@pytest.mark.parametrize("rows", [1, 30])
def test_as_many_statements_whatever_the_number(session, world, rows):
    for _ in range(rows):
        introduced(session, world, other=another_mentor(world, "Dr Many"))
    session.commit()
    student, guide = sits(world, SeatRole.STUDENT), sits(world, SeatRole.MENTOR)
    assert world.track.roles
    with counting(session) as sent:
        assert len(network_of(session, student, world.track).introductions) == rows
        assert len(made_by_me(session, guide, world.track)) == rows
        assert others_to_pick(session, guide, world.track)
    assert len(sent) == 4
