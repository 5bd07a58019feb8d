"""What was written in a concern, as its two sides read it."""

from datetime import timedelta

import pytest
from factories.concerns import WORDS, concern, handler, opened
from factories.statements import counting
from factories.world import NOON, World, membership, mentor, person

from lti_mentoring.domain.concerns import ConcernState
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.models import ConcernHandler
from lti_mentoring.queries.concern_talks import case_of, own_talk
from lti_mentoring.services import concerns

STUDENT, MENTOR, GUEST = SeatRole.STUDENT, SeatRole.MENTOR, SeatRole.GUEST


@pytest.fixture
def world(session):
    made = World(session)
    made.jo = handler(made)
    made.me = made.sitter(role=STUDENT)
    made.reader = made.sitter(made.jo, GUEST)
    return made


@pytest.fixture
def sealer(app):
    return app.extensions["sealer"]


def texts(talk):
    return [one.text for one in talk.entries]


@pytest.mark.both_databases
def test_a_handler_reads_what_they_opened_and_the_number_of_the_rest(app, session, world, sealer):
    one = concern(app, world)
    case = case_of(session, world.reader, one.key, sealer, now=NOON)
    assert (texts(case.talk), case.talk.unopened, case.readings) == ([None], 1, ())
    opened(world, world.jo, one)
    concerns.answer(session, world.reader, one.key, "I have read it.", sealer, now=NOON)
    concerns.add(session, world.me, one.key, "It happened again.", sealer, now=NOON)
    case = case_of(session, world.reader, one.key, sealer, now=NOON)
    assert (texts(case.talk), case.talk.unopened) == ([WORDS, "I have read it.", None], 1)
    assert case.readings == (("Jo Ahlgren", NOON),)


def test_whoever_raised_it_reads_everything_and_who_reads_it(app, session, world, sealer):
    handler(world, world.guide)
    handler(world, person(session, world.institution, name="Named Later"), named_at=NOON + timedelta(days=1))
    one = concern(app, world)
    concerns.answer(session, opened(world, world.jo, one), one.key, "I have read it.", sealer, now=NOON)
    talk = own_talk(session, world.me, one.key, sealer)
    assert texts(talk) == [WORDS, "I have read it."]
    assert [(entry.by, entry.by_raiser, entry.is_own) for entry in talk.entries] == [
        ("Amina Yusuf", True, True), ("Jo Ahlgren", False, False),
    ]  # fmt: skip
    assert talk.readers == ("Jo Ahlgren",)
    assert (talk.answered, talk.receipt_by, talk.state) == (True, NOON + timedelta(days=7), ConcernState.OPEN)
    session.query(ConcernHandler).delete()
    assert own_talk(session, world.me, one.key, sealer).readers == ()


@pytest.mark.both_databases
def test_it_says_who_of_the_two_mentors_and_whether_they_are_a_pair_now(app, session, world, sealer):
    first, second = concern(app, world), concern(app, world, world.student, world.sitter(role=MENTOR))
    for one in (first, second):
        case = case_of(session, world.reader, one.key, sealer, now=NOON)
        assert (case.mentor, case.student) == ("Dr Priya Raman", "Amina Yusuf")
        assert (case.are_pair, case.are_apart, case.is_late) == (True, False, False)
    opened(world, world.jo, first)
    concerns.keep_apart(session, world.reader, first.key, now=NOON)
    world.mentorship.ended_at = NOON
    session.flush()
    for one in (first, second):
        case = case_of(session, world.reader, one.key, sealer, now=NOON + timedelta(days=8))
        assert (case.are_pair, case.are_apart, case.is_late) == (False, True, True)


def test_of_two_mentors_none_mentors_the_other(app, session, world, sealer):
    who = person(session, world.institution, name="Dr Marta Oliveira")
    membership(session, world.context, who, is_student=False)
    mentor(session, world.track, who, made_by_id=world.faculty.id)
    one = concern(app, world, who, world.sitter(role=MENTOR))
    case = case_of(session, world.reader, one.key, sealer, now=NOON)
    assert (case.mentor, case.student, case.are_pair, case.are_apart) == ("", "", False, False)


def test_others_find_nothing(app, session, world, sealer):
    one = concern(app, world)
    for by in (world.sitter(), world.me, world.sitter(role=MENTOR)):
        with pytest.raises(NotFound):
            case_of(session, by, one.key, sealer, now=NOON)
    with pytest.raises(NotFound):
        own_talk(session, world.reader, one.key, sealer)


def test_a_long_talk_takes_as_many_statements(app, session, world, sealer):
    one = concern(app, world)
    numbers = []
    for times in (1, 8):
        for _each in range(times):
            concerns.add(session, world.me, one.key, "It happened again.", sealer, now=NOON)
            opened(world, world.jo, one)
        session.flush()
        session.expire_all()
        by, mine = world.sitter(world.jo, GUEST), world.sitter(role=STUDENT)
        with counting(session) as sent:
            case_of(session, by, one.key, sealer, now=NOON)
        with counting(session) as own:
            own_talk(session, mine, one.key, sealer)
        numbers.append((len(sent), len(own)))
    assert numbers[0] == numbers[1]
