"""Due scores are claimed under a lease, delivered once, and settled by reading back when in doubt."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from factories.tests import exam
from factories.world import NOON, World, link
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.db import database_now
from lti_mentoring.domain.grades import ColumnMode
from lti_mentoring.lti.faults import PlatformAnswerUnreadable, PlatformRefused, PlatformUnavailable
from lti_mentoring.lti.scores import Result, ScoreAnswer
from lti_mentoring.models import AuditEntry, HeldReason, LineItem, Score, ScoreState
from lti_mentoring.services.delivering import End, deliver
from lti_mentoring.services.grading import ensure_columns
from lti_mentoring.services.sending import (
    MOST_ATTEMPTS,
    claim_column,
    claim_score,
    find_due_scores,
    release_column,
    settle_score,
)

pytestmark = pytest.mark.both_databases
COLUMN = "https://lms.example/items/7"


class FakeGradebook:
    """A gradebook that keeps one grade for each person, and answers as it is told to."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.shown = {}
        self.posted = []
        self.searched = 0

    def find_column(self, column):
        self.searched += 1
        return COLUMN

    def post(self, url, score):
        answer = self.answers.pop(0) if self.answers else ScoreAnswer.ACCEPTED
        self.posted.append(score)
        if isinstance(answer, Exception):
            raise answer
        if answer is ScoreAnswer.ACCEPTED:
            self.shown[score.user_id] = Result(score.user_id, score.given, score.maximum)
        return answer

    def read(self, url, user_id):
        return self.shown.get(user_id)


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def score(session, world):
    [column] = ensure_columns(session, world.track, now=NOON)
    row = Score(
        institution_id=world.institution.id, track_id=world.track.id, line_item_id=column.id,
        person_id=world.student.id, wanted=40, maximum=100, due_at=datetime(2020, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    session.add(row)
    session.commit()
    return row


def push(session, score, gradebook):
    """One run of the task: claim, deliver, settle."""
    score.due_at = min(score.due_at, database_now(session))
    session.flush()
    due = claim_score(session, score.id)
    outcome = deliver(due, gradebook)
    settle_score(session, due, outcome, now=NOON, chance=lambda: 0.0)
    session.flush()
    return outcome


def test_a_due_score_arrives_and_the_row_says_what_was_accepted_and_when(session, world, score):
    gradebook = FakeGradebook()
    assert push(session, score, gradebook).end is End.ACCEPTED
    assert (score.state, score.accepted_value, score.accepted_maximum) == (ScoreState.ACCEPTED, 40, 100)
    assert score.accepted_at == NOON
    assert gradebook.shown[world.student.subject].score == 40
    assert session.get_one(LineItem, score.line_item_id).url == COLUMN
    assert "grade.accepted" in session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()


def test_a_claimed_score_is_nobody_elses_until_the_lease_ends(session, score):
    assert claim_score(session, score.id) is not None
    assert claim_score(session, score.id) is None
    assert find_due_scores(session, most=9) == []
    score.lease_until = database_now(session) - timedelta(seconds=1)
    session.flush()
    assert find_due_scores(session, most=9) == [score.id]
    assert claim_score(session, score.id) is not None


@pytest.mark.parametrize("wrong", [timedelta(hours=-3), timedelta(hours=3)], ids=["slow", "fast"])
def test_a_worker_whose_own_clock_is_hours_wrong_neither_takes_a_claimed_score_nor_misses_one(session, score, wrong):
    with time_machine.travel(utcnow() + wrong):
        assert find_due_scores(session, most=9) == [score.id]
        claimed = claim_score(session, score.id)
    assert abs(claimed.stamp - utcnow()) < timedelta(minutes=1)
    with time_machine.travel(utcnow() + wrong):
        assert claim_score(session, score.id) is None
        assert find_due_scores(session, most=9) == []


def test_a_worker_whose_lease_has_passed_on_writes_nothing(session, score):
    old = claim_score(session, score.id)
    score.lease_until = database_now(session) - timedelta(seconds=1)
    session.flush()
    claim_score(session, score.id)
    settle_score(session, old, deliver(old, FakeGradebook()), now=NOON)
    assert score.state is ScoreState.PENDING
    assert score.accepted_value is None


def test_a_score_that_is_gone_sent_or_not_due_yet_is_not_claimed(session, score):
    score.due_at = database_now(session) + timedelta(minutes=1)
    session.flush()
    assert claim_score(session, score.id) is None
    assert claim_score(session, 4711) is None


def test_a_lost_answer_is_settled_by_reading_not_by_sending_again(session, world, score):
    gradebook = FakeGradebook(PlatformUnavailable("timeout"))
    assert push(session, score, gradebook).end is End.LATER
    assert score.waiting_reason == "timeout"
    gradebook.shown[world.student.subject] = Result(world.student.subject, 40, 100)
    assert push(session, score, gradebook).end is End.ACCEPTED
    assert len(gradebook.posted) == 1


def test_what_did_not_arrive_is_sent_again_with_a_later_second(session, score):
    gradebook = FakeGradebook(PlatformUnavailable("timeout"))
    push(session, score, gradebook)
    push(session, score, gradebook)
    first, second = gradebook.posted
    assert second.timestamp > first.timestamp
    assert second.timestamp.microsecond == 0
    assert score.state is ScoreState.ACCEPTED


def test_a_409_for_what_had_arrived_is_accepted(session, world, score):
    gradebook = FakeGradebook(ScoreAnswer.OLD_TIMESTAMP)
    gradebook.shown[world.student.subject] = Result(world.student.subject, 0.4, 1)
    assert push(session, score, gradebook).end is End.ACCEPTED


def test_a_409_with_nothing_there_is_tried_again_a_second_later_then_ever_more_slowly(session, score):
    gradebook = FakeGradebook(*[ScoreAnswer.OLD_TIMESTAMP] * 3)
    for seconds in (1, 2, 4):
        before = database_now(session)
        push(session, score, gradebook)
        assert timedelta(seconds=seconds - 1) <= score.due_at - before <= timedelta(seconds=seconds + 5)
    assert push(session, score, gradebook).end is End.ACCEPTED


def test_a_teachers_grade_is_left_alone_until_faculty_overrule_it(session, world, score):
    gradebook = FakeGradebook(ScoreAnswer.OLD_TIMESTAMP)
    gradebook.shown[world.student.subject] = Result(world.student.subject, 88, 100)
    push(session, score, gradebook)
    assert (score.state, score.held_reason) == (ScoreState.HELD, HeldReason.TEACHER_CHANGED)
    score.state, score.overrule = ScoreState.PENDING, True
    assert push(session, score, gradebook).end is End.ACCEPTED
    assert gradebook.shown[world.student.subject].score == 40
    assert score.overrule is False


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (ScoreAnswer.REFUSED, HeldReason.REFUSED),
        (ScoreAnswer.FORBIDDEN, HeldReason.FORBIDDEN),
        (PlatformRefused(403, "forbidden"), HeldReason.FORBIDDEN),
        (PlatformRefused(400, "bad"), HeldReason.REFUSED),
    ],
)
def test_a_no_is_kept_with_its_reason_and_not_repeated(session, score, answer, reason):
    push(session, score, FakeGradebook(answer))
    assert (score.state, score.held_reason) == (ScoreState.HELD, reason)
    assert claim_score(session, score.id) is None


