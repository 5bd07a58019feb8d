"""A student keeps a plan: nothing is lost, nothing is done twice, nobody else touches it, the trail tells no words."""

from dataclasses import replace
from datetime import timedelta

import pytest
from factories.goals import STEPS, facts, goal
from factories.world import NOON, World, membership, mentor, person
from sqlalchemy import select

from lti_mentoring.domain.goals import (
    MOST_OPEN,
    GoalChanged,
    GoalEnded,
    GoalFlawed,
    GoalsFull,
    GoalState,
    StepGone,
)
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Action, AuditEntry, Goal, TrackState
from lti_mentoring.queries.goals import goals_to_read, my_goal, my_goals
from lti_mentoring.queries.privacy import Held, held_about
from lti_mentoring.services.assigning import assign, end, transfer
from lti_mentoring.services.evidence import Sending, send
from lti_mentoring.services.goals import change_goal, set_goal, settle, share, tick
from lti_mentoring.services.leavers import part_with_mentor
from lti_mentoring.services.steps import TrackClosed

MET, DROPPED, OPEN = GoalState.MET, GoalState.DROPPED, GoalState.OPEN


@pytest.fixture
def world(session):
    made = World(session)
    made.by = made.sitter(role=SeatRole.STUDENT)
    return made


def change(world, known, *, version=None, now=NOON, **changes):
    version = known.version if version is None else version
    change_goal(
        world.session, world.by, world.track, known.goal_id, facts(**changes), version=version, now=now
    )  # fmt: skip
    return again(world, known)


def again(world, known):
    return my_goal(world.session, world.by, world.track, known.goal_id)


def ticked(world, known, place, *, done=True, now=NOON):
    tick(world.session, world.by, world.track, known.goal_id, known.steps[place].action_id, done=done, now=now)
    return again(world, known)


def settled(world, known, state, now=NOON):
    settle(world.session, world.by, world.track, known.goal_id, state, now=now)
    return again(world, known)


def actions(session):
    return session.scalars(select(AuditEntry.action).where(AuditEntry.thing == "goal").order_by(AuditEntry.id)).all()


@pytest.mark.both_databases
def test_a_goal_is_kept_as_it_was_written_and_private(session, world):
    kept = goal(session, world)
    assert kept.facts() == facts()
    assert (kept.shared, kept.state, kept.version) == (False, OPEN, 1)
    assert [one.text for one in kept.steps] == list(STEPS)
    assert actions(session) == ["goal.made"]


@pytest.mark.both_databases
def test_the_same_goal_written_twice_is_one(session, world):
    assert goal(session, world) == goal(session, world)
    assert len(my_goals(session, world.by, world.track)) == 1


def test_the_same_goal_may_be_set_again_once_it_is_met(session, world):
    first = settled(world, goal(session, world), MET)
    assert goal(session, world).goal_id != first.goal_id


@pytest.mark.both_databases
def test_a_goal_is_written_anew_and_what_is_done_stays_done(session, world):
    known = ticked(world, goal(session, world), 1)
    after = change(world, known, title="Take a history", steps=(STEPS[1], "Read about it", STEPS[0]), shared=True)
    assert (after.title, after.shared) == ("Take a history", True)
    assert [(one.text, one.done) for one in after.steps] == [
        (STEPS[1], True), ("Read about it", False), (STEPS[0], False),
    ]  # fmt: skip
    assert {one.action_id for one in after.steps} >= {known.steps[0].action_id, known.steps[1].action_id}


@pytest.mark.both_databases
def test_of_two_windows_the_later_one_is_told_and_nothing_is_overwritten(session, world):
    known = goal(session, world)
    change(world, known, title="As the first window says")
    with pytest.raises(GoalChanged):
        change(world, known, title="As the second window says")
    assert again(world, known).title == "As the first window says"


def test_a_step_that_was_ticked_elsewhere_is_not_lost_either(session, world):
    known = goal(session, world)
    ticked(world, known, 0)
    with pytest.raises(GoalChanged):
        change(world, known, steps=())
    assert again(world, known).done == 1


def test_the_same_change_sent_twice_is_one(session, world):
    known = goal(session, world)
    after = change(world, known, title="Another")
    assert change(world, known, title="Another") == after
    assert actions(session) == ["goal.made", "goal.changed"]


