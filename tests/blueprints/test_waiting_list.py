"""The waiting list in front of faculty, and what a student reads who waits."""

import re
from datetime import timedelta

import pytest
from factories.browser import said, sit
from factories.rounds import drawn, new_mentor
from factories.statements import counting
from factories.wishes import asked, policy, rank_list
from factories.world import World
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.mentor_requests import RequestState
from lti_mentoring.domain.mentorships import EndCause
from lti_mentoring.domain.rank_lists import MatchingWay
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Membership, MembershipStatus, Mentorship, RankedMentor
from lti_mentoring.services.publishing import publish
from lti_mentoring.services.taking_back import take_back

DAY = timedelta(days=1)


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def faculty(app, session, world):
    return sit(app, session, world, SeatRole.FACULTY)


def ended(session, world, cause):
    pair = world.mentorship
    pair.ended_at, pair.end_cause = utcnow() - DAY, cause
    world.mentor.taken -= 1
    session.commit()


def home(app, session, world, who):
    return said(sit(app, session, world, SeatRole.STUDENT, who).get("/"))


def joined(session, who, at):
    session.scalars(select(Membership).where(Membership.person_id == who.id)).one().joined_at = at
    session.commit()


def test_nobody_waits_and_the_page_says_who_would(world, faculty):
    page = said(faculty.get("/waiting"))
    assert "Nobody waits for a mentor" in page
    assert "/waiting" not in faculty.get("/mentors").text


def test_the_page_of_mentors_leads_to_the_list_and_the_list_to_a_round(session, world, faculty):
    world.another_student(name="Layla")
    session.commit()
    assert "Who waits, since when, and why" in said(faculty.get("/mentors"))
    answer = faculty.get("/waiting")
    page = said(answer)
    assert "1 student waits for a mentor" in page
    assert "Layla Has had no mentor yet" in page
    assert "4 places are free." in page
    assert "Draw up a round for them" in page
    assert 'href="/rounds/new"' in answer.text


def test_a_round_for_those_who_wait_leaves_every_pair_as_it_is(session, world, faculty):
    late = world.another_student(name="Layla")
    joined(session, late, utcnow())
    before = session.scalars(select(Mentorship.id)).all()
    made = drawn(world, now=utcnow())
    session.commit()
    assert "The draft of round 1 holds this student. Look at the draft" in said(faculty.get("/waiting"))
    more = world.another_student(name="Mira")
    session.commit()
    page = said(faculty.get("/waiting"))
    assert "1 of them is not in the draft of round 1. Drawn up again, it holds everybody." in page
    publish(session, world.sitter(), made.id, now=utcnow())
    session.commit()
    assert session.scalars(select(Mentorship.id).where(Mentorship.ended_at.is_(None))).all()[:1] == before
    page = said(faculty.get("/waiting"))
    assert more.name in page
    assert "Layla" not in page


def test_without_a_free_place_the_next_step_is_another_mentor(session, world, faculty):
    world.mentor.places = world.mentor.taken
    world.another_student(name="Layla")
    session.commit()
    page = said(faculty.get("/waiting"))
    assert "No free place can be given now." in page
    assert "Tick more mentors" in page
    assert "no place free" in page


def test_somebody_is_placed_by_hand_and_one_comes_back_to_the_list(session, world, faculty):
    one = world.another_student(name="Layla")
    session.commit()
    answer = faculty.post(f"/students/{one.id}/mentor", {"mentor": world.mentor.id, "back": "waiting"})
    assert answer.location.startswith("/waiting?")
    assert "Nobody waits" in said(faculty.get("/waiting"))


@pytest.mark.parametrize(
    ("cause", "to_faculty", "to_student"),
    [
        (EndCause.MENTOR_LEFT, "Dr Priya Raman left the course", "Dr Priya Raman left the course."),
        (EndCause.MENTOR_STOPS, "Dr Priya Raman could not go on", "Dr Priya Raman could not go on."),
        (EndCause.STUDENT_LEFT, "Is back in the course; was with Dr Priya Raman", "You are back in the course."),
        (EndCause.OTHER, "Is with Dr Priya Raman no more", "Your mentorship with Dr Priya Raman has ended."),
    ],
)
def test_why_somebody_waits_whose_mentorship_ended(app, session, world, faculty, cause, to_faculty, to_student):
    ended(session, world, cause)
    assert to_faculty in said(faculty.get("/waiting"))
    page = home(app, session, world, world.student)
    assert f"{to_student} All that you have done is kept. You have waited since" in page
    assert "Your course team chooses somebody, and you get a mail." in page


