"""Taking a test: begun once, saved as one answers, sent once, ended by the clock, counted where it should count."""

from dataclasses import replace
from datetime import timedelta

import pytest
from factories.tests import exam, item, rightly, student, taken, trained
from factories.world import NOON, World
from sqlalchemy import select

from lti_mentoring.domain.items import Asked, ItemKind
from lti_mentoring.domain.milestones import ProgressState, Proof, StepKind
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.tests import Audience, NoAttemptLeft, NotOpen, StateOfTest, stamp
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Attempt, AuditEntry, HeldReason, Item, LineItem, MilestoneProgress, Score, TrackState
from lti_mentoring.queries.trained import asked_of_mentors, may_mentor
from lti_mentoring.services.attempts import NumbersUnreadable, begin, end_overdue, save, send
from lti_mentoring.services.milestones import PassingNeeded, accept, excuse, lift
from lti_mentoring.services.steps import TrackClosed

LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def by(world):
    return student(world)


def proved_by(world, test):
    """Let the first milestone be reached by passing ``test``; return it."""
    one = world.track.milestones[0]
    one.proof, one.test_id = Proof.TEST, test.id
    world.session.flush()
    return one


def progress_of(session, milestone):
    return session.scalars(
        select(MilestoneProgress)
        .where(MilestoneProgress.milestone_id == milestone.id)
        .execution_options(populate_existing=True)
    ).one_or_none()


def actions(session, about):
    return session.scalars(
        select(AuditEntry.action).where(AuditEntry.action.startswith(about)).order_by(AuditEntry.id)
    ).all()


@pytest.mark.both_databases
def test_an_attempt_begun_twice_is_one_attempt(session, world, by):
    test = exam(session, world.track)
    first = begin(session, by, test.id, now=NOON)
    assert begin(session, by, test.id, now=LATER) is first
    assert [answer.position for answer in first.answers] == [1, 2, 3]
    assert actions(session, "attempt.") == ["attempt.begun"]


@pytest.mark.both_databases
def test_what_is_sent_is_scored_and_passes_with_the_pass_mark(session, world, by):
    test = exam(session, world.track, pass_percent=75)
    attempt = begin(session, by, test.id, now=NOON)
    sent = rightly(attempt)
    sent[attempt.answers[2].item_id] = ["no idea"]
    send(session, by, test.id, attempt.id, sent, now=LATER)
    assert (attempt.points, attempt.maximum, attempt.passed, attempt.ended_at) == (3, 4, True, LATER)
    assert [one.points for one in attempt.answers] == [2, 1, 0]


def test_an_attempt_keeps_the_items_and_the_pass_mark_that_it_began_with(session, world, by):
    test = exam(session, world.track)
    attempt = begin(session, by, test.id, now=NOON)
    test.pass_percent = 100
    item(session, test, Asked(ItemKind.TRUTH, "Something new.", 5, truth=False))
    send(
        session,
        by,
        test.id,
        attempt.id,
        {attempt.answers[0].item_id: ["a"], attempt.answers[1].item_id: ["yes"]},
        now=LATER,
    )
    assert (attempt.maximum, attempt.pass_percent, attempt.passed) == (4, 60, True)


def test_answers_are_saved_as_they_are_given_and_those_not_sent_stay(session, world, by):
    test = exam(session, world.track)
    attempt = begin(session, by, test.id, now=NOON)
    first, second, _third = attempt.answers
    save(session, by, test.id, attempt.id, {first.item_id: ["a"]}, now=NOON)
    save(session, by, test.id, attempt.id, {second.item_id: ["no"], 999_999: ["x"]}, now=LATER)
    assert [one.given for one in attempt.answers] == [["a"], ["no"], []]
    assert (attempt.saved_at, attempt.points) == (LATER, None)


def test_an_older_page_takes_nothing_away(session, world, by):
    test = exam(session, world.track)
    attempt = begin(session, by, test.id, now=NOON)
    first, second, third = attempt.answers
    older = stamp(attempt.saved_at)
    save(session, by, test.id, attempt.id, {first.item_id: ["a"], third.item_id: []}, seen=older, now=NOON)
    save(session, by, test.id, attempt.id, {first.item_id: [], second.item_id: ["no"]}, seen=older, now=LATER)
    assert [one.given for one in attempt.answers] == [["a"], ["no"], []]
    save(session, by, test.id, attempt.id, {first.item_id: []}, seen=stamp(LATER), now=LATER)
    assert [one.given for one in attempt.answers] == [[], ["no"], []]


