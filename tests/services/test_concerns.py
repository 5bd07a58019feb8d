"""A concern is raised, opened, answered, closed; it keeps two apart; and nobody else learns of it."""

from datetime import timedelta

import pytest
from factories.concerns import WORDS, concern, handler, opened
from factories.world import NOON, World, membership, mentor, mentorship, person
from fixtures.at_once import at_once
from sqlalchemy import select

from lti_mentoring.db import Base
from lti_mentoring.domain.concerns import (
    LONGEST_WORDS,
    MOST_OPEN,
    ConcernClosed,
    ConcernMoved,
    ConcernState,
    NobodyHandles,
    NoPair,
    PretendedStudent,
    ReadersChanged,
    ReadFirst,
    TooManyOpen,
    WordsNeeded,
)
from lti_mentoring.domain.conflicts import ConflictKind
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.models import AuditEntry, Concern, ConcernEntry, ConcernReading, ConflictOfInterest, Mail
from lti_mentoring.queries.conflicts import kept_apart
from lti_mentoring.services import concerns

STUDENT, MENTOR, GUEST = SeatRole.STUDENT, SeatRole.MENTOR, SeatRole.GUEST
OPEN, CLOSED = ConcernState.OPEN, ConcernState.CLOSED


@pytest.fixture
def world(session):
    made = World(session)
    made.jo = handler(made)
    made.me = made.sitter(role=STUDENT)
    return made


@pytest.fixture
def sealer(app):
    return app.extensions["sealer"]


def another_mentor(world, name="Dr Marta Oliveira"):
    who = person(world.session, world.institution, name=name)
    membership(world.session, world.context, who, is_student=False)
    return mentor(world.session, world.track, who, made_by_id=world.faculty.id)


def mails(session):
    return session.scalars(select(Mail).order_by(Mail.id)).all()


def conflicts(session):
    return session.scalars(select(ConflictOfInterest).order_by(ConflictOfInterest.id)).all()


@pytest.mark.both_databases
def test_it_goes_to_those_who_are_named_with_a_mail_that_says_nothing(app, session, world):
    one = concern(app, world)
    assert (one.about_id, one.mentor_id, one.state) == (world.guide.id, world.mentor.id, OPEN)
    (mail,) = mails(session)
    assert (mail.person_id, mail.kind, mail.facts, mail.context_ref) == (world.jo.id, "something_waits", {}, None)


@pytest.mark.both_databases
def test_two_presses_raise_one_and_other_words_another(app, session, world):
    keys = []
    session.commit()

    def press(own):
        keys.append(concern(app, world, text=WORDS, session=own).key)

    assert at_once(app, [press] * 3) == ["done"] * 3
    assert len(set(keys)) == len(mails(session)) == 1
    assert concern(app, world, text="He does it again.").key not in keys


@pytest.mark.both_databases
def test_nothing_that_was_written_stands_in_the_database_in_clear(app, session, world, sealer):
    one = concern(app, world)
    concerns.answer(session, opened(world, world.jo, one), one.key, f"Thank you. {WORDS}", sealer, now=NOON)
    session.flush()
    for table in Base.metadata.sorted_tables:
        assert "shouts" not in str(session.execute(select(table)).all()), table
    assert session.query(ConcernEntry).count() == 2


def test_what_was_sealed_for_one_entry_opens_in_no_other(app, session, world, sealer):
    concern(app, world)
    concern(app, world)
    first, second = session.scalars(select(ConcernEntry).order_by(ConcernEntry.id))
    assert first.key != second.key
    assert first.sealed_text != second.sealed_text
    place = f"concern_entry:sealed_text:{first.key}"
    assert sealer.open(first.sealed_text, place) == WORDS
    with pytest.raises(Exception, match="concern_entry"):
        sealer.open(second.sealed_text, place)


@pytest.mark.parametrize("words", ["", "  \n ", "x" * (LONGEST_WORDS + 1)])
def test_nothing_and_too_much_are_refused_everywhere(app, session, world, sealer, words):
    with pytest.raises(WordsNeeded):
        concern(app, world, text=words)
    one = concern(app, world)
    jo = opened(world, world.jo, one)
    with pytest.raises(WordsNeeded):
        concerns.add(session, world.me, one.key, words, sealer, now=NOON)
    with pytest.raises(WordsNeeded):
        concerns.answer(session, jo, one.key, words, sealer, now=NOON)
    assert session.query(ConcernEntry).count() == 1


def test_it_is_about_nobody_of_another_course_or_institution_and_not_about_oneself(app, session, world):
    elsewhere = World(session, inside=world.deployment)
    away = World(session)
    for who in (world.student, world.faculty, elsewhere.guide, away.guide, world.another_student()):
        with pytest.raises(NotFound):
            concern(app, world, who)
    assert session.query(Concern).count() == 0
    assert mails(session) == []


