"""Places are never exceeded, lists are placed as a whole or not at all, and moving a student loses nothing."""

import pytest
from factories.statements import counting
from factories.world import NOON, World, membership, mentor, person
from fixtures.at_once import at_once
from sqlalchemy import select, text

from lti_mentoring.db import ANNOUNCED
from lti_mentoring.domain.assigning import Obstacle, Wish
from lti_mentoring.domain.events import MailsWritten
from lti_mentoring.domain.matching.balanced import BalancedMatcher
from lti_mentoring.domain.mentorships import MentorshipState
from lti_mentoring.errors import NotFound
from lti_mentoring.letters import written
from lti_mentoring.models import AssignedBy, AuditEntry, Mail, Membership, MembershipStatus, Mentor, Mentorship
from lti_mentoring.queries.pairing import pairing
from lti_mentoring.services.assigning import (
    CapacityReached,
    PairImpossible,
    PlanChanged,
    assign,
    assign_all,
    end,
    propose,
    take_places,
    transfer,
)
from lti_mentoring.services.mailing import write_mails

pytestmark = pytest.mark.both_databases


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def other(session, world):
    return new_mentor(session, world, places=1, name="Dr Okafor")


def new_mentor(session, world, places=5, **columns):
    who = person(session, world.institution, **columns)
    membership(session, world.context, who, is_student=False)
    return mentor(session, world.track, who, places=places)


def give(session, world, student, guide):
    return assign(session, world.sitter(), world.track, student.id, guide.id, now=NOON)


def taken(session, guide):
    return session.scalars(select(Mentor.taken).where(Mentor.id == guide.id)).one()


def test_a_student_gets_a_mentor_a_place_is_taken_and_both_are_told(session, world, other):
    student = world.another_student(name="Tomás Ferreira")
    made = give(session, world, student, other)
    session.flush()
    assert (made.state, made.assigned_by, made.started_at) == (MentorshipState.ACTIVE, AssignedBy.HAND, NOON)
    assert taken(session, other) == 1
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "mentorship.assigned")).one()
    assert (entry.thing_id, entry.facts["how"]) == (made.id, "hand")
    mails = {mail.person_id: mail for mail in session.scalars(select(Mail))}
    assert set(mails) == {student.id, other.person_id}
    assert session.info[ANNOUNCED] == [MailsWritten(after=0, upto=max(mail.id for mail in mails.values()))]
    subjects = {number: written(mail.kind, mail.facts, "en") for number, mail in mails.items()}
    assert subjects[student.id][0] == "Dr Okafor is your mentor now"
    assert subjects[other.person_id][0] == "Tomás Ferreira is with you now"
    assert "Clinical mentorship (Clinical placement)" in subjects[student.id][1]


def test_the_last_place_is_given_once(session, world, other):
    give(session, world, world.another_student(), other)
    with pytest.raises(CapacityReached) as full:
        give(session, world, world.another_student(), other)
    assert full.value.facts == {"mentor_name": "Dr Okafor", "places": 1}


def test_a_pair_that_cannot_be_says_why(session, world, other):
    with pytest.raises(PairImpossible) as stopped:
        give(session, world, world.student, other)
    assert stopped.value.code == "pair_has_another_mentor"
    assert stopped.value.facts["other_mentor"] == "Dr Priya Raman"
    with pytest.raises(PairImpossible) as stopped:
        give(session, world, world.faculty, other)
    assert stopped.value.code == "pair_not_a_student"


def test_strangers_and_mentors_of_nowhere_are_not_found(session, world, other):
    with pytest.raises(NotFound):
        give(session, world, person(session, world.institution), other)
    other.active = False
    with pytest.raises(NotFound):
        give(session, world, world.another_student(), other)


def test_who_has_left_is_given_nobody(session, world, other):
    student = world.another_student()
    session.scalars(select(Membership).where(Membership.person_id == student.id)).one().status = MembershipStatus.LEFT
    with pytest.raises(PairImpossible) as stopped:
        give(session, world, student, other)
    assert stopped.value.code == "pair_student_left"


