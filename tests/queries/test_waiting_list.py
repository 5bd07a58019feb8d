"""The waiting list as it comes from the database: who is on it by themselves, and who is not."""

from datetime import date, timedelta

import pytest
from factories.rounds import Draft, drawn
from factories.statements import counting
from factories.tests import first_a_test, student, taken
from factories.wishes import asked, policy, rank_list
from factories.world import NOON, World, mentorship, person
from sqlalchemy import select

from lti_mentoring.domain.mentor_requests import RequestState
from lti_mentoring.domain.rank_lists import MatchingWay, Window
from lti_mentoring.domain.waiting_list import Because
from lti_mentoring.lti.roster import Member
from lti_mentoring.models import Membership, MembershipStatus
from lti_mentoring.queries.waiting_list import my_wait, rules_for, waiting_page
from lti_mentoring.services.assigning import assign, end
from lti_mentoring.services.enrolling import enrol
from lti_mentoring.services.publishing import publish
from lti_mentoring.services.taking_back import take_back

pytestmark = pytest.mark.both_databases
DAY = timedelta(days=1)
LEARNER = ("http://purl.imsglobal.org/vocab/lis/v2/membership#Learner",)


@pytest.fixture
def world(session):
    return World(session)


def member(session, who):
    return session.scalars(select(Membership).where(Membership.person_id == who.id)).one()


def lines(world):
    return {one.name: one.wait for one in waiting_page(world.session, world.sitter()).lines}


def test_who_joins_the_course_list_after_a_round_is_on_it_by_themselves(session, world):
    other = world.another_student(name="Layla")
    rank_list(session, world.track, other, world.mentor)
    publish(session, world.sitter(), drawn(world).id, now=NOON)
    world.registration.issuer = "https://lms.example"
    member = Member("late-1", LEARNER, name="Mira Late")
    enrol(session, world.context, [member], now=NOON + DAY)
    found = lines(world)["Mira Late"]
    assert (found.because, found.since) == (Because.JOINED_LATE, NOON + DAY)
    enrol(session, world.context, [member], now=NOON + 2 * DAY)
    assert lines(world)["Mira Late"].since == NOON + DAY


def test_whoever_lost_the_mentor_is_on_it_and_whoever_has_one_is_not(session, world):
    assert lines(world) == {}
    end(session, world.sitter(), world.mentorship.id, "She moves.", now=NOON)
    found = lines(world)["Amina Yusuf"]
    assert (found.because, found.since, found.mentor) == (Because.ENDED, NOON, "Dr Priya Raman")
    assign(session, world.sitter(), world.track, world.student.id, world.mentor.id, now=NOON + DAY)
    assert lines(world) == {}
    assert my_wait(session, world.track, world.student.id) is None


def test_whom_a_published_round_left_over_is_on_it_until_it_is_taken_back(session):
    draft = Draft(session)
    draft.swap(draft.lucky, None)
    left_over = next(one for one in draft.students if one.id == draft.lucky.student_id)
    assert my_wait(session, draft.track, left_over.id).because is Because.NOT_YET
    publish(session, draft.sitter(), draft.round.id, now=NOON)
    found = my_wait(session, draft.track, left_over.id)
    assert (found.because, found.passed_over, found.round_number) == (Because.PASSED_OVER, 1, 1)
    take_back(session, draft.sitter(), draft.round.id, now=NOON)
    assert my_wait(session, draft.track, left_over.id).because is Because.NOT_YET
    other = next(one for one in draft.students if one.id == draft.other.student_id)
    assert my_wait(session, draft.track, other.id).because is Because.TAKEN_BACK


def test_who_asked_waits_for_an_answer_and_then_for_somebody(session, world):
    asking = world.another_student(name="Layla")
    question = asked(session, world.mentor, asking)
    assert lines(world)["Layla"].because is Because.ASKING
    question.state, question.answered_at = RequestState.DECLINED, NOON
    session.flush()
    assert lines(world)["Layla"].because is Because.NOBODY_ACCEPTED
    question.state = RequestState.WITHDRAWN
    session.flush()
    assert lines(world)["Layla"].because is Because.NOT_YET


