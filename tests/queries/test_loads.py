"""What a mentor has to carry besides places: numbers of what waits here, and of students in other courses."""

import pytest
from factories.statements import counting
from factories.ways import progress
from factories.wishes import asked
from factories.world import NOON, World, context, membership, mentor, mentorship, person, track

from lti_mentoring.domain.mentorships import EndCause, MentorshipState
from lti_mentoring.domain.milestones import ProgressState, Signer
from lti_mentoring.models import MembershipStatus, TrackState
from lti_mentoring.queries.loads import Load, loads_of
from lti_mentoring.queries.mentors import mentor_page, mentors_page

SENT = ProgressState.SUBMITTED


@pytest.fixture
def world(session):
    return World(session)


def load(world):
    return loads_of(world.session, world.track, [world.mentor.id])[world.mentor.id]


def in_another_course(world, *students, **columns):
    """The same person mentors there, too."""
    course = context(world.session, world.deployment, title="Another course")
    other = mentor(world.session, track(world.session, course, **columns), world.guide)
    return [mentorship(world.session, other, one) for one in students]


@pytest.mark.both_databases
def test_what_was_sent_and_who_asks_waits_for_the_mentor(session, world):
    assert load(world) == Load()
    progress(world, world.student, 1, SENT)
    progress(world, world.student, 2, ProgressState.RETURNED)
    asked(session, world.mentor, world.another_student())
    assert load(world) == Load(evidence=1, requests=1)


def test_what_faculty_sign_or_another_mentor_is_not_theirs(session, world):
    world.track.milestones[0].signer = Signer.FACULTY
    world.track.milestones[1].signer_role = "research"
    progress(world, world.student, 1, SENT)
    progress(world, world.student, 2, SENT)
    progress(world, world.another_student(), 3, SENT)
    assert load(world) == Load()


def test_who_has_a_mentor_by_now_or_has_left_waits_for_no_answer(session, world):
    left, given = person(session, world.institution), world.another_student()
    membership(session, world.context, left, status=MembershipStatus.LEFT)
    mentorship(session, mentor(session, world.track, person(session, world.institution)), given)
    for one in (left, given):
        asked(session, world.mentor, one)
    assert load(world) == Load()


def test_in_a_closed_track_nothing_waits(session, world):
    progress(world, world.student, 1, SENT)
    asked(session, world.mentor, world.another_student())
    world.track.state = TrackState.CLOSED
    session.flush()
    assert load(world) == Load()


@pytest.mark.both_databases
def test_students_of_other_courses_of_the_institution_are_counted_once_each(world):
    one, two = world.another_student(), world.another_student()
    in_another_course(world, one, two)
    in_another_course(world, one)
    in_another_course(world, world.another_student(), state=TrackState.CLOSED)
    assert load(world) == Load(elsewhere=2)


def test_mentorships_that_have_ended_and_other_people_s_students_are_not_counted(session, world):
    [pair] = in_another_course(world, world.another_student())
    pair.ended_at, pair.state, pair.end_cause = NOON, MentorshipState.COMPLETED, EndCause.MOVED
    session.flush()
    assert load(world) == Load()


def test_mentors_of_another_institution_are_not_told(session, world):
    stranger = World(session)
    assert loads_of(session, world.track, [stranger.mentor.id]) == {}


def test_pages_of_faculty_tell_it_in_as_many_statements_for_few_and_for_many(session, world):
    def statements():
        with counting(session) as sent:
            page = mentors_page(session, world.track)
            mentor_page(session, world.sitter(), world.track, world.mentor.id)
        assert set(page.loads) == {row.mentor_id for row in page.mentors}
        return len(sent)

    def more(number):
        for _each in range(number):
            who, student = person(session, world.institution), world.another_student()
            membership(session, world.context, who, is_student=False)
            mentorship(session, mentor(session, world.track, who), student)
            progress(world, student, 1, SENT)

    more(1)  # with nobody else no room is listed
    few = statements()
    more(40)
    assert statements() == few