def test_a_list_is_placed_as_a_whole_or_not_at_all(session, world, other):
    first, second = world.another_student(), world.another_student()
    wishes = [Wish(2, first.id, other.id), Wish(3, second.id, other.id), Wish(4, world.student.id, other.id)]
    with pytest.raises(PlanChanged) as changed:
        assign_all(session, world.sitter(), world.track, wishes, AssignedBy.CSV, now=NOON)
    found = [(one.wish.number, one.obstacle) for one in changed.value.stopped]
    assert found == [(3, Obstacle.NO_ROOM), (4, Obstacle.HAS_ANOTHER_MENTOR)]
    assert taken(session, other) == 0
    wishes = [Wish(2, first.id, other.id), Wish(3, second.id, world.mentor.id)]
    made = assign_all(session, world.sitter(), world.track, wishes, AssignedBy.CSV, now=NOON)
    assert {one.assigned_by for one in made} == {AssignedBy.CSV}
    assert (taken(session, other), taken(session, world.mentor)) == (1, 2)


def test_a_mentor_with_several_new_students_gets_one_mail(session, world):
    students = [world.another_student() for _ in range(3)]
    wishes = [Wish(line, one.id, world.mentor.id) for line, one in enumerate(students)]
    assign_all(session, world.sitter(), world.track, wishes, AssignedBy.CSV, now=NOON)
    [mail] = session.scalars(select(Mail).where(Mail.person_id == world.guide.id)).all()
    assert written(mail.kind, mail.facts, "en")[0] == "3 students are with you now"


def test_an_empty_list_places_nobody(session, world):
    assert assign_all(session, world.sitter(), world.track, [], AssignedBy.CSV, now=NOON) == []


def test_placing_a_hundred_costs_as_many_statements_as_placing_ten(session, world):
    def statements(count):
        guide = new_mentor(session, world, places=200)
        wishes = [Wish(line, world.another_student().id, guide.id) for line in range(count)]
        session.flush()
        with counting(session) as sent:
            assign_all(session, world.sitter(), world.track, wishes, AssignedBy.CSV, now=NOON)
            session.flush()
        return len(sent)

    assert statements(10) == statements(100)


def test_a_guarded_statement_takes_all_places_or_none(session, world, other):
    students = [world.another_student() for _ in range(3)]
    there = pairing(session, world.track)
    wishes = [Wish(1, students[0].id, world.mentor.id)] + [Wish(2, one.id, other.id) for one in students[1:]]
    with pytest.raises(PlanChanged):
        take_places(session, wishes, there)


def test_no_letters_are_no_mails(session, world):
    write_mails(session, [], {}, institution_id=world.institution.id, context_id=None, now=NOON)
    assert session.scalars(select(Mail)).all() == []


def test_a_proposal_uses_every_place_and_says_who_is_left(session, world, other):
    students = [world.another_student(name=f"S{number}") for number in range(6)]
    pairs, left = propose(pairing(session, world.track), BalancedMatcher())
    assert len(pairs) == 5
    assert {pair.mentee_id for pair in pairs} | set(left) == {one.id for one in students}
    assert propose(pairing(session, world.track), BalancedMatcher()) == (pairs, left)


def test_a_mentor_who_has_left_is_proposed_nobody(session, world):
    session.scalars(
        select(Membership).where(Membership.person_id == world.guide.id)
    ).one().status = MembershipStatus.LEFT
    world.another_student()
    assert propose(pairing(session, world.track), BalancedMatcher())[0] == []


