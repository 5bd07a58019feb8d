"""Concerns in lists, whom one can be about, and who finds them."""

from datetime import timedelta
from itertools import product

import pytest
from factories.concerns import concern, handler, opened
from factories.statements import counting
from factories.world import NOON, World, membership, mentor, mentorship, person

from lti_mentoring.domain.concerns import Between, ConcernState, may_read
from lti_mentoring.domain.mentorships import MentorshipState
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.queries.concerns import MOST_FOUND, concerns_to_handle, handled, my_concerns, own_concern, whom
from lti_mentoring.services import concerns

STUDENT, MENTOR, GUEST = SeatRole.STUDENT, SeatRole.MENTOR, SeatRole.GUEST
LATER = NOON + timedelta(days=8)


@pytest.fixture
def world(session):
    made = World(session)
    made.jo = handler(made)
    made.me = made.sitter(role=STUDENT)
    made.reader = made.sitter(made.jo, GUEST)
    return made


def another_mentor(world, name, **columns):
    who = person(world.session, world.institution, name=name)
    membership(world.session, world.context, who, is_student=False)
    return mentor(world.session, world.track, who, made_by_id=world.faculty.id, **columns)


def found(world, by, **wish):
    return [(one.name, one.is_mentor, one.is_own) for one in whom(world.session, by, world.track, **wish)]


@pytest.mark.both_databases
def test_a_student_chooses_among_own_mentors_of_now_and_before_and_the_others(session, world):
    before = another_mentor(world, "Dr Before", active=False)
    for role in ("research", "clinical"):
        mentorship(session, before, world.student, ended_at=NOON, role=role)
    another_mentor(world, "Dr Other")
    another_mentor(world, "Dr Gone", active=False)
    proposed = another_mentor(world, "Dr Proposed", active=False)
    mentorship(session, proposed, world.student, state=MentorshipState.PROPOSED, role="third")
    assert found(world, world.me) == [
        ("Dr Before", True, True), ("Dr Priya Raman", True, True), ("Dr Other", True, False),
    ]  # fmt: skip
    assert found(world, world.me, wanted="nobody") == [("Dr Before", True, True), ("Dr Priya Raman", True, True)]


@pytest.mark.both_databases
def test_a_mentor_chooses_among_own_students_and_other_mentors(world):
    another_mentor(world, "Dr Other")
    world.another_student(name="Not Mine")
    assert found(world, world.sitter(role=MENTOR)) == [("Amina Yusuf", False, True), ("Dr Other", True, False)]


def test_one_who_mentors_in_another_course_is_not_offered(session, world):
    World(session, inside=world.deployment)
    assert found(world, world.me) == [("Dr Priya Raman", True, True)]


def test_of_many_mentors_the_first_are_offered_in_two_statements(session, world):
    for number in range(30):
        another_mentor(world, f"Dr {number:02}")
    with counting(session) as sent:
        people = found(world, world.me)
    assert (len(sent), len(people)) == (2, MOST_FOUND + 1)


@pytest.mark.both_databases
def test_the_queries_find_what_the_rule_says(app, session, world):
    one = concern(app, world)
    between = Between(one.raised_by_id, one.about_id, one.raised_at)
    moments = [NOON - timedelta(days=1), NOON, NOON + timedelta(seconds=1)]
    for named_at, who in product(moments, [None, world.student, world.guide]):
        with session.begin_nested() as tried:
            reader = handler(world, who, named_at=named_at)
            seat = world.sitter(reader, GUEST)
            rows, _pages = concerns_to_handle(session, seat, now=NOON)
            assert (len(rows) == 1) is may_read(reader.id, named_at, between)
            if rows:
                assert handled(session, seat, one.key) is one
            else:
                with pytest.raises(NotFound):
                    handled(session, seat, one.key)
            tried.rollback()


def test_whoever_is_not_named_has_no_list(app, session, world):
    concern(app, world)
    for by in (world.sitter(), world.sitter(role=SeatRole.ADMINISTRATOR), world.sitter(role=MENTOR)):
        with pytest.raises(NotFound):
            concerns_to_handle(session, by, now=NOON)


@pytest.mark.both_databases
def test_open_ones_come_first_and_of_them_the_oldest(app, session, world):
    first, second, third = (concern(app, world, now=NOON + timedelta(hours=hour)) for hour in range(3))
    opened(world, world.jo, first)
    concerns.settle(session, world.reader, first.key, ConcernState.CLOSED, 1, now=NOON)
    concerns.answer(
        session, opened(world, world.jo, second), second.key, "I have read it.", app.extensions["sealer"], now=NOON
    )
    rows, pages = concerns_to_handle(session, world.reader, now=LATER)
    assert [one.key for one in rows] == [second.key, third.key, first.key]
    assert [(one.has_new, one.is_late, one.answered_at) for one in rows] == [
        (False, False, NOON), (True, True, None), (False, False, None),
    ]  # fmt: skip
    assert pages.total == 3
    assert rows[1].receipt_by == NOON + timedelta(days=7, hours=2)
    assert (rows[0].raised_by, rows[0].about, rows[0].course) == (
        "Amina Yusuf", "Dr Priya Raman", "Clinical placement",
    )  # fmt: skip


def test_what_the_one_writes_again_is_new_to_the_handler(app, session, world):
    one = concern(app, world)
    opened(world, world.jo, one)
    concerns.add(session, world.me, one.key, "It happened again.", app.extensions["sealer"], now=NOON)
    ((row,), _pages) = concerns_to_handle(session, world.reader, now=NOON)
    assert row.has_new


def test_lists_take_as_many_statements_for_many(app, session, world):
    for _each in range(2):
        concern(app, world)
    with counting(session) as few:
        concerns_to_handle(session, world.reader, now=NOON)
        my_concerns(session, world.me, now=NOON)
    for _each in range(5):
        concern(app, world)
    session.flush()
    with counting(session) as many:
        rows, _pages = concerns_to_handle(session, world.reader, now=NOON)
        mine = my_concerns(session, world.me, now=NOON)
    assert len(few) == len(many) == 4
    assert (len(rows), len(mine)) == (7, 7)


def test_one_finds_the_own_ones_and_nobody_else_s(app, session, world):
    first, second = concern(app, world), concern(app, world, world.student, world.sitter(role=MENTOR))
    assert [one.key for one in my_concerns(session, world.me, now=NOON)] == [first.key]
    assert own_concern(session, world.me, first.key) is first
    for by, number in ((world.me, second.key), (world.sitter(), first.key), (world.reader, first.key)):
        with pytest.raises(NotFound):
            own_concern(session, by, number)
