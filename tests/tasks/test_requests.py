"""The clock finds a question that nobody answers, and it goes on."""

from datetime import timedelta

import pytest
from factories.wishes import asked, policy, rank_list
from factories.world import World, membership, mentor, person
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.mentor_requests import RequestState
from lti_mentoring.models import MentorRequest
from lti_mentoring.tasks.requests import go_on


@pytest.fixture
def late(session):
    world = World(session)
    policy(session, world.track)
    student = world.another_student()
    who = person(session, world.institution)
    membership(session, world.context, who, is_student=False)
    rank_list(session, world.track, student, world.mentor, mentor(session, world.track, who))
    row = asked(session, world.mentor, student, reply_by=utcnow() - timedelta(minutes=1))
    session.commit()
    return row


def test_the_next_wish_is_asked_once_however_often_the_task_runs(app, session, late):
    for _ in range(2):
        go_on()
    session.rollback()
    states = session.scalars(select(MentorRequest.state).order_by(MentorRequest.id)).all()
    assert states == [RequestState.EXPIRED, RequestState.ASKED]
