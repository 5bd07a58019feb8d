"""Tests: who may begin, until when, what passes, what may be seen afterwards, and what a mentor has to have passed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import Refused

MOST_TESTS = 20
MOST_ITEMS = 100
MOST_ATTEMPTS = 20
MOST_MINUTES = 600
SMALLEST_GROUP = 5
"""How hard an item was is said of this many people at least: of fewer it would say who knew what."""
A_HAIR = 1e-9
"""What floating-point sums may miss a pass mark by."""


class Audience(StrEnum):
    """Who takes a test."""

    STUDENTS = "students"
    MENTORS = "mentors"


AUDIENCE_OF = {SeatRole.STUDENT: Audience.STUDENTS, SeatRole.MENTOR: Audience.MENTORS}
"""As what somebody takes tests; whoever sits otherwise takes none."""


class StateOfTest(StrEnum):
    """A draft is seen by faculty only; a published test can be taken; a closed one can be read."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"


class AnswersShown(StrEnum):
    """When right answers and explanations are shown."""

    EACH = "each"
    PASSED = "passed"
    NEVER = "never"


class NotReady(Refused):
    """A test cannot be published. Fact ``problem``: no_items, too_few."""

    code = "test_not_ready"


class NotOpen(Refused):
    """The test is not published, or not any more."""

    code = "test_not_open"
    status = 409


class NoAttemptLeft(Refused):
    """All attempts are used."""

    code = "no_attempt_left"
    status = 409


@dataclass(frozen=True, slots=True)
class FactsOfTest:
    """Everything that faculty decide about one test, except its items.

    ``attempts``, ``minutes`` and ``drawn`` None: without a limit, and all items. ``column_points`` None: no column of
    its own in the gradebook. ``reading``: what whoever takes it reads first, with links.
    """

    title: str
    about: str
    reading: str
    audience: Audience
    pass_percent: int
    attempts: int | None
    minutes: int | None
    drawn: int | None
    shuffled: bool
    answers: AnswersShown
    column_points: int | None


@dataclass(frozen=True, slots=True)
class Result:
    """What an attempt came to."""

    points: float
    maximum: float
    passed: bool

    @property
    def percent(self) -> float:
        """The share of all points."""
        return percent_of(self.points, self.maximum)


def check_ready(items: int, drawn: int | None) -> None:
    """Raise NotReady for a test that nobody could take: without items, or with fewer than are to be drawn."""
    if not items:
        raise NotReady(problem="no_items")
    if drawn is not None and drawn > items:
        raise NotReady(problem="too_few")


def check_may_begin(state: StateOfTest, used: int, allowed: int | None) -> None:
    """Raise NotOpen or NoAttemptLeft unless another attempt may begin."""
    if state is not StateOfTest.PUBLISHED:
        raise NotOpen
    if left(used, allowed) == 0:
        raise NoAttemptLeft


def left(used: int, allowed: int | None) -> int | None:
    """Return how many attempts are left; None: as many as one likes."""
    return None if allowed is None else max(0, allowed - used)


def deadline(began: datetime, minutes: int | None) -> datetime | None:
    """Return until when answers count; None: there is no limit."""
    return None if minutes is None else began + timedelta(minutes=minutes)


def stamp(saved_at: datetime | None) -> str:
    """Return what tells a page of an attempt from an older one: when its answers were saved last."""
    return saved_at.isoformat() if saved_at else ""


def is_over(until: datetime | None, *, now: datetime) -> bool:
    """Whether the time is up."""
    return until is not None and now >= until


def percent_of(points: float, maximum: float) -> float:
    """Return the share in percent; nothing of nothing is nothing."""
    return 100 * points / maximum if maximum else 0.0


def result(points: Iterable[float], maximum: float, pass_percent: int) -> Result:
    """Add up an attempt: it passes with the pass mark or more."""
    got = round(sum(points), 2)
    return Result(got, maximum, percent_of(got, maximum) + A_HAIR >= pass_percent)


def column_score(percent: float, column_points: float) -> float:
    """Return what a share is worth in the test's own column of the gradebook."""
    return round(column_points * percent / 100, 2)


def may_see_answers(shown: AnswersShown, *, has_passed: bool) -> bool:
    """Whether the right answers and their explanations may be seen after an attempt."""
    return shown is AnswersShown.EACH or (shown is AnswersShown.PASSED and has_passed)


def share_right(right: int, people: int) -> float | None:
    """Return how large a share answered an item right; None where they are too few to say."""
    return None if people < SMALLEST_GROUP else right / people


def may_be_given_students(test_asked: bool, has_passed: bool) -> bool:
    """Whether a mentor is trained: a track that asks for a test gives students to those only who have passed it."""
    return has_passed or not test_asked