def test_a_mentor_raises_one_about_an_own_student_or_another_mentor_and_about_no_other_student(app, session, world):
    by = world.sitter(role=MENTOR)
    other = another_mentor(world)
    assert concern(app, world, world.student, by).mentor_id == world.mentor.id
    assert concern(app, world, other.person, by).mentor_id is None
    with pytest.raises(NotFound):
        concern(app, world, world.another_student(), by)


def test_it_may_be_about_a_mentor_of_before_who_has_stopped(app, session, world):
    before, never = another_mentor(world), another_mentor(world, "Dr Falk")
    mentorship(session, before, world.student, ended_at=NOON - timedelta(days=2), role="research")
    before.active = never.active = False
    session.flush()
    assert concern(app, world, before.person).mentor_id == before.id
    with pytest.raises(NotFound):
        concern(app, world, never.person)


def test_without_anybody_who_may_read_it_nothing_is_written(app, session):
    other = World(session)
    with pytest.raises(NobodyHandles):
        concern(app, other)
    handler(other, other.guide)
    with pytest.raises(NobodyHandles):
        concern(app, other)
    handler(other, other.student)
    with pytest.raises(NobodyHandles):
        concern(app, other)
    assert session.query(Concern).count() == 0


def test_in_the_name_of_a_pretended_student_nothing_is_written(app, session, world):
    with pytest.raises(PretendedStudent):
        concern(app, world, by=world.sitter(role=STUDENT, is_test=True))
    assert session.query(Concern).count() == 0


def test_a_handler_is_told_nothing_of_what_is_about_them(app, session, world):
    handler(world, world.guide)
    concern(app, world)
    assert [one.person_id for one in mails(session)] == [world.jo.id]


def test_whoever_was_not_told_of_a_reader_is_asked_again(session, world, sealer):
    with pytest.raises(ReadersChanged):
        concerns.raise_concern(session, world.me, world.track, world.guide.id, WORDS, [], sealer, now=NOON)
    assert session.query(Concern).count() == 0


def test_so_many_are_open_at_a_time(app, session, world):
    made = [concern(app, world) for _each in range(MOST_OPEN)]
    with pytest.raises(TooManyOpen):
        concern(app, world)
    concerns.settle(session, opened(world, world.jo, made[0]), made[0].key, CLOSED, 1, now=NOON)
    concern(app, world)


@pytest.mark.both_databases
def test_the_talk_goes_both_ways_and_only_its_handlers_get_mails(app, session, world, sealer):
    one = concern(app, world)
    jo = opened(world, world.jo, one)
    concerns.answer(session, jo, one.key, "I have read it.", sealer, now=NOON)
    concerns.add(session, world.me, one.key, "It happened again.", sealer, now=NOON)
    concerns.add(session, world.me, one.key, "And again.", sealer, now=NOON)
    assert [mail.person_id for mail in mails(session)] == [world.jo.id] * 2
    assert one.version == 4


def test_a_handler_answers_only_what_they_have_read(app, session, world, sealer):
    one = concern(app, world)
    jo = world.sitter(world.jo, GUEST)
    with pytest.raises(ReadFirst):
        concerns.answer(session, jo, one.key, "I have read it.", sealer, now=NOON)
    opened(world, world.jo, one)
    concerns.answer(session, jo, one.key, "I have read it.", sealer, now=NOON)
    concerns.answer(session, jo, one.key, "One more thing.", sealer, now=NOON)


def test_who_opened_it_is_noted_once_for_what_is_there(app, session, world, sealer):
    one = concern(app, world)
    for _twice in range(2):
        opened(world, world.jo, one)
    assert session.query(ConcernReading).count() == 1
    concerns.add(session, world.me, one.key, "It happened again.", sealer, now=NOON)
    opened(world, world.jo, one)
    assert session.query(ConcernReading).count() == 2


@pytest.mark.both_databases
def test_of_two_who_close_it_at_once_one_does_and_nothing_is_closed_over_new_words(app, session, world, sealer):
    one = concern(app, world)
    jo = opened(world, world.jo, one)
    second = world.sitter(handler(world), GUEST)
    concerns.add(session, world.me, one.key, "It happened again.", sealer, now=NOON)
    with pytest.raises(ConcernMoved):
        concerns.settle(session, jo, one.key, CLOSED, 1, now=NOON)
    concerns.settle(session, jo, one.key, CLOSED, 2, now=NOON)
    with pytest.raises(ConcernMoved):
        concerns.settle(session, second, one.key, CLOSED, 2, now=NOON)
    assert (one.state, one.closed_at, one.version) == (CLOSED, NOON, 3)
    with pytest.raises(ConcernMoved):
        concerns.settle(session, jo, one.key, CLOSED, 3, now=NOON)
    concerns.settle(session, jo, one.key, OPEN, 3, now=NOON)
    assert (one.state, one.closed_at) == (OPEN, None)


