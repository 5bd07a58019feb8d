"""The board and one student's page: who stands there, what is said of them, and who may look."""

from datetime import timedelta

import pytest
from factories.statements import counting
from factories.tests import first_a_test, student, taken
from factories.ways import many_students, progress, score, step
from factories.world import NOON, World, mentor, mentorship, person

from lti_mentoring.domain.board import BoardState, RowMentor, Verdict
from lti_mentoring.domain.milestones import ProgressState, StepKind
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.models import HeldReason, Membership, MembershipStatus, ScoreState, TrackState
from lti_mentoring.queries.board import read_board, read_student
from lti_mentoring.queries.seats import NoTrack

TODAY = NOON.date()
MOST_STATEMENTS = 8


@pytest.fixture
def world(session):
    return World(session)


def board(world, **changes):
    return read_board(world.session, world.sitter(**changes), today=TODAY)


def row_of(world, student):
    return next(row for row in board(world).rows if row.student_id == student.id)


def test_the_board_knows_name_mentor_way_and_contact(world):
    progress(world, world.student, 1)
    row = row_of(world, world.student)
    assert (row.name, row.mentors) == ("Amina Yusuf", (RowMentor(world.mentor.id, "Dr Priya Raman"),))
    assert (row.way.done, row.way.total) == (1, 3)
    assert row.contact_on == TODAY - timedelta(days=3)


def test_a_pair_that_has_not_met_is_counted_from_its_start(world):
    world.mentorship.contact_at = None
    assert row_of(world, world.student).contact_on == TODAY - timedelta(days=30)


def test_somebody_without_a_mentor_needs_one(world):
    lonely = world.another_student(name=None, given_name="Zoë", family_name="Brandt")
    row = row_of(world, lonely)
    assert (row.name, row.mentor_name, row.contact_on) == ("Zoë Brandt", "", None)
    assert row.verdict == Verdict(BoardState.NEEDS_MENTOR)


def test_whom_a_test_holds_back_waits_for_the_test_and_not_for_a_mentor(world, session):
    lonely, test = world.another_student(name="Zoë"), first_a_test(world)
    assert row_of(world, lonely).verdict == Verdict(BoardState.TEST_FIRST)
    assert read_student(session, world.sitter(), lonely.id, today=TODAY).test_first
    taken(session, student(world, lonely), test)
    assert row_of(world, lonely).verdict == Verdict(BoardState.NEEDS_MENTOR)
    assert not read_student(session, world.sitter(), lonely.id, today=TODAY).test_first


def test_a_nameless_person_is_called_by_the_end_of_the_number(world):
    nameless = world.another_student(name=None, subject="abcdef-4711")
    assert row_of(world, nameless).name == nameless.shown_name == "#4711"


def test_who_left_is_marked_and_who_may_have_left_too(world):
    gone, perhaps = world.another_student(), world.another_student()
    for who, status in ((gone, MembershipStatus.LEFT), (perhaps, MembershipStatus.MAYBE_LEFT)):
        world.session.query(Membership).filter_by(person_id=who.id).one().status = status
    assert row_of(world, gone).verdict == Verdict(BoardState.LEFT)
    assert row_of(world, perhaps).maybe_left


def test_a_student_whom_the_course_never_named_counts_as_gone(world):
    stray = person(world.session, world.institution)
    mentorship(world.session, world.mentor, stray)
    assert row_of(world, stray).verdict == Verdict(BoardState.LEFT)


def test_the_courses_test_student_is_not_on_the_board(world):
    world.another_student(is_test_user=True)
    assert [row.student_id for row in board(world).rows] == [world.student.id]


def test_staff_and_people_of_other_courses_are_not_on_the_board(world):
    other = World(world.session)
    assert [row.student_id for row in board(world).rows] == [world.student.id]
    assert [row.student_id for row in board(other).rows] == [other.student.id]


def test_a_refused_grade_shows_on_the_board(world):
    world.mentorship.started_at = NOON
    score(world, world.student, None, state=ScoreState.HELD, held_reason=HeldReason.REFUSED)
    found = board(world)
    assert found.grades[world.student.id].refused
    assert found.rows[0].verdict == Verdict(BoardState.REFUSED)


def test_the_length_of_the_track_is_its_last_date(world):
    assert board(world).weeks == 6
    for milestone in world.track.milestones:
        milestone.due_after_days = None
    assert board(world).weeks == 0


def test_without_a_track_there_is_no_board(world):
    with pytest.raises(NoTrack):
        board(world, track_id=None)


@pytest.mark.both_databases
@pytest.mark.parametrize("number", [10, 120])
def test_the_board_asks_the_database_equally_often_for_any_number_of_students(world, number):
    many_students(world, number)
    with counting(world.session) as sent:
        assert len(board(world).rows) == number + 1
    assert len(sent) <= MOST_STATEMENTS


def student_page(world, who=None, role=SeatRole.FACULTY, **changes):
    student = world.student if who is None else who
    return read_student(world.session, world.sitter(role=role, **changes), student.id, today=TODAY)


def test_a_students_page_tells_the_way_the_mentor_and_what_happened(world):
    first = progress(world, world.student, 1)
    step(world, first, StepKind.SUBMITTED, days_ago=6)
    step(world, first, StepKind.ACCEPTED, world.guide, days_ago=5)
    score(world, world.student, 40.0)
    page = student_page(world)
    assert (page.name, page.status, page.way.done) == ("Amina Yusuf", MembershipStatus.ACTIVE, 1)
    assert [one.mentor_name for one in page.now_with] == ["Dr Priya Raman"]
    assert page.grade.accepted == 40
    assert [(one.kind, one.by_name) for one in page.happened] == [
        (StepKind.ACCEPTED, "Dr Priya Raman"),
        (StepKind.SUBMITTED, "Amina Yusuf"),
    ]


def test_earlier_mentors_stand_beside_the_one_of_now(world):
    world.mentorship.ended_at = NOON
    new = mentor(world.session, world.track, person(world.session, world.institution, name="Dr Chidi Okafor"))
    mentorship(world.session, new, world.student, started_at=NOON)
    page = student_page(world)
    assert [one.mentor_name for one in page.now_with] == ["Dr Chidi Okafor"]
    assert [one.mentor_name for one in page.before_with] == ["Dr Priya Raman"]


def test_a_mentor_sees_own_students_only(world):
    assert student_page(world, role=SeatRole.MENTOR).name == "Amina Yusuf"
    with pytest.raises(NotFound):
        student_page(world, world.another_student(), role=SeatRole.MENTOR)


def test_a_mentor_sees_nothing_of_a_draft(world):
    world.track.state = TrackState.DRAFT
    with pytest.raises(NotFound):
        student_page(world, role=SeatRole.MENTOR)
    assert student_page(world).name == "Amina Yusuf"


def test_nobody_sees_a_student_of_another_course(world):
    with pytest.raises(NotFound):
        student_page(world, World(world.session).student)


def test_somebody_who_is_no_student_has_no_page(world):
    with pytest.raises(NotFound):
        student_page(world, world.guide)


def test_the_page_of_a_student_without_anything_is_empty(world):
    fresh = world.another_student()
    page = student_page(world, fresh)
    assert (page.now_with, page.before_with, page.grade, page.happened) == ((), (), None, ())
    assert page.way.knots == ("now", "next", "next")
    assert page.way.milestones[0].state is ProgressState.OPEN
