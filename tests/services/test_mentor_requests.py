"""Asking, answering, taking back, going on: each once, and nobody is lost on the way."""

import threading
from datetime import date, timedelta

import pytest
from factories.profiles import profile
from factories.tests import first_a_test, taken, trained
from factories.wishes import asked, policy, rank_list, veto
from factories.world import NOON, World, membership, mentor, mentorship, person
from sqlalchemy import select

from lti_mentoring.db import unit_of_work
from lti_mentoring.domain.mentor_requests import NobodyToAsk, NotAsking, PassFirst, RequestOver, RequestState
from lti_mentoring.domain.rank_lists import MatchingWay, WishesClosed
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.letters import written
from lti_mentoring.models import (
    AssignedBy,
    AuditEntry,
    Mail,
    Membership,
    MembershipStatus,
    Mentor,
    MentorRequest,
    Mentorship,
    Track,
    TrackState,
)
from lti_mentoring.services import mentor_requests as services
from lti_mentoring.services.assigning import PairImpossible, assign
from lti_mentoring.services.request_upkeep import find_due_requests, settle

pytestmark = pytest.mark.both_databases
S = RequestState
LATER = NOON + timedelta(days=3)


@pytest.fixture
def world(session):
    made = World(session)
    made.policy = policy(session, made.track, wishes_until=NOON.date())
    return made


@pytest.fixture
def guides(session, world):
    """Three mentors with two places each, as one student wishes for them."""
    return [guide(session, world, f"Dr {letter}") for letter in "ABC"]


@pytest.fixture
def student(session, world, guides):
    who = world.another_student(name="Tom\u00e1s")
    rank_list(session, world.track, who, *guides)
    return who


def guide(session, world, name, places=2):
    who = person(session, world.institution, name=name)
    membership(session, world.context, who, is_student=False)
    return mentor(session, world.track, who, places=places)


def ask(session, world, student, message="I like wards.", now=NOON):
    return services.ask(session, world.sitter(student, SeatRole.STUDENT), world.track, message, now=now)


def at(session, world, guide):
    return world.sitter(session.get_one(type(world.guide), guide.person_id), SeatRole.MENTOR)


def say_yes(session, world, guide, request):
    return services.accept(session, at(session, world, guide), world.track, request.id, now=NOON)


def say_no(session, world, guide, request, reason=""):
    services.decline(session, at(session, world, guide), world.track, request.id, reason, now=NOON)


def course_of(session, student):
    """What became of all that a student asked, in order."""
    session.expire_all()
    rows = session.scalars(
        select(MentorRequest).where(MentorRequest.student_id == student.id).order_by(MentorRequest.id)
    )
    return [(row.mentor_id, row.state) for row in rows]


def mails(session):
    return [(mail.kind, mail.facts.get("to", "")) for mail in session.scalars(select(Mail).order_by(Mail.id))]


def actions(session):
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_the_first_wish_is_asked_and_the_mentor_is_told(session, world, guides, student):
    made = ask(session, world, student)
    assert (made.mentor_id, made.position, made.message) == (guides[0].id, 1, "I like wards.")
    assert made.reply_by == LATER
    assert mails(session) == [("mentor_asked", "")]
    assert actions(session) == ["request.asked"]


def test_asking_again_while_one_is_asked_is_the_same_question(session, world, student):
    assert ask(session, world, student).id == ask(session, world, student, "Twice.").id
    assert mails(session) == [("mentor_asked", "")]


def test_nobody_asks_with_a_mentor_by_hand_too_late_or_without_wishes(session, world, guides, student):
    with pytest.raises(NotAsking):
        ask(session, world, world.student)
    with pytest.raises(NobodyToAsk):
        ask(session, world, world.another_student())
    with pytest.raises(WishesClosed):
        ask(session, world, student, now=NOON + timedelta(days=1))
    world.policy.way = MatchingWay.ROUNDS
    with pytest.raises(NotAsking):
        ask(session, world, student)


def test_a_yes_takes_a_place_and_both_are_told_once(session, world, guides, student):
    made = say_yes(session, world, guides[0], ask(session, world, student))
    assert (made.student_id, made.assigned_by) == (student.id, AssignedBy.REQUEST)
    assert session.scalar(select(Mentor.taken).where(Mentor.id == guides[0].id)) == 1
    assert course_of(session, student) == [(guides[0].id, S.ACCEPTED)]
    assert mails(session) == [("mentor_asked", ""), ("request_accepted", "")]


def test_a_no_goes_on_to_the_next_wish_with_the_same_words_and_no_reason(session, world, guides, student):
    say_no(session, world, guides[0], ask(session, world, student), "Too loud.")
    assert course_of(session, student) == [(guides[0].id, S.DECLINED), (guides[1].id, S.ASKED)]
    following = session.scalars(select(MentorRequest).where(MentorRequest.state == S.ASKED)).one()
    assert (following.message, following.position) == ("I like wards.", 2)
    told = [written(mail.kind, mail.facts, None) for mail in session.scalars(select(Mail).order_by(Mail.id))]
    assert [subject for subject, _ in told] == [
        "Tom\u00e1s asks you to be their mentor: about 1 min to answer",
        "Tom\u00e1s asks you to be their mentor: about 1 min to answer",
        "Dr B is asked now",
    ]
    assert not [text for text in told if "loud" in str(text) or "wards" in str(text)]