def test_a_maintenance_page_is_waited_out_ever_longer(session, score):
    gradebook = FakeGradebook(*[PlatformAnswerUnreadable("html") for _ in range(3)])
    waits = []
    for _ in range(3):
        push(session, score, gradebook)
        waits.append(score.due_at - database_now(session))
    assert waits == sorted(waits)
    assert waits[2] > timedelta(seconds=15)
    assert score.waiting_reason == "html"


def test_a_platform_that_has_switched_the_tool_off_is_asked_again_and_holds_no_score(session, score):
    gradebook = FakeGradebook(PlatformRefused(400, "invalid_client"))
    assert push(session, score, gradebook).end is End.LATER
    assert (score.state, score.waiting_reason) == (ScoreState.PENDING, "invalid_client")
    assert push(session, score, gradebook).end is End.ACCEPTED


def test_a_score_that_fails_while_others_arrive_is_held_for_a_person_after_many_tries(session, score):
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert score.state is ScoreState.PENDING, attempt
        score.due_at = database_now(session)
        session.flush()
        due = claim_score(session, score.id)
        outcome = deliver(due, FakeGradebook(PlatformUnavailable("timeout")))
        settle_score(session, due, outcome, now=NOON, platform_is_well=True)
        session.flush()
    assert (score.state, score.held_reason) == (ScoreState.HELD, HeldReason.GAVE_UP)


def test_a_platform_that_says_how_long_is_obeyed_within_reason(session, score):
    push(session, score, FakeGradebook(PlatformUnavailable("throttled", retry_after=40)))
    assert timedelta(seconds=35) < score.due_at - database_now(session) <= timedelta(seconds=41)
    push(session, score, FakeGradebook(PlatformUnavailable("throttled", retry_after=10**7)))
    assert score.due_at - database_now(session) <= timedelta(hours=1)


