"""Progress of many, the queues of those who sign, and what was said last."""

from datetime import date, timedelta

import pytest
from factories.meetings import agreed
from factories.statements import counting
from factories.world import NOON, World, instrument, mentor, mentorship, person, track

from lti_mentoring.domain.instruments import SHIPPED
from lti_mentoring.domain.mentorships import MentorshipState
from lti_mentoring.domain.milestones import ProgressState, Proof, Signer
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.vocabularies import MentoringDomain
from lti_mentoring.queries.milestones import last_words, track_progress, waiting_for_mentor
from lti_mentoring.services import assessments, evidence, meetings, milestones
from lti_mentoring.services.evidence import Sending

TODAY = NOON.date()


@pytest.fixture
def world(session):
    made = World(session)
    made.mentorship.started_at = NOON
    session.flush()
    return made


def send(session, world, milestone, text="Words.", *, who=None, version=1, now=NOON, **parts):
    sitter = world.sitter(who or world.student, SeatRole.STUDENT)
    return evidence.send(session, sitter, milestone.id, Sending(version, text, **parts), None, limit=10, now=now)


def send_back(session, world, milestone, words="Make the goal smaller.", *, version=2):
    sitter = world.sitter(role=SeatRole.MENTOR)
    milestones.send_back(session, sitter, world.student.id, milestone.id, words, version, now=NOON)


def mentors_queue(session, world, today=TODAY):
    return waiting_for_mentor(session, world.sitter(role=SeatRole.MENTOR), today=today)


def test_progress_counts_from_the_first_mentorship_and_an_own_date_comes_first(session, world):
    first, second, third = world.track.milestones
    world.mentorship.ended_at = NOON
    world.mentorship.started_at = NOON - timedelta(days=20)
    session.flush()
    mentorship(session, world.mentor, world.student, started_at=NOON)
    milestones.extend(
        session, world.sitter(), world.student.id, second.id, date(2026, 12, 24), "She was ill.", 1, now=NOON
    )
    way = track_progress(session, world.track.id, [world.student.id], today=TODAY)[world.student.id]
    assert [one.due for one in way.milestones] == [date(2026, 11, 17), date(2026, 12, 24), date(2026, 12, 15)]
    assert [one.milestone_id for one in way.overdue] == [first.id]
    assert way.milestones[0].days_late == 6
    assert way.knots == ("late", "next", "next")
    assert third.id == way.milestones[2].milestone_id


def test_a_mentorship_that_never_began_sets_no_dates(session, world):
    world.mentorship.state = MentorshipState.DECLINED
    session.flush()
    way = track_progress(session, world.track.id, [world.student.id], today=TODAY)[world.student.id]
    assert {one.due for one in way.milestones} == {None}


def test_everybody_is_every_student_of_the_course_and_everybody_paired(session, world):
    other = world.another_student()
    outside = person(session, world.institution)
    mentorship(session, world.mentor, outside)
    assert set(track_progress(session, world.track.id, None, today=TODAY)) == {world.student.id, other.id, outside.id}


def test_a_retired_milestone_is_not_asked_for(session, world):
    world.track.milestones[1].retired_at = NOON
    session.flush()
    way = track_progress(session, world.track.id, [world.student.id], today=TODAY)[world.student.id]
    assert way.total == 2


@pytest.mark.parametrize("students", [3, 40])
def test_the_number_of_statements_does_not_grow(session, students):
    world = World(session)
    world.mentor.places = 100
    for _number in range(students - 1):
        other = world.another_student()
        mentorship(session, world.mentor, other)
        send(session, world, world.track.milestones[0], who=other)
    with counting(session) as sent:
        track_progress(session, world.track.id, None, today=TODAY)
    assert len(sent) <= 4
    with counting(session) as sent:
        mentors_queue(session, world)
    assert len(sent) <= 7


def test_the_mentor_sees_what_was_sent_longest_wait_first(session, world):
    first, second, _third = world.track.milestones
    other = world.another_student(name="Omar Khatib")
    mentorship(session, world.mentor, other)
    send(session, world, second, "word " * 400, now=NOON + timedelta(hours=1))
    send(session, world, first, who=other, url="https://slides.example.edu/a")
    queue = mentors_queue(session, world)
    assert [(one.kind, one.student_name, one.minutes, one.number) for one in queue] == [
        ("read", "Omar Khatib", 4, 1),
        ("read", "Amina Yusuf", 2, 1),
    ]
    assert queue[0].since == NOON


def test_the_newest_sending_counts_and_a_withdrawn_one_does_not(session, world):
    first = world.track.milestones[0]
    send(session, world, first)
    second = send(session, world, first, "More words.", version=2)
    assert mentors_queue(session, world)[0].number == 2
    evidence.withdraw(session, world.sitter(role=SeatRole.STUDENT), second.id, now=NOON)
    assert mentors_queue(session, world)[0].number == 1