def test_when_nobody_is_left_the_student_and_faculty_are_told(session, world, guides, student):
    open_one = ask(session, world, student)
    for one in guides:
        say_no(session, world, one, open_one)
        open_one = session.scalars(select(MentorRequest).order_by(MentorRequest.id.desc())).first()
    assert [state for _, state in course_of(session, student)] == [S.DECLINED] * 3
    last = mails(session)[-2:]
    assert last == [("wishes_exhausted", "student"), ("wishes_exhausted", "faculty")]
    for mail in session.scalars(select(Mail).where(Mail.kind == "wishes_exhausted")):
        assert "could say yes" in written(mail.kind, mail.facts, None)[0]


def test_a_question_is_answered_once(session, world, guides, student):
    made = ask(session, world, student)
    services.withdraw(session, world.sitter(student, SeatRole.STUDENT), made.id, now=NOON)
    with pytest.raises(RequestOver):
        say_no(session, world, guides[0], made)


def test_a_yes_to_what_was_taken_back_gives_nobody_a_mentor(app, session, world, guides, student):
    made = ask(session, world, student)
    services.withdraw(session, world.sitter(student, SeatRole.STUDENT), made.id, now=NOON)
    session.commit()
    with pytest.raises(RequestOver):
        say_yes(session, world, guides[0], made)
    session.rollback()
    assert session.scalars(select(Mentorship).where(Mentorship.student_id == student.id)).all() == []


def test_taking_back_asks_nobody_else_and_the_same_mentor_can_be_asked_again(session, world, guides, student):
    services.withdraw(session, world.sitter(student, SeatRole.STUDENT), ask(session, world, student).id, now=NOON)
    assert course_of(session, student) == [(guides[0].id, S.WITHDRAWN)]
    assert ask(session, world, student).mentor_id == guides[0].id


def test_only_who_was_asked_answers_and_only_who_asked_takes_back(session, world, guides, student):
    made = ask(session, world, student)
    for answer in (say_yes, say_no):
        with pytest.raises(NotFound):
            answer(session, world, guides[1], made)
    with pytest.raises(NotFound):
        services.withdraw(session, world.sitter(role=SeatRole.STUDENT), made.id, now=NOON)


def test_of_two_who_race_for_the_last_place_one_gets_it_and_the_other_goes_on(session, world, guides, student):
    guides[0].places = 1
    second = world.another_student()
    rank_list(session, world.track, second, guides[0], guides[1])
    first_one, second_one = ask(session, world, student), ask(session, world, second)
    assert say_yes(session, world, guides[0], first_one) is not None
    assert say_yes(session, world, guides[0], second_one) is None
    assert course_of(session, second) == [(guides[0].id, S.PASSED_ON), (guides[1].id, S.ASKED)]
    assert session.scalar(select(Mentor.taken).where(Mentor.id == guides[0].id)) == 1


def test_a_yes_to_somebody_who_has_a_mentor_by_now_ends_the_question(session, world, guides, student):
    made = ask(session, world, student)
    assign(session, world.sitter(), world.track, student.id, guides[2].id, now=NOON)
    assert say_yes(session, world, guides[0], made) is None
    assert course_of(session, student) == [(guides[0].id, S.WITHDRAWN)]


def test_whom_something_keeps_apart_is_not_asked(session, world, guides, student):
    veto(session, guides[0], student)
    assert ask(session, world, student).mentor_id == guides[1].id


# ------------------------------------------------------------------ by itself


def sweep(session, now=LATER):
    due = find_due_requests(session, most=10, now=now)
    for number in due:
        settle(session, number, now=now)
    return len(due)


def test_who_may_not_be_given_students_before_a_test_is_not_asked(session, world, guides, student):
    test = trained(world)
    with pytest.raises(NobodyToAsk):
        services.ask(session, world.sitter(student, SeatRole.STUDENT), world.track, "", now=NOON)
    taken(session, world.sitter(guides[1].person, SeatRole.MENTOR), test)
    asked_one = services.ask(session, world.sitter(student, SeatRole.STUDENT), world.track, "", now=NOON)
    assert asked_one.mentor_id == guides[1].id


def test_after_the_deadline_the_next_wish_is_asked_once(session, world, guides, student):
    made = ask(session, world, student)
    assert sweep(session, now=LATER - timedelta(seconds=1)) == 0
    assert sweep(session) == 1
    for gone in (made.id, made.id + 99):
        settle(session, gone, now=LATER)
    assert course_of(session, student) == [(guides[0].id, S.EXPIRED), (guides[1].id, S.ASKED)]
    assert sweep(session) == 0


def test_a_mentor_who_stops_or_leaves_loses_no_question(session, world, guides, student):
    ask(session, world, student)
    guides[0].active = False
    assert sweep(session, now=NOON) == 1
    row = session.scalars(select(Membership).where(Membership.person_id == guides[1].person_id)).one()
    row.status = MembershipStatus.LEFT
    assert sweep(session, now=NOON) == 1
    assert course_of(session, student) == [
        (guides[0].id, S.PASSED_ON),
        (guides[1].id, S.PASSED_ON),
        (guides[2].id, S.ASKED),
    ]