def test_sent_twice_the_first_sending_counts(session, world, by):
    test = exam(session, world.track)
    attempt = taken(session, by, test)
    again = send(session, by, test.id, attempt.id, {}, now=LATER)
    assert (again.points, again.ended_at) == (4, NOON + timedelta(minutes=1))
    assert actions(session, "attempt.") == ["attempt.begun", "attempt.sent"]
    begin(session, by, test.id, now=LATER)
    assert send(session, by, test.id, attempt.id, {}, now=LATER).points == 4


def test_a_number_that_cannot_be_read_is_asked_for_again_and_what_was_typed_is_kept(session, world):
    test = exam(session, world.track, Asked(ItemKind.NUMBER, "How many?", 1, number=12))
    attempt = begin(session, student(world), test.id, now=NOON)
    number = attempt.answers[0].item_id
    with pytest.raises(NumbersUnreadable) as refused:
        send(session, student(world), test.id, attempt.id, {number: ["a dozen"]}, now=LATER)
    assert refused.value.items == (number,)
    assert (attempt.answers[0].given, attempt.ended_at) == (["a dozen"], None)


@pytest.mark.parametrize("verb", [save, send])
def test_what_comes_after_the_deadline_is_left_aside_and_what_was_saved_counts(session, world, by, verb):
    test = exam(session, world.track, minutes=10)
    attempt = begin(session, by, test.id, now=NOON)
    save(session, by, test.id, attempt.id, {attempt.answers[0].item_id: ["a"]}, now=LATER)
    late = verb(session, by, test.id, attempt.id, rightly(attempt), now=NOON + timedelta(minutes=10))
    assert (late.points, late.passed, late.ended_at) == (2, False, NOON + timedelta(minutes=10))
    assert actions(session, "attempt.") == ["attempt.begun", "attempt.ended"]


@pytest.mark.both_databases
def test_the_sweeper_ends_what_is_overdue_and_nothing_else(session, world, by):
    timed, free = exam(session, world.track, minutes=10), exam(session, world.track)
    begin(session, by, timed.id, now=NOON)
    going = begin(session, by, free.id, now=NOON)
    assert end_overdue(session, most=5, now=LATER) == 0
    assert end_overdue(session, most=5, now=NOON + timedelta(hours=1)) == 1
    assert end_overdue(session, most=5, now=NOON + timedelta(hours=1)) == 0
    ended = session.scalars(select(Attempt).where(Attempt.ended_at.is_not(None))).one()
    assert (ended.test_id, ended.ended_at) == (timed.id, NOON + timedelta(minutes=10))
    assert going.ended_at is None


def test_an_attempt_whose_time_is_up_makes_room_for_the_next_one(session, world, by):
    test = exam(session, world.track, minutes=10, attempts=2)
    begin(session, by, test.id, now=NOON)
    second = begin(session, by, test.id, now=NOON + timedelta(hours=1))
    assert second.number == 2
    with pytest.raises(NoAttemptLeft):
        begin(session, by, test.id, now=NOON + timedelta(hours=2))


def test_a_draft_is_not_there_and_a_closed_test_cannot_be_begun(session, world, by):
    draft, closed = (exam(session, world.track, state=state) for state in (StateOfTest.DRAFT, StateOfTest.CLOSED))
    with pytest.raises(NotFound):
        begin(session, by, draft.id, now=NOON)
    with pytest.raises(NotOpen):
        begin(session, by, closed.id, now=NOON)


def test_nobody_takes_the_test_of_others(session, world, by):
    of_mentors, elsewhere = exam(session, world.track, audience=Audience.MENTORS), World(session)
    foreign = exam(session, elsewhere.track)
    for test in (of_mentors, foreign):
        with pytest.raises(NotFound):
            begin(session, by, test.id, now=NOON)
    with pytest.raises(NotFound):
        begin(session, replace(by, track_published=False), exam(session, world.track).id, now=NOON)
    own = exam(session, world.track)
    attempt = taken(session, by, own)
    with pytest.raises(NotFound):
        send(session, student(world, world.another_student()), own.id, attempt.id, {}, now=LATER)


def test_in_a_closed_track_nothing_is_begun_or_saved(session, world, by):
    test = exam(session, world.track)
    attempt = begin(session, by, test.id, now=NOON)
    world.track.state = TrackState.CLOSED
    session.flush()
    with pytest.raises(TrackClosed):
        begin(session, by, test.id, now=LATER)
    with pytest.raises(TrackClosed):
        save(session, by, test.id, attempt.id, {}, now=LATER)


def test_only_as_many_items_as_are_drawn_are_asked(session, world, by):
    attempt = begin(session, by, exam(session, world.track, drawn=2, shuffled=True).id, now=NOON)
    assert len(attempt.answers) == 2
    assert attempt.maximum == sum(one.item.points for one in attempt.answers)


