"""Who reads which goals, in how many statements, and what faculty are told of them."""

from datetime import timedelta

import pytest
from factories.goals import goal
from factories.statements import counting
from factories.world import NOON, World, membership, mentor, mentorship, person

from lti_mentoring.domain.goals import GoalCount, GoalState
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.vocabularies import MentoringDomain
from lti_mentoring.errors import NotFound
from lti_mentoring.models import TrackState
from lti_mentoring.queries.goals import goals_by_domain, goals_to_read, my_goal, my_goals, next_goal
from lti_mentoring.queries.homes import student_home
from lti_mentoring.services.goals import settle

pytestmark = pytest.mark.both_databases
RESEARCH, CAREER, PRACTICE = MentoringDomain.RESEARCH, MentoringDomain.CAREER, MentoringDomain.PRACTICE


@pytest.fixture
def world(session):
    made = World(session)
    made.by = made.sitter(role=SeatRole.STUDENT)
    made.reader = made.sitter(role=SeatRole.MENTOR)
    return made


def titles(goals):
    return [one.title for one in goals]


def on(days):
    return (NOON + timedelta(days=days)).date()


def end(world, known, state, who=None, now=NOON):
    by = world.sitter(who, SeatRole.STUDENT)
    settle(world.session, by, world.track, known.goal_id, state, now=now)


def test_a_student_reads_all_of_the_own_goals_the_next_one_due_first(session, world):
    end(world, goal(session, world, title="Met"), GoalState.MET)
    goal(session, world, title="Later", due_on=on(20), steps=())
    goal(session, world, title="Soon", due_on=on(2), shared=True)
    assert titles(my_goals(session, world.by, world.track)) == ["Soon", "Later", "Met"]
    assert next_goal(session, world.by, world.track).title == "Soon"


def test_the_first_page_names_the_goal_that_is_due_first(session, world):
    assert student_home(session, world.by, today=NOON.date()).goal is None
    known = goal(session, world)
    assert student_home(session, world.by, today=NOON.date()).goal == known
    end(world, known, GoalState.MET)
    assert student_home(session, world.by, today=NOON.date()).goal is None


def test_nobody_reads_another_student_s_goal_as_their_own(session, world):
    known = goal(session, world, shared=True)
    neighbour = World(session, inside=world.deployment)
    for by, track in (
        (world.sitter(world.another_student(), SeatRole.STUDENT), world.track),
        (world.reader, world.track),
        (neighbour.sitter(world.student, SeatRole.STUDENT), neighbour.track),
        (World(session).sitter(role=SeatRole.STUDENT), world.track),
    ):
        with pytest.raises(NotFound):
            my_goal(session, by, track, known.goal_id)


def test_a_mentor_reads_what_is_shared_and_no_hint_at_the_rest(session, world):
    goal(session, world, title="Private")
    assert goals_to_read(session, world.reader, world.track, world.student.id) == ()
    end(world, goal(session, world, title="Met", shared=True), GoalState.MET)
    end(world, goal(session, world, title="Dropped", shared=True), GoalState.DROPPED)
    goal(session, world, title="Shared", shared=True)
    assert titles(goals_to_read(session, world.reader, world.track, world.student.id)) == ["Shared", "Met"]


def test_each_present_mentor_reads_it_and_nobody_else(session, world):
    goal(session, world, title="Shared", shared=True)
    guides = []
    for number in range(3):
        who = person(session, world.institution, name=f"Dr {number}")
        membership(session, world.context, who, is_student=False)
        guides.append(mentor(session, world.track, who, made_by_id=world.faculty.id))
    mentorship(session, guides[0], world.student, role="research")
    mentorship(session, guides[1], world.student, role="career", ended_at=NOON)
    readers = [world.guide, *(one.person for one in guides), world.faculty, world.another_student()]
    found = [
        titles(goals_to_read(session, world.sitter(who, SeatRole.MENTOR), world.track, world.student.id))
        for who in readers
    ]
    assert found == [["Shared"], ["Shared"], [], [], [], []]


def test_what_was_shared_stays_readable_in_a_closed_track(session, world):
    goal(session, world, title="Shared", shared=True)
    world.track.state = TrackState.CLOSED
    assert titles(goals_to_read(session, world.reader, world.track, world.student.id)) == ["Shared"]


def test_many_goals_take_as_many_statements_as_one(session, world):
    def sent():
        found = []
        for read in (
            lambda: my_goals(session, world.by, world.track),
            lambda: next_goal(session, world.by, world.track),
            lambda: goals_to_read(session, world.reader, world.track, world.student.id),
            lambda: goals_by_domain(session, world.track),
        ):
            with counting(session) as statements:
                read()
            found.append(len(statements))
        return found

    goal(session, world, title="First", shared=True)
    session.refresh(world.track)
    few = sent()
    for number in range(10):
        goal(session, world, title=f"Goal {number}", shared=True)
    assert sent() == few == [1, 1, 2, 1]


def test_faculty_are_told_how_many_students_have_goals_in_a_domain_in_steps_of_five(session, world):
    students = [world.another_student(name=f"Student {number}") for number in range(6)]
    for who in students:
        goal(session, world, who, domain=RESEARCH, title="One")
        goal(session, world, who, domain=RESEARCH, title="Another of the same student")
    for who in students[:5]:
        end(world, goal(session, world, who, domain=CAREER), GoalState.MET, who)
    for who in students[:4]:
        goal(session, world, who, domain=PRACTICE)
    end(world, goal(session, world, students[0], domain=CAREER, title="Dropped"), GoalState.DROPPED, students[0])
    assert goals_by_domain(session, world.track) == {
        MentoringDomain.ACADEMIC: GoalCount(), PRACTICE: GoalCount(), RESEARCH: GoalCount(open=5),
        CAREER: GoalCount(met=5),
    }  # fmt: skip


def test_the_pretended_student_and_other_tracks_are_not_counted(session, world):
    for number in range(5):
        goal(session, world, world.another_student(name=f"S {number}", is_test_user=number == 4), domain=RESEARCH)
    neighbour = World(session, inside=world.deployment)
    goal(session, neighbour, domain=RESEARCH)
    assert goals_by_domain(session, world.track)[RESEARCH] == GoalCount()