def test_a_mentor_who_pauses_loses_no_question_and_is_asked_nothing(session, world, guides, student):
    ask(session, world, student)
    who = session.get_one(type(world.guide), guides[0].person_id)
    profile(session, world, who, paused_until=date(2100, 1, 1))
    assert sweep(session, now=NOON) == 1
    other = world.another_student()
    rank_list(session, world.track, other, *guides)
    assert ask(session, world, other).mentor_id == guides[1].id
    assert course_of(session, student) == [(guides[0].id, S.PASSED_ON), (guides[1].id, S.ASKED)]


def test_a_mentor_whose_credential_lapses_loses_no_question(session, world, guides, student):
    ask(session, world, student)
    world.track.credential_needed = True
    assert sweep(session, now=NOON) == 1
    assert course_of(session, student) == [(guides[0].id, S.PASSED_ON)]
    assert mails(session)[-1] == ("wishes_exhausted", "faculty")


def test_who_has_a_mentor_or_has_left_asks_nobody_any_more(session, world, guides, student):
    ask(session, world, student)
    mentorship(session, guides[2], student)
    other = world.another_student()
    rank_list(session, world.track, other, *guides)
    ask(session, world, other)
    session.scalars(select(Membership).where(Membership.person_id == other.id)).one().status = MembershipStatus.LEFT
    assert sweep(session, now=NOON) == 2
    assert [*course_of(session, student), *course_of(session, other)] == [(guides[0].id, S.WITHDRAWN)] * 2


def test_a_question_that_stays_open_is_left_alone(session, world, guides, student):
    made = ask(session, world, student)
    settle(session, made.id, now=NOON)
    assert course_of(session, student) == [(guides[0].id, S.ASKED)]


@pytest.mark.parametrize("end", ["closed", "by hand"])
def test_in_a_track_that_does_not_ask_any_more_nobody_follows(session, world, guides, student, end):
    ask(session, world, student)
    if end == "closed":
        world.track.state = TrackState.CLOSED
    else:
        world.policy.way = MatchingWay.BY_HAND
    sweep(session)
    assert course_of(session, student) == [(guides[0].id, S.EXPIRED)]


def test_a_no_to_somebody_who_has_a_mentor_by_now_asks_nobody(session, world, guides, student):
    made = ask(session, world, student)
    mentorship(session, guides[2], student)
    say_no(session, world, guides[0], made)
    assert course_of(session, student) == [(guides[0].id, S.DECLINED)]


def test_what_ended_meanwhile_stays_as_it_ended(session, world, guides, student):
    made = asked(session, guides[0], student)
    made.state = S.DECLINED
    services.close(session, made, S.EXPIRED, now=NOON)
    assert course_of(session, student) == [(guides[0].id, S.DECLINED)]


def test_two_browsers_at_once_give_one_student_one_mentor(app, session, world, guides, student):
    guides[0].places = 1
    second = world.another_student()
    rank_list(session, world.track, second, guides[0], guides[1])
    numbers = [ask(session, world, student).id, ask(session, world, second).id]
    sitter, track_id = at(session, world, guides[0]), world.track.id
    session.commit()
    gate = threading.Barrier(2)

    def press(number):
        with app.app_context():
            gate.wait(timeout=10)
            with unit_of_work() as own:
                services.accept(own, sitter, own.get_one(Track, track_id), number, now=NOON)

    threads = [threading.Thread(target=press, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    session.expire_all()
    assert sorted(session.get_one(MentorRequest, one).state.value for one in numbers) == ["accepted", "passed_on"]
    assert len(session.scalars(select(Mentorship).where(Mentorship.mentor_id == guides[0].id)).all()) == 1


def test_who_has_a_test_to_pass_asks_nobody_before(session, world, student, guides):
    test = first_a_test(world)
    with pytest.raises(PassFirst):
        ask(session, world, student)
    taken(session, world.sitter(student, SeatRole.STUDENT), test)
    assert ask(session, world, student).mentor_id == guides[0].id


def test_a_question_from_before_the_test_was_asked_stays_open_until_it_is_passed(session, world, student, guides):
    question = ask(session, world, student)
    test, by = first_a_test(world), at(session, world, guides[0])
    with pytest.raises(PairImpossible) as refused:
        services.accept(session, by, world.track, question.id, now=LATER)
    assert (refused.value.code, question.state) == ("pair_test_first", S.ASKED)
    taken(session, world.sitter(student, SeatRole.STUDENT), test)
    assert services.accept(session, by, world.track, question.id, now=LATER).student_id == student.id


def test_after_a_no_nobody_else_is_asked_for_who_has_a_test_to_pass(session, world, student, guides):
    question = ask(session, world, student)
    first_a_test(world)
    services.decline(session, at(session, world, guides[0]), world.track, question.id, "", now=LATER)
    assert session.scalars(select(MentorRequest.state)).all() == [S.DECLINED]
