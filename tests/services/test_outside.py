"""Where an outside mentor sits: in one course at a time, as long as they mentor there."""

import pytest
from factories.accounts import administrator, signed_in
from factories.outside import outsider
from factories.world import NOON, World, mentorship
from sqlalchemy import select

from lti_mentoring.errors import NotFound
from lti_mentoring.models import Seat, SignInSession, TrackState
from lti_mentoring.queries.outside import places_of
from lti_mentoring.queries.seats import find_outside_sitter
from lti_mentoring.services import mentors, outside
from lti_mentoring.services.accounts import begin_session


@pytest.fixture
def world(session):
    return World(session)


def seat_of(session, made, secret=None):
    made.secret = secret or made.secret
    holder = made.holder(session)
    return find_outside_sitter(session, holder.seat_id, holder.account_id, now=NOON) if holder.seat_id else None


@pytest.mark.both_databases
def test_who_mentors_in_one_track_sits_there_at_once_and_who_mentors_in_several_chooses(session, world):
    made = outsider(session, world)
    assert seat_of(session, made).track_id == world.track.id
    there = World(session, inside=world.deployment)
    other = outsider(session, there)
    assert seat_of(session, made, other.secret) is None
    outside.sit(session, made.holder(session), other.mentor.id, now=NOON)
    assert seat_of(session, made).context_id == there.context.id
    outside.sit(session, made.holder(session), made.mentor.id, now=NOON)
    assert seat_of(session, made).context_id == world.context.id
    ended = [one.ended_at for one in session.scalars(select(Seat).where(Seat.context_ref == there.context.id))]
    assert ended == [NOON]


def test_the_list_of_courses_says_how_many_students_wait_there(session, world):
    made = outsider(session, world)
    mentorship(session, made.mentor, world.another_student())
    (place,) = places_of(session, made.account.id)
    assert (place.track, place.course, place.students) == (world.track.title, world.context.title, 1)


def test_a_place_of_somebody_else_is_not_there(session, world):
    made = outsider(session, world)
    for other in (outsider(session, world, "other@clinic.example").mentor, world.mentor):
        with pytest.raises(NotFound):
            outside.sit(session, made.holder(session), other.id, now=NOON)


def test_the_seat_ends_when_faculty_take_the_tick_away(session, world):
    made = outsider(session, world)
    mentors.untick(session, world.sitter(), made.mentor.id, now=NOON)
    assert seat_of(session, made) is None
    assert places_of(session, made.account.id) == ()


def test_the_seat_ends_when_the_track_is_closed(session, world):
    made = outsider(session, world)
    world.track.state = TrackState.CLOSED
    session.flush()
    assert seat_of(session, made) is None


def test_who_mentors_nowhere_any_more_comes_in_and_sits_nowhere(session, world):
    made = outsider(session, world)
    mentors.untick(session, world.sitter(), made.mentor.id, now=NOON)
    secret = begin_session(session, made.account, None, now=NOON)
    assert seat_of(session, made, secret) is None


def test_an_administrators_session_takes_no_seat(session, world):
    signed_in(session, administrator(session, world.institution))
    assert [one.seat_id for one in session.scalars(select(SignInSession))] == [None]