def test_an_item_that_was_taken_out_is_not_drawn_any_more(session, world, by):
    test = exam(session, world.track)
    session.scalars(select(Item).where(Item.test_id == test.id)).first().retired_at = NOON
    assert len(begin(session, by, test.id, now=NOON).answers) == 2


class TestMilestones:
    def test_passing_reaches_the_milestone_and_the_tool_signs(self, session, world, by):
        test = exam(session, world.track)
        milestone = proved_by(world, test)
        taken(session, by, test, right=False)
        assert progress_of(session, milestone) is None
        taken(session, by, test)
        progress = progress_of(session, milestone)
        assert (progress.state, progress.decided_by_id) == (ProgressState.ACCEPTED, None)
        assert [step.kind for step in progress.steps] == [StepKind.PASSED]
        assert progress.mentorship_id == world.mentorship.id
        signed = session.scalars(select(AuditEntry).where(AuditEntry.action == "milestone.passed")).one()
        assert (signed.actor_id, signed.context_ref) == (None, world.context.id)

    def test_passing_again_changes_nothing(self, session, world, by):
        test = exam(session, world.track)
        milestone = proved_by(world, test)
        taken(session, by, test)
        taken(session, by, test, now=LATER)
        assert len(progress_of(session, milestone).steps) == 1

    def test_it_counts_in_the_grade_as_any_other_milestone(self, session, world, by):
        test = exam(session, world.track)
        proved_by(world, test)
        taken(session, by, test)
        assert session.scalars(select(Score.wanted)).one() == 33.33

    def test_who_has_no_mentor_reaches_it_too(self, session, world):
        test = exam(session, world.track)
        milestone = proved_by(world, test)
        taken(session, student(world, world.another_student()), test)
        assert progress_of(session, milestone).mentorship_id is None

    def test_nobody_signs_it(self, session, world):
        milestone = proved_by(world, exam(session, world.track))
        with pytest.raises(PassingNeeded):
            accept(session, world.sitter(role=SeatRole.MENTOR), world.student.id, milestone.id, "", 1, now=NOON)

    @pytest.mark.parametrize(("right", "state"), [(True, ProgressState.ACCEPTED), (False, ProgressState.OPEN)])
    def test_an_excuse_that_is_lifted_leads_back_to_what_was_passed(self, session, world, by, right, state):
        test = exam(session, world.track)
        milestone, faculty, who = proved_by(world, test), world.sitter(), world.student.id
        excuse(session, faculty, who, milestone.id, "Did this in spring.", 1, now=NOON)
        taken(session, by, test, right=right)
        assert progress_of(session, milestone).state is ProgressState.EXCUSED
        lift(session, faculty, who, milestone.id, "It was another one.", 2, now=NOON)
        assert progress_of(session, milestone).state is state


class TestGradebook:
    def test_the_best_attempt_fills_the_test_s_own_column(self, session, world, by):
        test = exam(session, world.track, column_points=20)
        taken(session, by, test, right=False)
        taken(session, by, test)
        taken(session, by, test, right=False)
        column = session.scalars(select(LineItem).where(LineItem.test_id == test.id)).one()
        score = session.scalars(select(Score).where(Score.line_item_id == column.id)).one()
        assert (column.label, column.maximum, score.wanted) == ("Clinical mentorship: Before the ward", 20, 20)

    def test_the_pretended_student_s_score_is_held(self, session, world):
        test = exam(session, world.track, column_points=20)
        pretended = world.another_student(is_test_user=True)
        taken(session, student(world, pretended), test)
        assert session.scalars(select(Score.held_reason)).one() is HeldReason.TEST_USER

    def test_without_a_column_of_its_own_it_sends_nothing(self, session, world, by):
        taken(session, by, exam(session, world.track))
        assert session.scalars(select(LineItem.test_id)).all() == [None]
        assert session.scalars(select(Score)).all() == []

    def test_a_mentor_s_test_is_graded_nowhere(self, session, world):
        test = exam(session, world.track, audience=Audience.MENTORS, column_points=20)
        taken(session, world.sitter(role=SeatRole.MENTOR), test)
        assert session.scalars(select(LineItem)).all() == []


class TestTraining:
    def test_a_mentor_is_trained_once_the_test_is_passed(self, session, world):
        guide = world.sitter(role=SeatRole.MENTOR)
        assert may_mentor(session, world.track, world.guide.id)
        test = trained(world)
        assert asked_of_mentors(session, world.track) is test
        taken(session, guide, test, right=False)
        assert not may_mentor(session, world.track, world.guide.id)
        taken(session, guide, test)
        assert may_mentor(session, world.track, world.guide.id)
