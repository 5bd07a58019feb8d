"""Keep a student's goals; the trail says that something was changed, and nothing of what a goal is.

A goal is locked while it is changed: of two windows each change is kept, or the later one is told of the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update

from lti_mentoring.domain.goals import (
    GoalChanged,
    GoalEnded,
    GoalState,
    StepGone,
    check_follows,
    check_goal,
    check_room,
    revised,
)
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Action, Goal, Person, TrackState
from lti_mentoring.queries.goals import my_goal, my_goals
from lti_mentoring.services.auditing import record
from lti_mentoring.services.steps import TrackClosed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.goals import GoalFacts, Step
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track


def set_goal(session: Session, by: Sitter, track: Track, facts: GoalFacts, *, now: datetime) -> int:
    """Keep a new goal of the sitting student and return its number; an open one that says the same is that goal.

    Raises TrackClosed in a track that is not open, GoalFlawed, and GoalsFull.
    """
    _check_open(track)
    check_goal(facts, now.date())
    # Two presses at once wait for each other here.
    session.execute(select(Person.id).where(Person.id == by.person_id).with_for_update(key_share=True))
    still = [one for one in my_goals(session, by, track) if one.is_open]
    same = next((one for one in still if one.facts() == facts), None)
    if same is not None:
        return same.goal_id
    check_room(len(still))
    goal = Goal(
        institution_id=track.institution_id, track_id=track.id, student_id=by.person_id, domain=facts.domain,
        title=facts.title, success=facts.success, due_on=facts.due_on, shared=facts.shared, created_at=now,
        changed_at=now,
    )  # fmt: skip
    session.add(goal)
    session.flush()
    _write_steps(session, goal, revised((), facts.steps))
    record(session, by, "goal.made", "goal", goal.id, now=now)
    return goal.id


def change_goal(
    session: Session, by: Sitter, track: Track, goal_id: int, facts: GoalFacts, *, version: int, now: datetime
) -> None:
    """Keep a goal as it was written anew; the same once more changes nothing.

    Raises NotFound for another's goal, TrackClosed, GoalEnded for one that is met or dropped, GoalChanged where another
    window changed it meanwhile (``version``: the one that was opened), and GoalFlawed.
    """
    _check_open(track)
    goal = _locked(session, by, track, goal_id)
    known = my_goal(session, by, track, goal_id)
    if known.facts() == facts:
        return
    _check_not_ended(goal)
    if goal.version != version:
        raise GoalChanged(known=goal.version)
    check_goal(facts, now.date(), kept=goal.due_on)
    goal.domain, goal.title, goal.success = facts.domain, facts.title, facts.success
    goal.due_on, goal.shared = facts.due_on, facts.shared
    _write_steps(session, goal, revised(known.steps, facts.steps))
    _note(session, by, goal, "goal.changed", now=now)


def tick(
    session: Session, by: Sitter, track: Track, goal_id: int, action_id: int, *, done: bool, now: datetime
) -> None:
    """Say that a step is done, or that it is not; said twice it stays so.

    Raises NotFound for another's goal, TrackClosed, GoalEnded, and StepGone for a step that the goal has no more.
    """
    _check_open(track)
    goal = _locked(session, by, track, goal_id)
    _check_not_ended(goal)
    of_goal = (Action.id == action_id, Action.goal_id == goal.id)
    action = session.scalars(select(Action).where(*of_goal).execution_options(populate_existing=True)).one_or_none()
    if action is None:
        raise StepGone
    if (action.done_at is not None) is done:
        return
    action.done_at = now if done else None
    _note(session, by, goal, "goal.step_done" if done else "goal.step_undone", now=now)


def settle(session: Session, by: Sitter, track: Track, goal_id: int, state: GoalState, *, now: datetime) -> None:
    """Say that a goal is met, drop it, or open it again; said twice it stays so.

    Raises NotFound for another's goal, TrackClosed, GoalEnded for what cannot follow, and GoalsFull.
    """
    _check_open(track)
    goal = _locked(session, by, track, goal_id)
    if goal.state is state:
        return
    check_follows(goal.state, state)
    if state is GoalState.OPEN:
        check_room(_open_goals(session, by, track))
    goal.state, goal.ended_at = state, None if state is GoalState.OPEN else now
    _note(session, by, goal, f"goal.{'reopened' if state is GoalState.OPEN else state.value}", now=now)


def share(session: Session, by: Sitter, track: Track, goal_id: int, *, shared: bool, now: datetime) -> None:
    """Let the student's present mentors read a goal, or nobody; said twice it stays so.

    In a track that is not open a goal can still be taken back from mentors, and TrackClosed is raised for the rest.
    Raises NotFound for another's goal.
    """
    if shared:
        _check_open(track)
    goal = _locked(session, by, track, goal_id)
    if goal.shared is shared:
        return
    goal.shared = shared
    _note(session, by, goal, "goal.shared" if shared else "goal.unshared", now=now)


def _check_open(track: Track) -> None:
    if track.state is not TrackState.PUBLISHED:
        raise TrackClosed


def _check_not_ended(goal: Goal) -> None:
    if goal.state is not GoalState.OPEN:
        raise GoalEnded


def _locked(session: Session, by: Sitter, track: Track, goal_id: int) -> Goal:
    """Return the sitter's own goal, held until the end of the transaction."""
    goal = session.scalars(
        select(Goal)
        .where(
            Goal.id == goal_id,
            Goal.institution_id == by.institution_id,
            Goal.track_id == track.id,
            Goal.student_id == by.person_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if goal is None:
        raise NotFound
    return goal


def _open_goals(session: Session, by: Sitter, track: Track) -> int:
    session.execute(select(Person.id).where(Person.id == by.person_id).with_for_update(key_share=True))
    mine = (Goal.track_id == track.id, Goal.student_id == by.person_id, Goal.state == GoalState.OPEN)
    return session.scalar(select(func.count()).select_from(Goal).where(*mine)) or 0


def _write_steps(session: Session, goal: Goal, steps: Sequence[Step]) -> None:
    """Let the goal have these steps in this order; those that stay keep their numbers."""
    stay = [one.action_id for one in steps if one.action_id is not None]
    session.execute(delete(Action).where(Action.goal_id == goal.id, Action.id.not_in(stay)))
    whose = {"institution_id": goal.institution_id, "goal_id": goal.id}
    for position, one in enumerate(steps, start=1):
        said = {"position": position, "text": one.text}
        if one.action_id is None:
            session.execute(insert(Action).values(**whose, **said))
        else:
            session.execute(update(Action).where(Action.id == one.action_id).values(**said))


def _note(session: Session, by: Sitter, goal: Goal, action: str, *, now: datetime) -> None:
    """Raise the goal's version and write the audit row of one change."""
    goal.version += 1
    goal.changed_at = now
    record(session, by, action, "goal", goal.id, now=now, version=goal.version)
    session.flush()