@pytest.mark.both_databases
def test_steps_are_ticked_in_two_windows_without_being_in_each_other_s_way(session, world):
    known = goal(session, world)
    ticked(world, known, 0)
    assert ticked(world, known, 2).done == 2
    assert ticked(world, known, 2).done == 2
    assert [one.done for one in ticked(world, known, 0, done=False).steps] == [False, False, True]
    assert actions(session)[1:] == ["goal.step_done", "goal.step_done", "goal.step_undone"]


def test_a_step_that_was_taken_out_elsewhere_is_said_to_be_gone(session, world):
    known = goal(session, world)
    change(world, known, steps=STEPS[:1])
    with pytest.raises(StepGone):
        ticked(world, known, 2)


def test_a_step_of_another_goal_is_none_of_this_one(session, world):
    known, other = goal(session, world), goal(session, world, title="Another")
    with pytest.raises(StepGone):
        tick(session, world.by, world.track, known.goal_id, other.steps[0].action_id, done=True, now=NOON)
    assert again(world, other).done == 0


@pytest.mark.both_databases
def test_a_goal_is_met_or_dropped_once_and_can_be_opened_again(session, world):
    known = goal(session, world)
    assert settled(world, known, MET).ended_at == NOON
    assert settled(world, known, MET, now=NOON + timedelta(days=1)).ended_at == NOON
    with pytest.raises(GoalEnded):
        settled(world, known, DROPPED)
    assert settled(world, known, OPEN).ended_at is None
    assert settled(world, known, DROPPED).state is DROPPED
    assert actions(session) == ["goal.made", "goal.met", "goal.reopened", "goal.dropped"]


def test_a_goal_that_has_ended_is_neither_changed_nor_ticked(session, world):
    known = settled(world, goal(session, world), MET)
    for late in (lambda: change(world, known, title="Another"), lambda: ticked(world, known, 0)):
        with pytest.raises(GoalEnded):
            late()
    assert again(world, known) == known


def test_a_plan_is_full_at_twelve_open_goals_until_one_has_ended(session, world):
    first, *_more = [goal(session, world, title=f"Goal {number}") for number in range(MOST_OPEN)]
    with pytest.raises(GoalsFull):
        goal(session, world, title="One too many")
    settled(world, first, MET)
    goal(session, world, title="Another in its place")
    with pytest.raises(GoalsFull):
        settled(world, first, OPEN)


def test_what_no_form_lets_through_is_refused_here_too(session, world):
    known = goal(session, world)
    for wrong in ({"title": ""}, {"due_on": (NOON - timedelta(days=1)).date()}, {"steps": ("x",) * 7}):
        with pytest.raises(GoalFlawed):
            goal(session, world, **wrong)
        with pytest.raises(GoalFlawed):
            change(world, known, **wrong)


def test_a_late_goal_may_be_changed_without_another_day(session, world):
    known = goal(session, world)
    later = NOON + timedelta(days=40)
    assert change(world, known, title="Still the same day", now=later).due_on == known.due_on


def test_nobody_else_touches_a_goal(session, world):
    known, neighbour = goal(session, world, shared=True), World(session, inside=world.deployment)
    elsewhere = World(session)
    others = [
        (world.sitter(world.another_student(), SeatRole.STUDENT), world.track),
        (world.sitter(role=SeatRole.MENTOR), world.track),
        (world.sitter(), world.track),
        (neighbour.sitter(world.student, SeatRole.STUDENT), neighbour.track),
        (elsewhere.sitter(role=SeatRole.STUDENT), elsewhere.track),
        (replace(world.by, institution_id=elsewhere.institution.id), world.track),
    ]
    number, step = known.goal_id, known.steps[0].action_id
    for by, track in others:
        for act in (
            lambda by, track: change_goal(session, by, track, number, facts(title="Mine"), version=1, now=NOON),
            lambda by, track: tick(session, by, track, number, step, done=True, now=NOON),
            lambda by, track: settle(session, by, track, number, MET, now=NOON),
            lambda by, track: share(session, by, track, number, shared=False, now=NOON),
        ):
            with pytest.raises(NotFound):
                act(by, track)
    assert again(world, known) == known


