"""Keeping what students say of a mentor: told in batches, without a trace of what one of them said."""

from datetime import timedelta

import pytest
from factories.recommendations import MIXED, answered, mentee, says
from factories.world import NOON, World, mentorship
from sqlalchemy import delete, func, select

from lti_mentoring.domain.recommendations import Again, Band, Told
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.models import AuditEntry, Mentorship, Person, Recommendation, TrackState
from lti_mentoring.queries.recommendations import told_of_mentor
from lti_mentoring.services.recommendations import answer

pytestmark = pytest.mark.both_databases
FIRST = Told(8, Band.AT_LEAST, some_reserved=False)


@pytest.fixture
def world(session):
    return World(session)


def told(world):
    return told_of_mentor(world.session, world.track, world.mentor.id)


def test_four_answers_tell_nothing_and_with_the_fifth_all_are_told(world):
    answered(world, *MIXED[:4])
    assert told(world) is None
    answered(world, MIXED[4])
    assert told(world) == FIRST


def test_what_is_told_changes_with_five_more_answers_and_not_before(world):
    answered(world, *MIXED)
    answered(world, *[Again.NO] * 4)
    assert told(world) == FIRST
    answered(world, Again.NO)
    assert told(world) == Told(4, Band.ABOUT, some_reserved=False)


def test_an_answer_that_is_changed_waits_for_the_next_batch(world):
    people = answered(world, *MIXED)
    for who in people[:4]:
        says(world, who, Again.NO)
    assert told(world) == FIRST
    answered(world, Again.NO)
    assert told(world) == Told(2, Band.AT_MOST, some_reserved=False)


def test_an_answer_taken_back_is_gone_for_good_with_the_next_batch(session, world):
    first, *_others = answered(world, *MIXED)
    says(world, first, None)
    own = select(func.count()).select_from(Recommendation).where(Recommendation.person_id == first.id)
    assert (told(world), session.scalar(own)) == (FIRST, 1)
    answered(world, *[Again.YES] * 4)
    assert session.scalar(own) == 0
    assert told(world).of_ten == 8


def test_the_trail_says_that_somebody_answered_and_never_what(session, world):
    says(world, world.student, Again.NO)
    says(world, world.student, Again.NO)
    says(world, world.student, None)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.thing == "recommendation")).all()
    assert [(one.action, one.facts, one.reason) for one in entries] == [("recommendation.answered", {}, "")] * 2


@pytest.mark.parametrize("weeks", [1, 3])
def test_nobody_is_asked_about_a_mentor_whom_they_have_hardly_met(world, weeks):
    who = mentee(world, started_at=NOON - timedelta(weeks=weeks))
    with pytest.raises(NotFound):
        says(world, who, Again.YES)


def test_who_never_had_the_mentor_and_the_pretended_student_are_not_asked(world):
    with pytest.raises(NotFound):
        says(world, world.another_student(), Again.YES)
    pretended = world.sitter(role=SeatRole.STUDENT, is_test=True)
    with pytest.raises(NotFound):
        answer(world.session, pretended, world.track, world.mentor.id, Again.YES, now=NOON)


def test_who_had_the_mentor_before_answers_too_also_when_the_track_is_closed(session, world):
    former = mentee(world, ended_at=NOON - timedelta(days=1))
    world.track.state = TrackState.CLOSED
    says(world, former, Again.YES)
    assert session.scalars(select(Recommendation.answer)).all() == [Again.YES]


def test_two_mentorships_with_one_mentor_are_one_answer(session, world):
    session.get_one(Mentorship, world.mentorship.id).ended_at = NOON
    mentorship(session, world.mentor, world.student)
    says(world, world.student, Again.YES)
    says(world, world.student, Again.NO)
    assert session.scalars(select(Recommendation.answer)).all() == [Again.NO]


def test_an_answer_goes_with_the_person_and_what_was_told_stays(session, world):
    answered(world, *MIXED)
    session.execute(delete(Mentorship).where(Mentorship.student_id != world.student.id))
    gone = session.scalars(select(Recommendation.person_id).order_by(Recommendation.id)).first()
    session.execute(delete(Person.metadata.tables["membership"]).where(
        Person.metadata.tables["membership"].c.person_id == gone
    ))  # fmt: skip
    session.execute(delete(AuditEntry).where(AuditEntry.actor_id == gone))
    session.execute(delete(Person).where(Person.id == gone))
    assert session.scalar(select(func.count()).select_from(Recommendation)) == 4
    assert told(world) == FIRST
