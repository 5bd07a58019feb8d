"""Asking a mentor and answering, as two browsers do it."""

import re
from datetime import timedelta

import pytest
from factories.browser import sit, text_of
from factories.wishes import asked, policy, rank_list
from factories.world import NOON, World, membership, mentor, person
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.mentor_requests import RequestState
from lti_mentoring.domain.rank_lists import MatchingWay
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import MentorRequest, TrackState

STUDENT, MENTOR, FACULTY = SeatRole.STUDENT, SeatRole.MENTOR, SeatRole.FACULTY


@pytest.fixture
def world(session):
    made = World(session)
    made.policy = policy(session, made.track)
    made.asking = made.another_student(name="Tomás")
    who = person(session, made.institution, name="Dr Berg")
    membership(session, made.context, who, is_student=False)
    made.berg = mentor(session, made.track, who)
    rank_list(session, made.track, made.asking, made.mentor, made.berg)
    return made


@pytest.fixture
def student(app, session, world):
    return sit(app, session, world, STUDENT, world.asking)


@pytest.fixture
def guide(app, session, world):
    return sit(app, session, world, MENTOR)


def newest(session):
    session.rollback()
    return session.scalars(select(MentorRequest).order_by(MentorRequest.id.desc())).first()


def ask(student, **more):
    return student.post("/asking", {"message": "I like <wards>.", **more})


def test_a_student_asks_and_the_mentor_says_yes_from_the_first_card(session, student, guide):
    assert "Ask your first wish" in text_of(student.get("/"))
    assert "Ask Dr Priya Raman to be your mentor" in text_of(student.get("/asking"))
    assert ask(student).status_code == 303
    assert "Dr Priya Raman has your question" in text_of(student.get("/"))
    home = guide.get("/")
    assert "Tomás asks you to be their mentor" in text_of(home)
    address = re.search(r'href="(/requests/\d+)"', home.text).group(1)
    assert "I like &lt;wards&gt;." in guide.get(address).text
    assert guide.post(f"{address}/accept").status_code == 303
    assert "Your mentor" in text_of(student.get("/"))
    assert guide.get(address).status_code == 404
    assert guide.post(f"{address}/accept").status_code == 409


def test_a_no_leads_on_and_the_student_never_reads_why(session, student, guide):
    ask(student)
    number = newest(session).id
    assert guide.post(f"/requests/{number}/decline", {"reason": "x" * 400}).status_code == 422
    assert guide.post(f"/requests/{number}/decline", {"reason": "Too loud."}).status_code == 303
    said = text_of(student.get("/asking"))
    assert "Dr Berg has your question" in said
    assert "could not say yes this time" in said
    assert "loud" not in said


def test_a_student_sees_the_place_in_the_queue_and_takes_the_question_back(session, world, student):
    for _number in range(2):
        asked(session, world.mentor, world.another_student())
    world.mentor.places = world.mentor.taken
    session.commit()
    ask(student)
    said = text_of(student.get("/asking"))
    assert "You are number 3 of those who wait for an answer" in said
    assert "has no free place at the moment" in said
    assert student.post(f"/asking/{newest(session).id}/withdraw").status_code == 303
    assert "taken back" in text_of(student.get("/asking"))


def test_a_yes_without_a_place_asks_the_next_wish(session, world, student, guide):
    ask(student)
    world.mentor.places = world.mentor.taken
    session.commit()
    answer = guide.post(f"/requests/{newest(session).id}/accept")
    assert answer.status_code == 303
    assert newest(session).mentor_id == world.berg.id


def test_a_mentor_sees_all_who_ask_and_a_closed_track_none(session, world, guide):
    for number in range(2):
        asked(session, world.mentor, world.another_student(name=f"Student {number}"), message="")
    session.commit()
    said = text_of(guide.get("/"))
    assert "2 students ask you" in said
    assert "They ask you, too" in said
    assert guide.get(f"/requests/{newest(session).id}").status_code == 200
    world.track.state = TrackState.CLOSED
    session.commit()
    assert "ask you" not in text_of(guide.get("/"))


def test_a_message_that_is_too_long_is_kept(student):
    answer = ask(student, message="x" * 700)
    assert answer.status_code == 422
    assert "x" * 700 in answer.text


def test_when_nobody_is_left_the_page_says_what_to_do(session, world, student):
    for one in (world.mentor, world.berg):
        asked(session, one, world.asking, state=RequestState.EXPIRED)
    session.commit()
    assert "Add another mentor to your wishes" in text_of(student.get("/asking"))
    assert ask(student).status_code == 409
    world.policy.wishes_until = NOON.date() - timedelta(days=400)
    session.commit()
    assert "Your course team can help." in text_of(student.get("/asking"))


def test_who_has_a_mentor_and_a_track_without_asking_have_nobody_to_ask(app, session, world, student):
    first = sit(app, session, world, STUDENT)
    assert "nobody to ask here now" in text_of(first.get("/asking"))
    assert first.post("/asking").status_code == 409
    world.track.state, world.track.published_at = TrackState.DRAFT, None
    session.commit()
    assert "still setting this up" in text_of(student.get("/asking"))


@pytest.mark.parametrize("way", [MatchingWay.REQUESTS, MatchingWay.ROUNDS])
def test_the_first_card_asks_for_wishes_until_they_are_given(app, session, world, way):
    world.policy.way, world.policy.wishes_until = way, (utcnow() + timedelta(days=3)).date()
    newcomer = sit(app, session, world, STUDENT, world.another_student())
    said = text_of(newcomer.get("/"))
    assert "Say whom you would like as mentor" in said
    assert "Until " in said
    given = text_of(sit(app, session, world, STUDENT, world.asking).get("/"))
    assert ("Ask your first wish" if way is MatchingWay.REQUESTS else "Your mentor is not chosen yet") in given
    assert "y wishes" in given


def test_after_the_last_day_the_card_waits(app, session, world):
    world.policy.wishes_until = NOON.date() - timedelta(days=400)
    session.commit()
    assert "Your mentor is not chosen yet" in text_of(sit(app, session, world, STUDENT, world.asking).get("/"))