@pytest.mark.parametrize("state", [TrackState.CLOSED, TrackState.DRAFT])
def test_in_a_track_that_is_not_open_goals_are_only_read_and_taken_back_from_mentors(session, world, state):
    known = goal(session, world, shared=True)
    world.track.state = state
    for act in (
        lambda: set_goal(session, world.by, world.track, facts(title="Another"), now=NOON),
        lambda: change(world, known, title="Another"),
        lambda: ticked(world, known, 0),
        lambda: settled(world, known, MET),
        lambda: share(session, world.by, world.track, known.goal_id, shared=True, now=NOON),
    ):
        with pytest.raises(TrackClosed):
            act()
    share(session, world.by, world.track, known.goal_id, shared=False, now=NOON)
    assert not again(world, known).shared


def test_the_trail_says_that_and_not_what(session, world):
    known = goal(session, world)
    ticked(world, known, 0)
    change(world, again(world, known), title="Nothing of this is told")
    for shared in (True, True, False):
        share(session, world.by, world.track, known.goal_id, shared=shared, now=NOON)
    assert actions(session)[-2:] == ["goal.shared", "goal.unshared"]
    rows = session.scalars(select(AuditEntry).where(AuditEntry.thing == "goal")).all()
    words = ("histor", "patient", "Raman", "Nothing of this")
    assert [row.action for row in rows if any(word in str(vars(row)) for word in words)] == []


def test_the_student_is_told_that_goals_are_held_and_nobody_else_has_any(session, world):
    goal(session, world, shared=True)
    assert dict(held_about(session, world.by).counts)[Held.GOALS] == 1
    assert Held.GOALS not in dict(held_about(session, world.sitter(role=SeatRole.MENTOR)).counts)


def another_mentor(world):
    who = person(world.session, world.institution, name="Dr Marta Oliveira")
    membership(world.session, world.context, who, is_student=False)
    return mentor(world.session, world.track, who, made_by_id=world.faculty.id)


def read_by(world, guide):
    by = world.sitter(guide.person, SeatRole.MENTOR)
    return [one.title for one in goals_to_read(world.session, by, world.track, world.student.id)]


@pytest.fixture
def plan(world, session):
    """A shared goal, one of its steps done, and a private one."""
    shared = ticked(world, goal(session, world, title="Shared", shared=True), 0)
    goal(session, world, title="Private")
    return shared


@pytest.mark.both_databases
def test_after_a_move_the_new_mentor_reads_what_is_shared_and_the_former_nothing(session, world, plan):
    new = another_mentor(world)
    assert (read_by(world, world.mentor), read_by(world, new)) == (["Shared"], [])
    transfer(session, world.sitter(), world.track, world.mentorship.id, new.id, "Her field.", now=NOON)
    assert (read_by(world, world.mentor), read_by(world, new)) == ([], ["Shared"])
    assert again(world, plan) == plan


@pytest.mark.both_databases
def test_when_a_mentor_leaves_and_the_student_is_matched_anew_plan_and_evidence_are_kept(app, session, world, plan):
    sent = send(
        session, world.by, world.track.milestones[0].id, Sending(version=1, text="What I saw on the ward."),
        app.extensions["files"], limit=1000, now=NOON,
    )  # fmt: skip
    faculty, new = world.sitter(), another_mentor(world)
    part_with_mentor(
        session, faculty, world.track, world.mentor.id, [world.mentorship.id], "She moves.", stops=True, now=NOON
    )
    assert read_by(world, world.mentor) == read_by(world, new) == []
    assert [one.title for one in my_goals(session, world.by, world.track)] == ["Shared", "Private"]
    assign(session, faculty, world.track, world.student.id, new.id, now=NOON)
    assert (read_by(world, world.mentor), read_by(world, new)) == ([], ["Shared"])
    assert again(world, plan) == plan
    session.refresh(sent)
    assert (sent.text, sent.withdrawn_at) == ("What I saw on the ward.", None)


def test_when_a_mentorship_ends_the_goals_stay_with_the_student_alone(session, world, plan):
    end(session, world.sitter(), world.mentorship.id, "Enough for now.", now=NOON)
    assert read_by(world, world.mentor) == []
    assert again(world, plan) == plan


def test_a_step_goes_with_its_goal(session, world):
    known = goal(session, world)
    session.delete(session.get_one(Goal, known.goal_id))
    session.flush()
    assert session.scalars(select(Action)).all() == []