def test_a_column_that_is_gone_is_looked_for_anew(session, world, score):
    gradebook = FakeGradebook(ScoreAnswer.ITEM_GONE)
    push(session, score, gradebook)
    assert session.get_one(LineItem, score.line_item_id).url is None
    push(session, score, gradebook)
    assert gradebook.searched == 2
    assert score.state is ScoreState.ACCEPTED


def test_the_column_that_came_with_the_link_is_used(session, world, score):
    world.link.lineitem_url = "https://lms.example/items/of-the-link"
    session.flush()
    due = claim_score(session, score.id)
    assert due.column.url == "https://lms.example/items/of-the-link"


def test_a_link_to_something_else_lends_its_column_to_nobody(session, world, score):
    link(session, world.context, world.track, opens="certificates", lineitem_url="https://lms.example/items/other")
    first = world.track.milestones[0].key
    of = {"opens": "milestone", "opens_item": first, "lineitem_url": "https://lms.example/items/first"}
    link(session, world.context, world.track, **of)
    due = claim_score(session, score.id)
    assert (due.column.url, due.column.resource_id) == (None, f"track-{world.track.key}")
    assert due.column.resource_link_id == world.link.resource_link_id


@pytest.mark.parametrize("placed", [True, False])
def test_a_milestones_column_is_that_of_the_link_which_opens_it(session, world, score, placed):
    world.track.column_mode = ColumnMode.PER_MILESTONE
    columns = ensure_columns(session, world.track, now=NOON)
    second = world.track.milestones[1]
    score.line_item_id = next(one.id for one in columns if one.milestone_id == second.id)
    if placed:
        of = {"opens": "assessment", "opens_item": second.key, "lineitem_url": "https://lms.example/items/second"}
        own = link(session, world.context, world.track, **of)
    session.flush()
    column = claim_score(session, score.id).column
    assert column.resource_id == f"milestone-{second.key}"
    assert column.url == ("https://lms.example/items/second" if placed else None)
    assert column.resource_link_id == (own if placed else world.link).resource_link_id


@pytest.mark.parametrize("placed", [True, False])
def test_a_tests_column_is_that_of_the_link_which_opens_it(session, world, score, placed):
    test = exam(session, world.track, column_points=20)
    columns = ensure_columns(session, world.track, now=NOON)
    score.line_item_id = next(one.id for one in columns if one.test_id == test.id)
    if placed:
        of = {"opens": "test", "opens_item": test.key, "lineitem_url": "https://lms.example/items/test"}
        own = link(session, world.context, world.track, **of)
    session.flush()
    column = claim_score(session, score.id).column
    assert column.resource_id == f"test-{test.key}"
    assert column.url == ("https://lms.example/items/test" if placed else None)
    assert column.resource_link_id == (own if placed else world.link).resource_link_id


def test_a_link_of_the_whole_course_is_no_assignment(session, world, score):
    world.link.resource_link_id = world.context.context_id
    session.flush()
    assert claim_score(session, score.id).column.resource_link_id is None


def test_without_any_gradebook_the_score_is_held(session, world, score):
    world.context.lineitems_url = None
    push(session, score, FakeGradebook())
    assert score.held_reason is HeldReason.NO_GRADEBOOK


def test_a_fault_while_the_column_is_looked_for_is_an_outcome_too(session, score):
    due = claim_score(session, score.id)

    class NoColumns(FakeGradebook):
        def find_column(self, column):
            raise PlatformUnavailable("timeout")

    assert deliver(due, NoColumns()).end is End.LATER


def test_a_grade_that_changed_on_the_way_is_sent_once_more(session, score):
    gradebook = FakeGradebook()
    due = claim_score(session, score.id)
    outcome = deliver(due, gradebook)
    score.wanted, score.wanted_version = 60, score.wanted_version + 1
    settle_score(session, due, outcome, now=NOON)
    assert (score.state, score.accepted_value) == (ScoreState.PENDING, 40)
    push(session, score, gradebook)
    assert score.accepted_value == 60
    assert [one.given for one in gradebook.posted] == [40, 60]


def test_one_worker_at_a_time_looks_for_a_column(session, score):
    assert claim_column(session, score.line_item_id)
    assert not claim_column(session, score.line_item_id)
    release_column(session, score.line_item_id, None)
    assert claim_column(session, score.line_item_id)
    release_column(session, score.line_item_id, COLUMN)
    assert session.get_one(LineItem, score.line_item_id).url == COLUMN


def test_an_outcome_for_an_older_version_holds_nothing(session, score):
    due = claim_score(session, score.id)
    score.wanted_version += 1
    outcome = deliver(replace(due, lineitems_url=None, column=replace(due.column, url=None)), FakeGradebook())
    settle_score(session, due, outcome, now=NOON)
    assert score.state is ScoreState.PENDING
