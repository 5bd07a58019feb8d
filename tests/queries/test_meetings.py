"""Meetings as each of the two reads them; numbers for faculty; and by whose clock."""

from datetime import timedelta

import pytest
from factories.meetings import TOMORROW, agreed, met, proposed
from factories.statements import counting
from factories.world import NOON, World, membership, mentor, mentorship, person

from lti_mentoring.domain.meetings import Stands
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.vocabularies import MentoringDomain
from lti_mentoring.errors import NotFound
from lti_mentoring.queries.board import read_student
from lti_mentoring.queries.meetings import (
    HeldMeetings,
    agreed_meanwhile,
    held_with,
    meetings_by_domain,
    my_meeting,
    my_meetings,
    partners,
    unsettled,
)
from lti_mentoring.services import meetings

STUDENT, MENTOR = SeatRole.STUDENT, SeatRole.MENTOR
CAREER, RESEARCH = MentoringDomain.CAREER, MentoringDomain.RESEARCH


@pytest.fixture
def world(session):
    made = World(session)
    made.guides, made.learns = made.sitter(role=MENTOR), made.sitter(role=STUDENT)
    return made


def another_mentor(world, name="Dr Marta Oliveira"):
    who = person(world.session, world.institution, name=name)
    membership(world.session, world.context, who, is_student=False)
    return mentor(world.session, world.track, who, made_by_id=world.faculty.id)


@pytest.mark.both_databases
def test_each_finds_every_meeting_where_the_own_turn_is(session, world):
    asked, coming, held = proposed(session, world, agenda="The audit"), agreed(session, world), met(session, world)
    began = NOON - timedelta(hours=2)
    over = agreed(session, world, starts_at=began, now=began - timedelta(days=1))
    off = agreed(session, world, starts_at=TOMORROW + timedelta(days=3))
    meetings.cancel(session, world.guides, off.id, 2, now=NOON)

    def numbers(sitter):
        found = my_meetings(session, sitter, now=NOON)
        return {one: [view.meeting_id for view in views] for one, views in found.items() if views}

    both = {Stands.COMING: [coming.id], Stands.RECORD: [over.id], Stands.PAST: [off.id, held.id]}
    assert numbers(world.guides) == {**both, Stands.ASKED: [asked.id]}
    assert numbers(world.learns) == {**both, Stands.ANSWER: [asked.id]}
    assert [one.meeting_id for one in unsettled(session, world.learns)] == [over.id, asked.id, coming.id]
    assert my_meeting(session, world.learns, asked.id).other == "Dr Priya Raman"
    assert my_meeting(session, world.guides, asked.id).other == "Amina Yusuf"


def test_whoever_mentors_a_student_next_reads_nothing_of_former_meetings(session, world):
    made = met(session, world)
    world.mentorship.ended_at = NOON
    new = another_mentor(world)
    mentorship(session, new, world.student)
    after = world.sitter(new.person, MENTOR)
    assert not any(my_meetings(session, after, now=NOON).values())
    with pytest.raises(NotFound):
        my_meeting(session, after, made.id)
    assert my_meeting(session, world.guides, made.id).ended
    assert my_meeting(session, world.learns, made.id).agenda


def test_faculty_are_none_of_the_two_even_where_they_mentor(session, world):
    made = met(session, world)
    for by in (world.sitter(), world.sitter(world.guide, SeatRole.FACULTY)):
        assert not any(my_meetings(session, by, now=NOON).values())
        assert partners(session, by, world.track) == ()
        with pytest.raises(NotFound):
            my_meeting(session, by, made.id)


def test_one_meets_whom_one_works_with_now(session, world):
    world.track.mentor_roles = [{"key": "", "name": "Clinical"}, {"key": "research", "name": "Research"}]
    other = another_mentor(world)
    mentorship(session, other, world.student, role="research")
    mentorship(session, world.mentor, world.another_student(name="Zoë"), ended_at=NOON)
    mine = [(one.name, one.role_name) for one in partners(session, world.learns, world.track)]
    assert mine == [("Dr Marta Oliveira", "Research"), ("Dr Priya Raman", "Clinical")]
    assert [one.name for one in partners(session, world.guides, world.track)] == ["Amina Yusuf"]


@pytest.mark.both_databases
def test_another_meeting_at_the_same_time_is_found_in_any_course(session, world):
    here = proposed(session, world)
    assert agreed_meanwhile(session, world.learns, TOMORROW, 30, but=0) is None
    meetings.agree(session, world.learns, here.id, 1, now=NOON)
    assert agreed_meanwhile(session, world.learns, TOMORROW, 30, but=here.id) is None
    elsewhere = world.sitter(role=STUDENT, track_id=None)
    found = agreed_meanwhile(session, elsewhere, TOMORROW + timedelta(minutes=29), 30, but=0)
    assert (found.meeting_id, found.other) == (here.id, "Dr Priya Raman")
    for away in (timedelta(minutes=30), timedelta(minutes=-30)):
        assert agreed_meanwhile(session, world.learns, TOMORROW + away, 30, but=0) is None
    assert agreed_meanwhile(session, world.sitter(world.another_student(), STUDENT), TOMORROW, 30, but=0) is None


@pytest.mark.both_databases
def test_faculty_read_how_many_were_held_and_when_the_last(session, world):
    assert held_with(session, world.track, world.student.id) == HeldMeetings(0, None)
    for days in (9, 2, 5):
        met(session, world, ago=timedelta(days=days))
    agreed(session, world)
    assert held_with(session, world.track, world.student.id) == HeldMeetings(3, NOON - timedelta(days=2))
    page = read_student(session, world.sitter(), world.student.id, today=NOON.date())
    assert page.meetings.number == 3


@pytest.mark.both_databases
def test_the_meetings_of_a_track_are_told_by_domain(session, world):
    assert meetings_by_domain(session, world.track) == dict.fromkeys(MentoringDomain, 0)
    met(session, world, domains=(CAREER,))
    met(session, world, domains=(CAREER, RESEARCH))
    met(session, world, domains=(RESEARCH, CAREER))
    agreed(session, world, domains=(MentoringDomain.ACADEMIC,))
    World(session)
    with counting(session) as sent:
        found = meetings_by_domain(session, world.track)
    assert found == {**dict.fromkeys(MentoringDomain, 0), RESEARCH: 2, CAREER: 3}
    assert list(found) == list(MentoringDomain)
    assert len(sent) == 1


@pytest.mark.parametrize("rows", [1, 30])
def test_as_many_statements_whatever_the_number(session, world, rows):
    for _ in range(rows):
        agreed(session, world)
        met(session, world)
    session.commit()
    assert world.track.roles
    with counting(session) as sent:
        found = my_meetings(session, world.learns, now=NOON)
        assert len(found[Stands.COMING]) == len(found[Stands.PAST]) == rows
        assert partners(session, world.guides, world.track)
        assert held_with(session, world.track, world.student.id).number == rows
        assert agreed_meanwhile(session, world.learns, TOMORROW, 30, but=0)
    assert len(sent) == 5