def test_nobody_writes_into_one_that_is_closed_and_the_words_are_given_back(app, session, world, sealer):
    one = concern(app, world)
    jo = opened(world, world.jo, one)
    concerns.settle(session, jo, one.key, CLOSED, 1, now=NOON)
    for act, by in ((concerns.add, world.me), (concerns.answer, jo)):
        with pytest.raises(ConcernClosed) as closed:
            act(session, by, one.key, "One more thing.", sealer, now=NOON)
        assert closed.value.facts["mine"] == "One more thing."
    assert session.query(ConcernEntry).count() == 1


@pytest.mark.both_databases
def test_the_two_are_kept_apart_once_and_that_is_taken_back(app, session, world):
    one = concern(app, world)
    jo = opened(world, world.jo, one)
    for _twice in range(2):
        concerns.keep_apart(session, jo, one.key, now=NOON)
    (kept,) = conflicts(session)
    assert (kept.kind, kept.mentor_id, kept.person_id) == (ConflictKind.CONCERN, world.mentor.id, world.student.id)
    assert (kept.note, kept.made_by_id) == ("", world.jo.id)
    pair = (world.student.id, world.mentor.id)
    assert kept_apart(session, world.track).why(*pair) == {ConflictKind.CONCERN}
    for _twice in range(2):
        concerns.let_together(session, jo, one.key, now=NOON)
    assert kept_apart(session, world.track).why(*pair) == frozenset()
    assert session.get_one(type(world.mentorship), world.mentorship.id).ended_at is None


def test_what_a_mentor_raised_about_a_student_keeps_the_same_two_apart(app, session, world):
    one = concern(app, world, world.student, world.sitter(role=MENTOR))
    concerns.keep_apart(session, opened(world, world.jo, one), one.key, now=NOON)
    (kept,) = conflicts(session)
    assert (kept.mentor_id, kept.person_id) == (world.mentor.id, world.student.id)


def test_two_mentors_are_brought_together_by_nothing(app, session, world):
    one = concern(app, world, another_mentor(world).person, world.sitter(role=MENTOR))
    jo = opened(world, world.jo, one)
    with pytest.raises(NoPair):
        concerns.keep_apart(session, jo, one.key, now=NOON)
    concerns.let_together(session, jo, one.key, now=NOON)
    assert conflicts(session) == []


def everything(session, by, number, sealer):
    yield lambda: concerns.open_concern(session, by, number, now=NOON)
    yield lambda: concerns.answer(session, by, number, "Words.", sealer, now=NOON)
    yield lambda: concerns.settle(session, by, number, CLOSED, 1, now=NOON)
    yield lambda: concerns.keep_apart(session, by, number, now=NOON)
    yield lambda: concerns.let_together(session, by, number, now=NOON)


@pytest.mark.parametrize("who", ["faculty", "administrator", "about", "raiser", "named later", "elsewhere"])
def test_for_whoever_is_no_handler_of_it_there_is_nothing(app, session, world, sealer, who):
    one = concern(app, world)
    away = World(session)
    by = {
        "faculty": lambda: world.sitter(),
        "administrator": lambda: world.sitter(role=SeatRole.ADMINISTRATOR),
        "about": lambda: world.sitter(handler(world, world.guide), MENTOR),
        "raiser": lambda: world.sitter(handler(world, world.student), STUDENT),
        "named later": lambda: world.sitter(handler(world, named_at=NOON + timedelta(seconds=1)), GUEST),
        "elsewhere": lambda: away.sitter(handler(away), GUEST),
    }[who]()
    for act in everything(session, by, one.key, sealer):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(NotFound):
        concerns.add(session, world.sitter(role=MENTOR), one.key, "Words.", sealer, now=NOON)


def test_its_lines_of_the_trail_say_who_did_what_and_nothing_else(app, session, world, sealer):
    one = concern(app, world)
    jo = opened(world, world.jo, one)
    concerns.answer(session, jo, one.key, "I have read it.", sealer, now=NOON)
    concerns.keep_apart(session, jo, one.key, now=NOON)
    concerns.let_together(session, jo, one.key, now=NOON)
    concerns.settle(session, jo, one.key, CLOSED, 2, now=NOON)
    concerns.settle(session, jo, one.key, OPEN, 3, now=NOON)
    concerns.add(session, world.me, one.key, "It happened again.", sealer, now=NOON)
    rows = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert {(row.thing, row.thing_id, str(row.facts), row.reason) for row in rows} == {("concern", one.id, "{}", "")}
    assert [row.action.partition(".")[2] for row in rows] == [
        "raised", "opened", "answered", "kept_apart", "let_together", "closed", "reopened", "added",
    ]  # fmt: skip