def test_who_was_passed_over_reads_that_they_come_first(app, session, world, faculty):
    world.mentor.places = world.mentor.taken
    one = world.another_student(name="Layla")
    guide = new_mentor(world, 1)
    lucky = world.another_student()
    for who in (one, lucky):
        rank_list(session, world.track, who, guide)
    publish(session, world.sitter(), drawn(world).id, now=utcnow())
    session.commit()
    page = said(faculty.get("/waiting"))
    assert "passed over once: first among equals in the next round" in page
    waiting = one if one.name in page else lucky
    assert "The last round had no place for you: among equals you come first in the next one." in home(
        app, session, world, waiting
    )


def test_whose_round_was_taken_back_and_who_came_late_read_it(app, session, world, faculty):
    one = world.another_student(name="Layla")
    rank_list(session, world.track, one, world.mentor)
    made = drawn(world)
    publish(session, world.sitter(), made.id, now=utcnow())
    take_back(session, world.sitter(), made.id, now=utcnow())
    late = world.another_student(name="Mira")
    joined(session, late, utcnow() + DAY)
    page = said(faculty.get("/waiting"))
    assert "The round that gave a mentor was taken back" in page
    assert re.search(r"Mira Joined on .*, after the others had mentors", page)
    assert "The round that had given you a mentor was taken back." in home(app, session, world, one)
    assert "You came after the others had their mentors." in home(app, session, world, late)


def test_who_asks_and_whom_nobody_accepted(app, session, world, faculty):
    policy(session, world.track)
    one = world.another_student(name="Layla")
    question = asked(session, world.mentor, one)
    session.commit()
    assert "Asks a mentor; the answer is due on" in said(faculty.get("/waiting"))
    assert "You get a mail as soon as somebody is your mentor." in home(app, session, world, one)
    question.state, question.answered_at = RequestState.DECLINED, utcnow()
    session.commit()
    assert "Asked, and nobody could say yes" in said(faculty.get("/waiting"))
    page = home(app, session, world, one)
    assert "Whom you asked could not say yes this time." in page
    assert "State my wishes" in page
    rank_list(session, world.track, one, (world.mentor,))
    session.commit()
    assert "Change my wishes" in home(app, session, world, one)


def test_a_late_joiner_states_wishes_after_the_last_day_and_others_do_not(app, session, world):
    today = utcnow().date()
    policy(session, world.track, MatchingWay.ROUNDS, wishes_until=today - 2 * DAY)
    late, early = world.another_student(name="Layla"), world.another_student(name="Tomás")
    joined(session, late, utcnow())
    sent = {"version": "0", f"tier-{world.mentor.id}": "1", "do": "keep"}
    browser = sit(app, session, world, SeatRole.STUDENT, late)
    assert "Your course team matches everybody who waits, and you get a mail. State my wishes" in said(browser.get("/"))
    assert "Wishes can be given at any time." in said(browser.get("/wishes"))
    assert browser.post("/wishes", sent).status_code == 303
    assert sit(app, session, world, SeatRole.STUDENT, early).post("/wishes", sent).status_code == 409
    session.rollback()
    assert len(session.scalars(select(RankedMentor)).all()) == 1


def test_who_left_the_course_does_not_wait(app, session, world):
    one = world.another_student()
    session.scalars(select(Membership).where(Membership.person_id == one.id)).one().status = MembershipStatus.LEFT
    assert "You have waited" not in home(app, session, world, one)


def test_the_list_has_pages(session, world, faculty):
    for number in range(30):
        world.another_student(name=f"Student {number:02}")
    session.commit()
    assert "Page 1 of 2" in said(faculty.get("/waiting"))
    part = faculty.get("/waiting?page=2", headers={"HX-Request": "true"})
    assert said(part).startswith("Who waits, the longest first")
    assert "Student 29" in said(part)


@pytest.mark.parametrize("role", [SeatRole.STUDENT, SeatRole.MENTOR])
def test_only_faculty_see_the_list(app, session, world, role):
    assert sit(app, session, world, role).get("/waiting").status_code == 403


def test_the_page_needs_as_many_statements_for_sixty_as_for_one(session, world, faculty):
    def statements():
        with counting(session) as sent:
            assert faculty.get("/waiting").status_code == 200
        return len(sent)

    world.another_student()
    session.commit()
    few = statements()
    for _ in range(60):
        world.another_student()
    session.commit()
    assert statements() == few
