"""Goals: a student's own plan. Each goal stands in one domain, has a day, and is reached in a few steps.

A goal is the student's alone until they share it; then their present mentors read it, too, and nobody else ever does.
Faculty are told how many students have goals in a domain, in steps of five (domain/demand.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from lti_mentoring.domain.demand import told
from lti_mentoring.domain.vocabularies import MentoringDomain
from lti_mentoring.errors import Conflict, NotFound, Refused

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime

LONGEST_TITLE, LONGEST_SUCCESS, LONGEST_ACTION = 120, 500, 160
MOST_ACTIONS = 6
MOST_OPEN = 12
"""Goals of one student in a track; more is a list of wishes, not a plan."""


class GoalState(StrEnum):
    """Where a goal is."""

    OPEN = "open"
    MET = "met"
    DROPPED = "dropped"


AFTER = {
    GoalState.OPEN: frozenset({GoalState.MET, GoalState.DROPPED}),
    GoalState.MET: frozenset({GoalState.OPEN}),
    GoalState.DROPPED: frozenset({GoalState.OPEN}),
}
"""Which states each may follow."""


class GoalFlaw(StrEnum):
    """What is wrong with a goal as somebody wrote it."""

    TITLE = "title"
    """It has none, or one that is too long."""
    SUCCESS = "success"
    """How one will know is said in too many words."""
    STEP = "step"
    """One of the steps is said in too many words."""
    STEPS = "steps"
    """It has too many."""
    PAST = "past"
    """Its day is over already."""


class GoalFlawed(Refused):
    """The goal cannot be kept as it was written. Fact ``flaw``."""

    code = "goal_flawed"
    status = 422

    def __init__(self, flaw: GoalFlaw) -> None:
        super().__init__(flaw=flaw.value)
        self.flaw = flaw


class GoalChanged(Conflict):
    """The goal was changed in another window after the form was opened."""

    code = "goal_changed"


class GoalEnded(Conflict):
    """The goal is met or dropped, or is open again, meanwhile: what was pressed does not fit any more."""

    code = "goal_ended"


class StepGone(NotFound):
    """The goal has no such step: it was taken out in another window, or never was one of this goal."""

    code = "goal_step_gone"


class GoalsFull(Conflict):
    """The student has as many open goals as there may be. Fact ``most``."""

    code = "goals_full"


@dataclass(frozen=True, slots=True)
class GoalFacts:
    """A goal as its student writes it. ``success``: how they will know that they are there."""

    title: str
    domain: MentoringDomain
    due_on: date
    success: str = ""
    steps: tuple[str, ...] = ()
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``action_id``: None of one that is not kept yet."""

    text: str
    done_at: datetime | None = None
    action_id: int | None = None

    @property
    def done(self) -> bool:
        """Whether it is ticked."""
        return self.done_at is not None


@dataclass(frozen=True, slots=True)
class GoalView:
    """A goal as it is kept."""

    goal_id: int
    title: str
    domain: MentoringDomain
    due_on: date
    success: str
    steps: tuple[Step, ...]
    shared: bool
    state: GoalState
    ended_at: datetime | None
    version: int

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(one.done for one in self.steps)

    @property
    def next_step(self) -> Step | None:
        """The first step that is not done."""
        return next((one for one in self.steps if not one.done), None)

    @property
    def is_open(self) -> bool:
        """Whether it is still to be reached."""
        return self.state is GoalState.OPEN

    def days_late(self, today: date) -> int:
        """Return since how many days it should have been reached; 0: it is not late."""
        return max((today - self.due_on).days, 0) if self.is_open else 0

    def facts(self) -> GoalFacts:
        """Return it as it was written."""
        texts = tuple(one.text for one in self.steps)
        return GoalFacts(self.title, self.domain, self.due_on, self.success, texts, self.shared)


@dataclass(frozen=True, slots=True)
class GoalCount:
    """How many students have an open goal, and how many have met one; in steps of five."""

    open: int = 0
    met: int = 0


def check_goal(facts: GoalFacts, today: date, *, kept: date | None = None) -> None:
    """Raise GoalFlawed for a goal that cannot be kept so. ``kept``: its day so far, which may stay when it is over."""
    flaws = (
        (GoalFlaw.TITLE, not 0 < len(facts.title) <= LONGEST_TITLE),
        (GoalFlaw.SUCCESS, len(facts.success) > LONGEST_SUCCESS),
        (GoalFlaw.STEPS, len(facts.steps) > MOST_ACTIONS),
        (GoalFlaw.STEP, any(len(one) > LONGEST_ACTION for one in facts.steps)),
        (GoalFlaw.PAST, is_past(facts.due_on, today, kept=kept)),
    )
    for flaw, found in flaws:
        if found:
            raise GoalFlawed(flaw)


def is_past(due_on: date, today: date, *, kept: date | None = None) -> bool:
    """Tell whether a goal cannot be given this day: it is over, and was not the goal's day before."""
    return due_on < today and due_on != kept


def check_follows(state: GoalState, wanted: GoalState) -> None:
    """Raise GoalEnded for a state that cannot follow: what is met is not dropped without being opened again."""
    if state not in AFTER[wanted]:
        raise GoalEnded


def check_room(open_goals: int) -> None:
    """Raise GoalsFull where another open goal would be one too many."""
    if open_goals >= MOST_OPEN:
        raise GoalsFull(most=MOST_OPEN)


def may_read(
    reader_id: int, student_id: int, mentors: Collection[int], *, shared: bool, state: GoalState = GoalState.OPEN
) -> bool:
    """Tell whether somebody may read a goal: its student, and the student's present mentors if it is shared.

    A goal that was dropped is the student's alone again.
    """
    return reader_id == student_id or (shared and state is not GoalState.DROPPED and reader_id in mentors)


def in_order(goals: Iterable[GoalView]) -> tuple[GoalView, ...]:
    """Return open goals first, the one that is due first on top; then those that ended, the last one on top."""
    every = list(goals)
    still = sorted((one for one in every if one.is_open), key=lambda one: (one.due_on, one.goal_id))
    ended = sorted(
        (one for one in every if not one.is_open), key=lambda one: (one.ended_at, one.goal_id), reverse=True
    )  # fmt: skip
    return (*still, *ended)


def revised(before: Sequence[Step], texts: Sequence[str]) -> tuple[Step, ...]:
    """Return the steps after their texts were written anew; what is done stays so, where a step is moved or reworded.

    A text that is there already is that step, wherever it stands now. Any other is what becomes of the step that stood
    at its place, if that is gone, or else a new one.
    """
    left = list(before)
    found: dict[int, Step] = {}
    for place, text in enumerate(texts):
        same = next((one for one in left if one.text == text), None)
        if same is not None:
            left.remove(same)
            found[place] = same
    return tuple(found.get(place) or _reworded(before, left, place, text) for place, text in enumerate(texts))


def _reworded(before: Sequence[Step], left: Sequence[Step], place: int, text: str) -> Step:
    there = before[place] if place < len(before) else None
    if there is None or there not in left:
        return Step(text)
    return Step(text, there.done_at, there.action_id)


def counted(students: Mapping[tuple[MentoringDomain, GoalState], int]) -> dict[MentoringDomain, GoalCount]:
    """Return for each domain what is told of so many students with a goal in it."""
    return {
        domain: GoalCount(
            told(students.get((domain, GoalState.OPEN), 0)), told(students.get((domain, GoalState.MET), 0))
        )
        for domain in MentoringDomain
    }  # fmt: skip
