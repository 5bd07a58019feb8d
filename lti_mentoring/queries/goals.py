"""Goals as the student and the student's present mentors read them, and how many students have some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from lti_mentoring.domain.goals import GoalState, GoalView, Step, counted, in_order, may_read
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Action, Goal, Mentor, Mentorship, Person
from lti_mentoring.queries.standings import open_mentorship

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.goals import GoalCount
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.domain.vocabularies import MentoringDomain
    from lti_mentoring.models import Track

MOST_SHOWN = 200
"""Of a student's goals the newest."""


def my_goals(session: Session, sitter: Sitter, track: Track) -> tuple[GoalView, ...]:
    """Return the sitting student's goals in the track, in order; one statement."""
    return in_order(_read(session, sitter, track, sitter.person_id))


def next_goal(session: Session, sitter: Sitter, track: Track) -> GoalView | None:
    """Return the sitting student's open goal that is due first, if any; one statement."""
    return next(iter(in_order(_read(session, sitter, track, sitter.person_id, Goal.state == GoalState.OPEN))), None)


def my_goal(session: Session, sitter: Sitter, track: Track, goal_id: int) -> GoalView:
    """Return one of the sitting student's goals; raise NotFound for any other."""
    found = _read(session, sitter, track, sitter.person_id, Goal.id == goal_id)
    if not found:
        raise NotFound
    return found[0]


def goals_to_read(session: Session, sitter: Sitter, track: Track, student_id: int) -> tuple[GoalView, ...]:
    """Return those goals of a student that the sitting mentor may read, in order, and no hint at others.

    Two statements.
    """
    mentors = set(session.scalars(
        select(Mentor.person_id)
        .join(Mentorship, Mentorship.mentor_id == Mentor.id)
        .where(Mentorship.track_id == track.id, Mentorship.student_id == student_id, open_mentorship())
    ))  # fmt: skip
    return in_order(
        one
        for one in _read(session, sitter, track, student_id, Goal.shared.is_(True))
        if may_read(sitter.person_id, student_id, mentors, shared=one.shared, state=one.state)
    )


def goals_by_domain(session: Session, track: Track) -> Mapping[MentoringDomain, GoalCount]:
    """Return for each domain how many students of the track have an open goal and have met one; one statement.

    Numbers are in steps of five students, and the platform's pretended student is not in them. What is private counts,
    too: that is all that anybody is told of it.
    """
    rows = session.execute(
        select(Goal.domain, Goal.state, func.count(Goal.student_id.distinct()))
        .join(Person, Person.id == Goal.student_id)
        .where(
            Goal.track_id == track.id, Goal.institution_id == track.institution_id, Person.is_test_user.is_(False)
        )
        .group_by(Goal.domain, Goal.state)
    )  # fmt: skip
    return counted({(domain, state): students for domain, state, students in rows})


def _read(
    session: Session, sitter: Sitter, track: Track, student_id: int, *which: ColumnElement[bool]
) -> list[GoalView]:
    newest = (
        select(Goal.id)
        .where(
            Goal.track_id == track.id,
            Goal.institution_id == sitter.institution_id,
            Goal.student_id == student_id,
            *which,
        )
        .order_by(Goal.id.desc())
        .limit(MOST_SHOWN)
    )
    rows = session.execute(
        select(Goal, Action)
        .outerjoin(Action, Action.goal_id == Goal.id)
        .where(Goal.id.in_(newest))
        .order_by(Goal.id, Action.position)
        .execution_options(populate_existing=True)
    )
    steps: dict[Goal, list[Step]] = {}
    for goal, action in rows:
        kept = steps.setdefault(goal, [])
        if action is not None:
            kept.append(Step(action.text, action.done_at, action.id))
    return [_view(goal, tuple(kept)) for goal, kept in steps.items()]


def _view(goal: Goal, steps: tuple[Step, ...]) -> GoalView:
    return GoalView(
        goal_id=goal.id,
        title=goal.title,
        domain=goal.domain,
        due_on=goal.due_on,
        success=goal.success,
        steps=steps,
        shared=goal.shared,
        state=goal.state,
        ended_at=goal.ended_at,
        version=goal.version,
    )
