"""Which scores the gradebook should have."""

import pytest
from factories.world import NOON, World, add
from sqlalchemy import select

from lti_mentoring.db import ANNOUNCED
from lti_mentoring.domain.grades import ColumnMode, GradeRule
from lti_mentoring.domain.milestones import ProgressState
from lti_mentoring.models import (
    AuditEntry,
    HeldReason,
    LineItem,
    Membership,
    MembershipStatus,
    MilestoneProgress,
    Score,
    ScoreState,
)
from lti_mentoring.services.grading import NothingToSend, recompute, recompute_track, send_again


@pytest.fixture
def world(session):
    return World(session, milestones=2)


def reach(world, index, state=ProgressState.ACCEPTED, who=None):
    milestone, student = world.track.milestones[index], who or world.student
    row = MilestoneProgress(
        institution_id=world.institution.id, track_id=world.track.id, milestone_id=milestone.id, student_id=student.id,
        state=state,
    )  # fmt: skip
    return add(world.session, row)


def score_of(world, who=None):
    wanted = select(Score).where(Score.person_id == (who or world.student).id)
    return world.session.scalars(wanted).one_or_none()


def form(world):
    recompute(world.session, world.track.id, world.student.id, now=NOON)
    return score_of(world)


def accept(score):
    score.state, score.accepted_value, score.accepted_maximum = ScoreState.ACCEPTED, score.wanted, score.maximum


def test_an_accepted_milestone_makes_a_score_that_is_due_and_announced(world):
    reach(world, 0)
    score = form(world)
    assert (score.wanted, score.maximum, score.state) == (50.0, 100.0, ScoreState.PENDING)
    assert [event.score_id for event in world.session.info[ANNOUNCED]] == [score.id]
    assert world.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == ["grade.formed"]


def test_nothing_reached_makes_no_score(world):
    assert form(world) is None


def test_forming_the_same_grade_again_changes_nothing(world):
    reach(world, 0)
    first = form(world)
    accept(first)
    version = first.wanted_version
    assert form(world).wanted_version == version
    assert first.state is ScoreState.ACCEPTED


def test_a_due_score_formed_again_is_announced_once(world):
    reach(world, 0)
    form(world)
    form(world)
    assert len(world.session.info[ANNOUNCED]) == 1


def test_a_grade_that_is_formed_no_more_is_kept_back_not_sent(world):
    progress = reach(world, 0)
    accept(form(world))
    progress.state = ProgressState.OPEN
    score = form(world)
    assert (score.state, score.held_reason) == (ScoreState.HELD, HeldReason.NOT_FORMED)
    progress.state = ProgressState.ACCEPTED
    assert form(world).state is ScoreState.ACCEPTED


def test_who_left_the_course_gets_no_grade_sent(world):
    reach(world, 0)
    world.session.scalars(
        select(Membership).where(Membership.person_id == world.student.id)
    ).one().status = MembershipStatus.LEFT
    assert form(world).held_reason is HeldReason.LEFT_COURSE


def test_the_test_student_never_gets_a_grade(world):
    reach(world, 0)
    world.student.is_test_user = True
    assert form(world).held_reason is HeldReason.TEST_USER


def test_a_teachers_change_holds_until_faculty_send_ours(world):
    reach(world, 0)
    score = form(world)
    score.state, score.held_reason = ScoreState.HELD, HeldReason.TEACHER_CHANGED
    reach(world, 1)
    assert form(world).held_reason is HeldReason.TEACHER_CHANGED
    assert score.wanted == 100.0
    send_again(world.session, world.sitter(), score, now=NOON)
    assert (score.state, score.overrule) == (ScoreState.PENDING, True)


def test_a_refused_score_is_tried_again_when_the_grade_changes(world):
    reach(world, 0)
    score = form(world)
    score.state, score.held_reason = ScoreState.HELD, HeldReason.REFUSED
    assert form(world).state is ScoreState.HELD
    reach(world, 1)
    assert form(world).state is ScoreState.PENDING


def test_only_what_an_answer_kept_back_can_be_sent_again(world):
    reach(world, 0)
    with pytest.raises(NothingToSend):
        send_again(world.session, world.sitter(), form(world), now=NOON)


def test_a_column_for_each_milestone_has_the_weight_as_maximum(world):
    world.track.column_mode = ColumnMode.PER_MILESTONE
    world.track.milestones[1].weight = 0
    reach(world, 0)
    score = form(world)
    assert (score.wanted, score.maximum) == (10.0, 10.0)
    assert len(world.session.scalars(select(LineItem)).all()) == 1


def test_changing_the_columns_closes_the_old_one_and_deletes_nothing(world):
    reach(world, 0)
    old = form(world)
    world.track.column_mode = ColumnMode.PER_MILESTONE
    recompute_track(world.session, world.track.id, now=NOON)
    scores = world.session.scalars(select(Score)).all()
    assert {(score.state, score.held_reason) for score in scores} == {
        (ScoreState.HELD, HeldReason.COLUMN_CLOSED),
        (ScoreState.PENDING, None),
    }
    world.track.column_mode = ColumnMode.ONE
    recompute_track(world.session, world.track.id, now=NOON)
    assert old.state is ScoreState.PENDING


def test_a_new_rule_forms_everybodys_grade_anew(world):
    other = world.another_student()
    reach(world, 0)
    reach(world, 0, who=other)
    recompute_track(world.session, world.track.id, now=NOON)
    world.track.grade_rule = GradeRule.AT_END
    recompute_track(world.session, world.track.id, now=NOON)
    assert {score.held_reason for score in world.session.scalars(select(Score))} == {HeldReason.NOT_FORMED}


def test_someone_who_is_no_student_of_the_course_gets_no_score(world):
    reach(world, 0, who=world.guide)
    recompute(world.session, world.track.id, world.guide.id, now=NOON)
    assert score_of(world, world.guide) is None
