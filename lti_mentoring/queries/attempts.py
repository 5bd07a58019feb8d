"""Tests as those see them who take them: what there is to take, and one attempt with its items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select

from lti_mentoring.domain.tests import Audience, StateOfTest, left, may_see_answers, percent_of
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Answer, Attempt, Item, Test, Track, TrackState

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.items import Asked, Given
    from lti_mentoring.domain.seats import Sitter


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt, as its maker sees it in the list."""

    attempt_id: int
    number: int
    percent: float
    passed: bool
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class ToTake:
    """One test as those see it who take it. ``left`` None: as many attempts as they like."""

    test_id: int
    title: str
    about: str
    reading: str
    state: StateOfTest
    pass_percent: int
    minutes: int | None
    items: int
    left: int | None
    tried: tuple[Tried, ...]
    open_id: int | None
    open_until: datetime | None
    closed: bool
    """The track is closed: nothing can be begun."""

    @property
    def begun(self) -> bool:
        """Whether an attempt was ever made."""
        return bool(self.tried or self.open_id)

    @property
    def passed(self) -> bool:
        """Whether any attempt passed."""
        return any(one.passed for one in self.tried)

    @property
    def best(self) -> Tried | None:
        """The best attempt."""
        return max(self.tried, key=lambda one: (one.percent, one.passed), default=None)

    @property
    def may_begin(self) -> bool:
        """Whether another attempt may begin."""
        return not self.closed and self.state is StateOfTest.PUBLISHED and self.left != 0


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One item of an attempt. ``points`` None: not scored yet."""

    item_id: int
    asked: Asked
    given: Given
    points: float | None


@dataclass(frozen=True, slots=True)
class AttemptPage:
    """One attempt with all its items. ``may_see``: right answers and explanations may be shown."""

    test: Test
    attempt_id: int
    pass_percent: int
    deadline_at: datetime | None
    saved_at: datetime | None
    ended_at: datetime | None
    points: float
    maximum: int
    passed: bool
    may_see: bool
    answers: tuple[AnswerLine, ...]

    @property
    def percent(self) -> float:
        """The share of all points."""
        return percent_of(self.points, self.maximum)


def tests_to_take(session: Session, sitter: Sitter, audience: Audience) -> tuple[ToTake, ...]:
    """Return the tests of the seat's track for somebody of ``audience``, with their attempts; two statements."""
    if sitter.track_id is None or not sitter.track_published:
        return ()
    wanted = (Test.audience == audience, Test.track_id == sitter.track_id, Test.state != StateOfTest.DRAFT)
    items = select(func.count()).where(Item.test_id == Test.id, Item.retired_at.is_(None)).scalar_subquery()
    tests = session.execute(
        select(Test, items, Track.state)
        .join(Track, Track.id == Test.track_id)
        .where(*wanted, Test.institution_id == sitter.institution_id)
        .order_by(Test.id)
    ).all()
    attempts = session.scalars(
        select(Attempt)
        .where(Attempt.track_id == sitter.track_id, Attempt.person_id == sitter.person_id)
        .order_by(Attempt.number)
    ).all()
    return tuple(
        _to_take(test, number, [one for one in attempts if one.test_id == test.id], state is TrackState.CLOSED)
        for test, number, state in tests
    )


def one_to_take(session: Session, sitter: Sitter, audience: Audience, test_id: int) -> ToTake:
    """Return one of them; raise NotFound where it is not there."""
    found = next((one for one in tests_to_take(session, sitter, audience) if one.test_id == test_id), None)
    if found is None:
        raise NotFound
    return found


def attempt_page(session: Session, sitter: Sitter, test_id: int, attempt_id: int) -> AttemptPage:
    """Return one of the sitter's own attempts; raise NotFound for any other. Three statements."""
    row = session.execute(
        select(Attempt, Test)
        .join(Test, Test.id == Attempt.test_id)
        .where(
            Attempt.test_id == test_id,
            Attempt.person_id == sitter.person_id,
            Attempt.id == attempt_id,
            Attempt.institution_id == sitter.institution_id,
            Attempt.track_id == sitter.track_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    attempt, test = row
    has_passed = exists().where(Attempt.test_id == test_id, Attempt.person_id == sitter.person_id, Attempt.passed)
    may_see = may_see_answers(test.answers, has_passed=bool(session.scalar(select(has_passed))))
    answers = session.execute(
        select(Answer, Item)
        .join(Item, Item.id == Answer.item_id)
        .where(Answer.attempt_id == attempt.id)
        .order_by(Answer.position)
    )
    return AttemptPage(
        test=test,
        attempt_id=attempt.id,
        pass_percent=attempt.pass_percent,
        deadline_at=attempt.deadline_at,
        saved_at=attempt.saved_at,
        ended_at=attempt.ended_at,
        points=attempt.points or 0.0,
        maximum=attempt.maximum,
        passed=attempt.passed,
        may_see=may_see and attempt.ended_at is not None,
        answers=tuple(AnswerLine(item.id, item.asked, tuple(one.given), one.points) for one, item in answers),
    )


def _to_take(test: Test, items: int, attempts: Sequence[Attempt], closed: bool) -> ToTake:
    going = next((one for one in attempts if one.ended_at is None), None)
    return ToTake(
        test_id=test.id,
        title=test.title,
        about=test.about,
        reading=test.reading,
        state=test.state,
        pass_percent=test.pass_percent,
        minutes=test.minutes,
        items=items if test.drawn is None else min(items, test.drawn),
        left=left(len(attempts), test.attempts),
        tried=tuple(
            Tried(one.id, one.number, percent_of(one.points or 0.0, one.maximum), one.passed, one.ended_at)
            for one in attempts
            if one.ended_at is not None
        ),
        open_id=going.id if going else None,
        open_until=going.deadline_at if going else None,
        closed=closed,
    )