def test_who_waits_longest_comes_first_and_of_whom_it_is_not_known_before_all(session, world):
    for name, joined_at in (("A", NOON), ("B", NOON - DAY), ("C", None)):
        one = world.another_student(name=name)
        member(session, one).joined_at = joined_at
    end(session, world.sitter(), world.mentorship.id, "She moves.", now=NOON + DAY)
    assert list(lines(world)) == ["C", "B", "A", "Amina Yusuf"]


def test_who_left_the_course_or_is_of_another_does_not_wait_here(session, world):
    gone, elsewhere = world.another_student(), World(session, inside=world.deployment).another_student()
    member(session, gone).status = MembershipStatus.LEFT
    maybe = world.another_student(name="Maybe")
    member(session, maybe).status = MembershipStatus.MAYBE_LEFT
    session.flush()
    page = waiting_page(session, world.sitter())
    assert [(one.name, one.maybe_left) for one in page.lines] == [("Maybe", True)]
    for one in (gone, elsewhere, person(session, world.institution)):
        assert my_wait(session, world.track, one.id) is None


def test_it_says_what_is_free_and_who_is_not_in_the_draft(session, world):
    page = waiting_page(session, world.sitter())
    assert (page.room.free, page.mentors, page.draft_id, page.not_in_draft, page.paged.total) == (4, 1, None, 0, 0)
    world.another_student()
    assert waiting_page(session, world.sitter()).not_in_draft == 1
    made = drawn(world)
    world.another_student()
    page = waiting_page(session, world.sitter())
    assert (page.draft_id, page.draft_number, page.not_in_draft, page.paged.total) == (made.id, 1, 1, 2)


def test_a_list_that_was_given_is_told_and_nothing_of_it(session, world):
    one = world.another_student()
    assert not waiting_page(session, world.sitter()).lines[0].gave_wishes
    rank_list(session, world.track, one, world.mentor)
    assert waiting_page(session, world.sitter()).lines[0].gave_wishes


def test_after_the_last_day_wishes_stay_open_to_who_could_not_state_them_before(session, world):
    policy(session, world.track, MatchingWay.ROUNDS, wishes_until=date(2026, 11, 20))
    today, early, late = date(2026, 11, 25), world.another_student(), world.another_student()
    member(session, late).joined_at = NOON

    def window(one, day=today):
        return rules_for(session, world.track, one.id, today=day).window(day)

    assert (window(early), window(late)) == (Window.OVER, Window.OPEN)
    assert (window(world.student), window(early, date(2026, 11, 20))) == (Window.OVER, Window.OPEN)
    end(session, world.sitter(), world.mentorship.id, "She moves.", now=NOON)
    assert window(world.student) is Window.OPEN


def test_the_list_costs_as_many_statements_for_sixty_as_for_one(session, world):
    def statements(number):
        for _ in range(number):
            one = world.another_student()
            pair = mentorship(session, world.mentor, one)
            pair.ended_at = NOON
        session.flush()
        with counting(session) as sent:
            waiting_page(session, world.sitter())
        return len(sent)

    world.mentor.places = 100
    assert statements(1) == statements(60)


def test_a_page_beyond_the_last_is_the_last(session, world):
    world.another_student(name="Layla")
    assert [one.name for one in waiting_page(session, world.sitter(), number=9).lines] == ["Layla"]


def test_who_has_a_test_to_pass_is_on_it_and_in_no_draft_and_the_statements_stay_the_same(session, world):
    ready, test = world.another_student(name="Ready"), first_a_test(world)
    taken(session, student(world, ready), test)
    world.another_student(name="Layla")
    with counting(session) as few:
        page = waiting_page(session, world.sitter())
    assert {one.name: one.wait.because for one in page.lines} == {
        "Layla": Because.TEST_FIRST, "Ready": Because.NOT_YET,
    }  # fmt: skip
    assert (page.held_back, page.not_in_draft) == (1, 1)
    for number in range(10):
        world.another_student(name=f"Student {number}")
    with counting(session) as many:
        assert waiting_page(session, world.sitter()).held_back == 11
    assert len(many) == len(few)