def test_moving_a_student_frees_the_old_place_and_keeps_the_old_mentorship(session, world, other):
    moved = transfer(session, world.sitter(), world.track, world.mentorship.id, other.id, "Both asked.", now=NOON)
    session.flush()
    assert (taken(session, world.mentor), taken(session, other)) == (0, 1)
    assert (world.mentorship.state, world.mentorship.ended_at) == (MentorshipState.TRANSFERRED, NOON)
    assert world.mentorship.end_reason == "Both asked."
    assert moved.student_id == world.student.id
    actions = session.scalars(
        select(AuditEntry.action).where(AuditEntry.thing == "mentorship").order_by(AuditEntry.id)
    ).all()
    assert sorted(actions) == ["mentorship.assigned", "mentorship.transferred"]


def test_a_student_cannot_be_moved_to_the_same_or_to_a_full_mentor(session, world, other):
    give(session, world, world.another_student(), other)
    session.commit()
    with pytest.raises(PairImpossible):
        transfer(session, world.sitter(), world.track, world.mentorship.id, world.mentor.id, "x", now=NOON)
    with pytest.raises(CapacityReached):
        transfer(session, world.sitter(), world.track, world.mentorship.id, other.id, "x", now=NOON)
    session.rollback()
    assert session.get(Mentorship, world.mentorship.id).ended_at is None
    assert taken(session, world.mentor) == 1


def test_an_ended_mentorship_frees_its_place_and_ends_once(session, world):
    ended = end(session, world.sitter(), world.mentorship.id, "Illness", now=NOON)
    session.flush()
    assert (ended.state, taken(session, world.mentor)) == (MentorshipState.ENDED, 0)
    with pytest.raises(NotFound):
        end(session, world.sitter(), world.mentorship.id, "Again", now=NOON)


def test_many_browsers_at_once_never_exceed_the_places(app, session, world, other):
    app.extensions["react"] = lambda _happened: None
    sitter, mentor_id, track_id = world.sitter(), other.id, world.track.id
    students = [world.another_student().id for _ in range(8)]
    other.places = 3
    session.commit()

    def work(student_id):
        def place(own):
            track = own.get_one(type(world.track), track_id)
            assign(own, sitter, track, student_id, mentor_id, now=NOON)

        return place

    outcomes = at_once(app, [work(number) for number in students])
    session.rollback()
    assert sorted(outcomes) == ["CapacityReached"] * 5 + ["done"] * 3
    assert session.scalar(text(f"SELECT taken FROM mentor WHERE id = {mentor_id}")) == 3
    open_ones = session.scalars(select(Mentorship.id).where(Mentorship.mentor_id == mentor_id)).all()
    assert len(open_ones) == 3


def test_one_student_given_to_several_mentors_at_once_gets_one(app, session, world):
    app.extensions["react"] = lambda _happened: None
    sitter, track_id, student = world.sitter(), world.track.id, world.another_student().id
    guides = [new_mentor(session, world).id for _ in range(4)]
    session.commit()

    def work(mentor_id):
        def place(own):
            assign(own, sitter, own.get_one(type(world.track), track_id), student, mentor_id, now=NOON)

        return place

    outcomes = at_once(app, [work(number) for number in guides])
    session.rollback()
    assert sorted(outcomes) == ["PairImpossible"] * 3 + ["done"]
    assert sum(session.scalars(select(Mentor.taken).where(Mentor.id.in_(guides)))) == 1


def test_students_moved_to_and_fro_at_once_never_wait_for_each_other_in_a_ring(app, session, world, other):
    app.extensions["react"] = lambda _happened: None
    other.places = 5
    back = give(session, world, world.another_student(), other)
    sitter, track_id = world.sitter(), world.track.id
    moves = [(world.mentorship.id, other.id), (back.id, world.mentor.id)]
    session.commit()

    def work(mentorship_id, mentor_id):
        def move(own):
            track = own.get_one(type(world.track), track_id)
            transfer(own, sitter, track, mentorship_id, mentor_id, "swap", now=NOON)

        return move

    assert at_once(app, [work(*one) for one in moves]) == ["done", "done"]
    session.rollback()
    assert (taken(session, world.mentor), taken(session, other)) == (1, 1)
