"""Making a test: its rules, when it can be taken, what it proves, and whom it trains."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from factories.rounds import drawn
from factories.tests import ASPIRIN, HANDS, exam, facts, first_a_test, item, student, taken, trained
from factories.world import NOON, World, context, link, membership, mentor, person
from sqlalchemy import select

from lti_mentoring.domain.assigning import Obstacle, Wish
from lti_mentoring.domain.matching.balanced import BalancedMatcher
from lti_mentoring.domain.milestones import ProgressState, Proof
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.tests import MOST_TESTS, Audience, NotReady, StateOfTest
from lti_mentoring.domain.tracks import TooMany
from lti_mentoring.errors import NotFound
from lti_mentoring.models import (
    AssignedBy,
    Attempt,
    AuditEntry,
    Item,
    LineItem,
    MilestoneProgress,
    Score,
    Test,
    TrackState,
)
from lti_mentoring.queries.pairing import pairing
from lti_mentoring.queries.room import room_in
from lti_mentoring.queries.round_problem import read_problem
from lti_mentoring.queries.rounds import rounds_page
from lti_mentoring.services.assigning import PairImpossible, PlanChanged, assign, assign_all, propose, transfer
from lti_mentoring.services.attempts import begin
from lti_mentoring.services.copying import copy_setup
from lti_mentoring.services.publishing import RoundChanged, publish
from lti_mentoring.services.tests import (
    ChangedTest,
    add_test,
    choose_mentor_test,
    choose_student_test,
    close_test,
    edit_test,
    facts_of,
    publish_test,
)
from lti_mentoring.services.track_milestones import NoTestNamed, add_milestone, edit_milestone
from lti_mentoring.services.tracks import milestone_facts

LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def by(world):
    return world.sitter()


def actions(session):
    return session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()


@pytest.mark.both_databases
def test_a_test_is_made_once_however_often_its_form_is_sent(session, by):
    wanted = facts(title="Before the ward")
    made = add_test(session, by, wanted, now=NOON)
    assert add_test(session, by, wanted, now=NOON) is made
    assert (facts_of(made), made.state) == (wanted, StateOfTest.DRAFT)
    assert actions(session) == ["test.added"]


def test_a_second_test_like_the_first_is_another_once_the_first_has_items(session, by):
    wanted = facts()
    first = add_test(session, by, wanted, now=NOON)
    item(session, first)
    assert add_test(session, by, wanted, now=NOON) is not first


def test_twenty_tests_are_enough(session, world, by):
    for _number in range(MOST_TESTS):
        exam(session, world.track)
    with pytest.raises(TooMany):
        add_test(session, by, facts(), now=NOON)


def test_who_takes_it_stays_as_it_was_made(session, world, by):
    test = exam(session, world.track)
    wanted = replace(facts_of(test), audience=Audience.MENTORS)
    assert edit_test(session, by, test.id, wanted, version=None, now=NOON).audience is Audience.STUDENTS
    assert actions(session) == []


def test_rules_are_changed_on_the_newest_version_only(session, world, by):
    test = exam(session, world.track)
    edit_test(session, by, test.id, replace(facts_of(test), pass_percent=80), version=1, now=NOON)
    assert (test.pass_percent, test.version) == (80, 2)
    with pytest.raises(ChangedTest):
        edit_test(session, by, test.id, replace(facts_of(test), pass_percent=50), version=1, now=NOON)


def test_more_items_than_there_are_cannot_be_drawn_from_a_published_test(session, world, by):
    test = exam(session, world.track)
    with pytest.raises(NotReady):
        edit_test(session, by, test.id, replace(facts_of(test), drawn=4), version=1, now=NOON)
    draft = exam(session, world.track, state=StateOfTest.DRAFT)
    edit_test(session, by, draft.id, replace(facts_of(draft), drawn=4), version=1, now=NOON)
    with pytest.raises(NotReady):
        publish_test(session, by, draft.id, now=NOON)


def test_a_column_comes_and_goes_with_its_points(session, world, by):
    test = exam(session, world.track, column_points=20)
    taken(session, student(world), test)
    edit_test(session, by, test.id, replace(facts_of(test), column_points=40), version=1, now=NOON)
    column = session.scalars(select(LineItem).where(LineItem.test_id == test.id)).one()
    score = session.scalars(select(Score).where(Score.line_item_id == column.id)).one()
    assert (column.maximum, score.wanted) == (40, 40)
    edit_test(session, by, test.id, replace(facts_of(test), column_points=None), version=2, now=NOON)
    assert column.closed_at == NOON


def test_a_test_is_published_closed_and_opened_again(session, world, by):
    test = exam(session, world.track, state=StateOfTest.DRAFT)
    assert close_test(session, by, test.id, now=NOON).state is StateOfTest.DRAFT
    for _twice in range(2):
        publish_test(session, by, test.id, now=NOON)
    for _twice in range(2):
        close_test(session, by, test.id, now=LATER)
    publish_test(session, by, test.id, now=LATER)
    assert (test.state, test.published_at) == (StateOfTest.PUBLISHED, NOON)
    assert actions(session) == ["test.published", "test.closed", "test.published"]


def test_closing_gives_whoever_is_in_the_middle_what_was_saved(session, world, by):
    test = exam(session, world.track)
    begin(session, student(world), test.id, now=NOON)
    close_test(session, by, test.id, now=LATER)
    attempt = session.scalars(select(Attempt)).one()
    assert (attempt.ended_at, attempt.points) == (LATER, 0)


def test_only_a_published_test_of_mentors_can_be_asked_of_them(session, world, by):
    for test in (
        exam(session, world.track),
        exam(session, world.track, audience=Audience.MENTORS, state=StateOfTest.DRAFT),
    ):
        with pytest.raises(NotFound):
            choose_mentor_test(session, by, test.id, now=NOON)
    with pytest.raises(NotFound):
        choose_mentor_test(session, by, exam(session, World(session).track).id, now=NOON)


def test_closing_the_test_of_mentors_asks_it_of_nobody(session, world, by):
    test = exam(session, world.track, audience=Audience.MENTORS)
    for _twice in range(2):
        choose_mentor_test(session, by, test.id, now=NOON)
    assert world.track.mentor_test == test.key
    close_test(session, by, test.id, now=NOON)
    assert world.track.mentor_test is None
    choose_mentor_test(session, by, None, now=NOON)
    assert actions(session) == ["track.mentor_test", "test.closed", "track.mentor_test"]


class TestMilestones:
    def test_a_milestone_names_a_test_of_the_own_students(self, session, world, by):
        first = milestone_facts(world.track.milestones[0])
        theirs, of_mentors = exam(session, World(session).track), exam(session, world.track, audience=Audience.MENTORS)
        draft = exam(session, world.track, state=StateOfTest.DRAFT)
        for number in (None, theirs.id, of_mentors.id, draft.id):
            with pytest.raises(NoTestNamed):
                add_milestone(session, by, replace(first, proof=Proof.TEST, test_id=number), version=1, now=NOON)

    def test_who_has_passed_already_reaches_it_at_once(self, session, world, by):
        test, first = exam(session, world.track), world.track.milestones[0]
        taken(session, student(world), test)
        wanted = replace(milestone_facts(first), proof=Proof.TEST, test_id=test.id)
        edit_milestone(session, by, first.id, wanted, version=1, now=LATER)
        assert session.scalars(select(MilestoneProgress.state)).all() == [ProgressState.ACCEPTED]
        assert session.scalars(select(Score.wanted)).all() == [33.33]
        added = add_milestone(session, by, replace(wanted, title="Once more"), version=2, now=LATER)
        assert {one.milestone_id for one in session.scalars(select(MilestoneProgress))} == {first.id, added.id}

    def test_another_proof_names_no_test(self, session, world, by):
        test, first = exam(session, world.track), world.track.milestones[0]
        wanted = replace(milestone_facts(first), proof=Proof.TEST, test_id=test.id)
        edit_milestone(session, by, first.id, wanted, version=1, now=NOON)
        edit_milestone(session, by, first.id, replace(wanted, proof=Proof.WORD), version=2, now=NOON)
        assert first.test_id is None


def test_a_copy_has_the_tests_with_their_keys_and_no_attempt(session, world):
    open_one, closed = exam(session, world.track), exam(session, world.track, ASPIRIN, state=StateOfTest.CLOSED)
    item(session, open_one, retired_at=NOON)
    asked = trained(world)
    first = world.track.milestones[0]
    first.proof, first.test_id = Proof.TEST, open_one.id
    taken(session, student(world), open_one)
    course = context(session, world.deployment, history=[world.context.context_id])
    there = world.sitter(context_id=course.id, track_id=None, resource_link_id=link(session, course).id)
    copy = copy_setup(session, there, world.track.id, starts_on=date(2027, 3, 1), now=NOON)
    tests = session.scalars(select(Test).where(Test.track_id == copy.id).order_by(Test.id)).all()
    assert [one.key for one in tests] == [open_one.key, closed.key, asked.key]
    assert [one.state for one in tests] == [StateOfTest.PUBLISHED, StateOfTest.CLOSED, StateOfTest.PUBLISHED]
    assert len(session.scalars(select(Item).where(Item.test_id == tests[0].id)).all()) == 3
    assert copy.milestones[0].test_id == tests[0].id
    assert copy.mentor_test == asked.key
    assert session.scalars(select(Attempt).where(Attempt.test_id.in_([one.id for one in tests]))).all() == []


class TestTraining:
    @pytest.fixture
    def waiting(self, world):
        return world.another_student()

    @pytest.mark.both_databases
    def test_by_hand_nobody_is_given_to_a_mentor_who_has_not_passed(self, session, world, by, waiting):
        test = trained(world)
        with pytest.raises(PairImpossible) as refused:
            assign(session, by, world.track, waiting.id, world.mentor.id, now=NOON)
        assert refused.value.code == "pair_not_trained"
        taken(session, world.sitter(role=SeatRole.MENTOR), test)
        assert assign(session, by, world.track, waiting.id, world.mentor.id, now=LATER).student_id == waiting.id

    def test_by_a_list_it_is_told_for_each_line(self, session, world, by, waiting):
        trained(world)
        with pytest.raises(PlanChanged) as changed:
            assign_all(session, by, world.track, [Wish(1, waiting.id, world.mentor.id)], AssignedBy.CSV, now=NOON)
        assert [one.obstacle for one in changed.value.stopped] == [Obstacle.NOT_TRAINED]

    def test_automatically_only_trained_mentors_are_proposed(self, session, world, waiting):
        test = trained(world)
        other = person(session, world.institution)
        membership(session, world.context, other, is_student=False)
        colleague = mentor(session, world.track, other)
        taken(session, world.sitter(other, SeatRole.MENTOR), test)
        pairs, left = propose(pairing(session, world.track), BalancedMatcher())
        assert [(pair.mentee_id, pair.mentor_id) for pair in pairs] == [(waiting.id, colleague.id)]
        assert left == []
        assert [one.mentor_id for one in room_in(session, world.track).listed] == [colleague.id]

    def test_whoever_guides_students_already_keeps_them(self, session, world):
        trained(world)
        assert pairing(session, world.track).students[world.student.id].mentors == {"": world.mentor.id}


@pytest.mark.both_databases
class TestBeforeAMentor:
    @pytest.fixture
    def waiting(self, world):
        return world.another_student()

    def test_only_a_published_test_of_students_comes_before_a_mentor(self, session, world, by):
        for test in (
            exam(session, world.track, audience=Audience.MENTORS),
            exam(session, world.track, state=StateOfTest.DRAFT),
            exam(session, World(session).track),
        ):
            with pytest.raises(NotFound):
                choose_student_test(session, by, test.id, now=NOON)

    def test_closing_it_holds_nobody_back_any_more(self, session, world, by):
        test = exam(session, world.track)
        for _twice in range(2):
            choose_student_test(session, by, test.id, now=NOON)
        assert world.track.student_test == test.key
        close_test(session, by, test.id, now=NOON)
        assert world.track.student_test is None
        choose_student_test(session, by, None, now=NOON)
        assert actions(session) == ["track.student_test", "test.closed", "track.student_test"]

    def test_by_hand_nobody_is_given_a_mentor_before_the_test_is_passed(self, session, world, by, waiting):
        test = first_a_test(world)
        taken(session, student(world, waiting), test, right=False)
        for despite in ("", "We know her well."):
            with pytest.raises(PairImpossible) as refused:
                assign(session, by, world.track, waiting.id, world.mentor.id, now=NOON, despite=despite)
            assert refused.value.code == "pair_test_first"
        taken(session, student(world, waiting), test)
        assert assign(session, by, world.track, waiting.id, world.mentor.id, now=LATER).student_id == waiting.id

    def test_by_a_list_it_is_told_for_each_line(self, session, world, by, waiting):
        first_a_test(world)
        with pytest.raises(PlanChanged) as changed:
            assign_all(session, by, world.track, [Wish(1, waiting.id, world.mentor.id)], AssignedBy.CSV, now=NOON)
        assert [one.obstacle for one in changed.value.stopped] == [Obstacle.TEST_FIRST]

    def test_automatically_only_those_are_placed_who_have_passed(self, session, world, waiting):
        test, other = first_a_test(world), world.another_student()
        taken(session, student(world, other), test)
        there = pairing(session, world.track)
        pairs, left = propose(there, BalancedMatcher())
        assert [pair.mentee_id for pair in pairs] == [other.id]
        assert left == []
        assert [one.person_id for one in there.held_back()] == [waiting.id]

    def test_a_round_holds_only_those_who_have_passed(self, session, world, by, waiting):
        test, other = first_a_test(world), world.another_student()
        taken(session, student(world, other), test)
        assert [one.mentee_id for one in read_problem(session, world.track, {}).problem.mentees] == [other.id]
        page = rounds_page(session, by)
        assert (page.waiting, page.held_back) == (1, 1)
        taken(session, student(world, waiting), test)
        assert len(read_problem(session, world.track, {}).problem.mentees) == 2
        assert rounds_page(session, by).held_back == 0

    def test_a_draft_from_before_is_not_published_for_them(self, session, world, by, waiting):
        draft = drawn(world)
        test = first_a_test(world)
        with pytest.raises(RoundChanged) as changed:
            publish(session, by, draft.id, now=NOON)
        assert [one.obstacle for one in changed.value.stopped] == [Obstacle.TEST_FIRST]
        taken(session, student(world, waiting), test)
        assert publish(session, by, draft.id, now=LATER) == 1

    def test_whoever_has_a_mentor_keeps_them_and_can_be_moved_to_another(self, session, world, by):
        first_a_test(world)
        assert pairing(session, world.track).students[world.student.id].mentors == {"": world.mentor.id}
        other = person(session, world.institution)
        membership(session, world.context, other, is_student=False)
        there = mentor(session, world.track, other)
        moved = transfer(session, by, world.track, world.mentorship.id, there.id, "She moves.", now=LATER)
        assert moved.mentor_id == there.id

    def test_a_copy_asks_the_same_test(self, session, world):
        asked = first_a_test(world)
        course = context(session, world.deployment, history=[world.context.context_id])
        there = world.sitter(context_id=course.id, track_id=None, resource_link_id=link(session, course).id)
        copy = copy_setup(session, there, world.track.id, starts_on=date(2027, 3, 1), now=NOON)
        assert copy.student_test == asked.key


def test_a_draft_track_is_not_graded_for_its_test(session, world, by):
    world.track.state = TrackState.DRAFT
    test = exam(session, world.track, HANDS, state=StateOfTest.DRAFT, column_points=5)
    publish_test(session, by, test.id, now=NOON)
    assert session.scalars(select(LineItem)).all() == []