def test_forms_and_words_wait_when_their_turn_has_come(session, world):
    first, second, third = world.track.milestones
    first.proof, second.proof, third.proof = Proof.WORD, Proof.ASSESSMENT, Proof.ASSESSMENT
    second.instrument = third.instrument = instrument(session, world.institution, SHIPPED[0].definition)
    session.flush()
    assert [(one.kind, one.milestone_id, one.minutes) for one in mentors_queue(session, world)] == [
        ("sign", first.id, 1)
    ]
    milestones.accept(session, world.sitter(role=SeatRole.MENTOR), world.student.id, first.id, "", 1, now=NOON)
    assert [(one.kind, one.milestone_id, one.minutes) for one in mentors_queue(session, world)] == [
        ("assess", second.id, 2)
    ]
    sent = {"entrustment": ["2"]}
    sitter = world.sitter(role=SeatRole.MENTOR)
    assessments.save_draft(session, sitter, world.student.id, third.id, sent, now=NOON)
    assert [one.milestone_id for one in mentors_queue(session, world)] == [second.id, third.id]
    late = mentors_queue(session, world, today=TODAY + timedelta(days=100))
    assert [one.overdue for one in late] == [True, True]


def test_what_waits_for_the_student_waits_for_nobody_else(session, world):
    send(session, world, world.track.milestones[0])
    send_back(session, world, world.track.milestones[0])
    assert mentors_queue(session, world) == ()


def test_what_faculty_sign_or_decide_does_not_wait_for_the_mentor(session, world):
    first, second, third = world.track.milestones
    second.signer = Signer.FACULTY
    send(session, world, first)
    send_back(session, world, first)
    milestones.appeal(session, world.sitter(role=SeatRole.STUDENT), first.id, "It was agreed before.", 3, now=NOON)
    send(session, world, second)
    send(session, world, third)
    assert [one.milestone_id for one in mentors_queue(session, world)] == [third.id]


def test_a_seat_without_a_track_has_an_empty_queue(session, world):
    nowhere = world.sitter(track_id=None)
    assert waiting_for_mentor(session, nowhere, today=TODAY) == ()


def test_another_mentor_has_a_queue_of_their_own(session, world):
    send(session, world, world.track.milestones[0])
    other = person(session, world.institution)
    mentor(session, world.track, other)
    assert waiting_for_mentor(session, world.sitter(other, SeatRole.MENTOR), today=TODAY) == ()


def test_the_last_words_are_those_of_somebody_else(session, world):
    first = world.track.milestones[0]
    assert last_words(session, world.student.id, world.track.id) is None
    send(session, world, first)
    send_back(session, world, first)
    milestones.appeal(session, world.sitter(role=SeatRole.STUDENT), first.id, "I do not agree.", 3, now=NOON)
    said = last_words(session, world.student.id, world.track.id)
    assert (said.text, said.by_name, said.by_mentor) == ("Make the goal smaller.", "Dr Priya Raman", True)
    assert (said.milestone_title, said.kind, said.at) == ("Milestone 1", "returned", NOON)
    milestones.decide_appeal(
        session, world.sitter(), world.student.id, first.id, False, "It stays as it is.", 4, now=NOON
    )
    said = last_words(session, world.student.id, world.track.id)
    assert (said.by_name, said.by_mentor) == ("Prof Hanna Lindqvist", False)


def test_another_track_of_the_course_is_another_way(session, world):
    second = track(session, world.context)
    way = track_progress(session, second.id, [world.student.id], today=TODAY)[world.student.id]
    assert {one.state for one in way.milestones} == {ProgressState.OPEN}


def test_what_was_just_sent_back_is_the_students_turn_until_it_is_late(session, world):
    first = world.track.milestones[0]
    send(session, world, first)
    send_back(session, world, first)
    first.proof = Proof.ASSESSMENT
    session.flush()
    assert mentors_queue(session, world) == ()
    (late,) = mentors_queue(session, world, today=TODAY + timedelta(days=60))[:1]
    assert (late.kind, late.milestone_id) == ("assess", first.id)


def test_what_somebody_says_of_a_meeting_or_an_activity_waits_under_its_own_name(session, world):
    first, second, _third = world.track.milestones
    first.proof, second.proof = Proof.ACTIVITY, Proof.MEETING
    session.flush()
    assert mentors_queue(session, world) == ()
    send(session, world, first, "")
    began = NOON - timedelta(days=1)
    made = agreed(session, world, starts_at=began, now=began - timedelta(days=1), milestone_id=second.id)
    student = world.sitter(role=SeatRole.STUDENT)
    meetings.record_met(session, student, made.id, made.version, 30, (MentoringDomain.CAREER,), now=NOON)
    assert {(one.kind, one.milestone_id, one.since) for one in mentors_queue(session, world)} == {
        ("done", first.id, NOON), ("met", second.id, NOON),
    }  # fmt: skip
