"""The first pages of students and mentors."""

from datetime import timedelta

import pytest
from factories.statements import counting
from factories.ways import many_students, progress, score, step
from factories.world import NOON, World, add, mentorship

from lti_mentoring.domain.board import BoardState, Verdict
from lti_mentoring.domain.milestones import ProgressState, StepKind
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Administrator, Membership, MembershipStatus
from lti_mentoring.queries.homes import mentor_home, student_home, waits_for_confirmation

TODAY = NOON.date()


@pytest.fixture
def world(session):
    return World(session)


def students(world, who=None):
    return student_home(world.session, world.sitter(who, SeatRole.STUDENT), today=TODAY)


def mentors(world):
    return mentor_home(world.session, world.sitter(role=SeatRole.MENTOR), today=TODAY)


def test_a_student_sees_the_next_step_what_was_said_and_the_mentor(world):
    first = progress(world, world.student, 1)
    step(world, first, StepKind.ACCEPTED, world.guide, "Keep that.")
    score(world, world.student)
    world.mentor.field = "Surgery"
    home = students(world)
    assert (home.next_step.title, home.asked) == ("Milestone 2", "Write one page.")
    assert (home.last.text, home.last.by_mentor) == ("Keep that.", True)
    assert [(one.name, one.field) for one in home.mentors] == [("Dr Priya Raman", "Surgery")]
    assert home.grade.accepted == 40
    assert (home.certificate_from, home.left) == (None, False)


def test_what_others_have_is_listed_and_what_the_certificate_asks_for(world):
    progress(world, world.student, 1, ProgressState.SUBMITTED)
    world.track.milestones[2].needed_for_certificate = False
    home = students(world)
    assert [one.title for one in home.with_others] == ["Milestone 1"]
    assert [one.title for one in home.towards] == ["Milestone 1", "Milestone 2"]


def test_a_student_without_a_mentor_has_a_home_too(world):
    home = students(world, world.another_student())
    assert (home.mentors, home.last, home.grade) == ((), None, None)
    assert home.next_step.title == "Milestone 1"


def test_who_has_done_it_all_has_no_next_step(world):
    for number in (1, 2, 3):
        progress(world, world.student, number)
    home = students(world)
    assert (home.next_step, home.asked) == (None, "")


def test_who_left_the_course_is_told_so(world):
    world.session.query(Membership).filter_by(person_id=world.student.id).one().status = MembershipStatus.LEFT
    assert students(world).left


def test_a_mentor_sees_the_queue_the_students_and_the_places(world):
    progress(world, world.student, 1, ProgressState.SUBMITTED)
    quiet = world.another_student()
    mentorship(world.session, world.mentor, quiet, started_at=NOON, contact_at=NOON - timedelta(days=25))
    home = mentors(world)
    assert [item.student_name for item in home.queue] == ["Amina Yusuf"]
    assert [(one.student_id, one.verdict) for one in home.mentees] == [
        (world.student.id, Verdict(BoardState.NEEDS_YOU)),
        (quiet.id, Verdict(BoardState.QUIET, 25)),
    ]
    assert [one.student_id for one in home.late] == [quiet.id]
    assert (home.taken, home.places) == (2, 5)


def test_a_mentors_student_who_left_is_marked(world):
    world.session.query(Membership).filter_by(person_id=world.student.id).one().status = MembershipStatus.LEFT
    assert mentors(world).mentees[0].left
    assert mentors(world).mentees[0].verdict == Verdict(BoardState.LEFT)


def test_somebody_whom_faculty_unticked_has_an_empty_home(world):
    home = mentor_home(world.session, world.sitter(world.faculty, SeatRole.MENTOR), today=TODAY)
    assert (home.queue, home.mentees, home.taken, home.places) == ((), (), 0, 0)


@pytest.mark.parametrize("number", [1, 40])
def test_a_mentors_home_asks_equally_often_for_any_number_of_students(world, number):
    many_students(world, number)
    world.session.query(type(world.mentorship)).filter_by(ended_at=None).update({"mentor_id": world.mentor.id})
    progress(world, world.student, 1, ProgressState.SUBMITTED)
    with counting(world.session) as sent:
        assert len(mentors(world).mentees) == number + 1
    assert len(sent) <= 13


def test_who_waits_to_be_confirmed_is_known(world):
    sitter = world.sitter(role=SeatRole.GUEST)
    assert not waits_for_confirmation(world.session, sitter)
    asked = add(
        world.session,
        Administrator(institution_id=world.institution.id, person_id=world.faculty.id, asked_at=NOON),
    )
    assert waits_for_confirmation(world.session, sitter)
    asked.confirmed_at = NOON
    assert not waits_for_confirmation(world.session, sitter)
