"""Tests as their pages show them: to faculty, who make them, and to those who take them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import case, exists, func, select

from lti_mentoring.domain.milestones import Proof
from lti_mentoring.domain.tests import Audience, StateOfTest, left, may_see_answers, percent_of, share_right
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Answer, Attempt, Item, Milestone, Person, Test, Track, TrackState

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.items import Asked, Given
    from lti_mentoring.domain.seats import Sitter

PAGE = 100
"""So many people stand on one page of the results."""


@dataclass(frozen=True, slots=True)
class LineOfTest:
    """One test in faculty's list. ``people`` have sent an attempt, ``passed`` of them with success."""

    test_id: int
    title: str
    audience: Audience
    state: StateOfTest
    items: int
    people: int
    passed: int
    asked_of_mentors: bool
    asked_of_students: bool


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item that can be drawn. ``answered``: it stands in an attempt, so that an edit makes its next version."""

    item_id: int
    number: int
    asked: Asked
    answered: bool


@dataclass(frozen=True, slots=True)
class Designed:
    """One test as faculty design it."""

    test: Test
    items: tuple[ItemLine, ...]
    milestones: tuple[str, ...]
    """The names of those that it proves."""
    asked_of_mentors: bool
    asked_of_students: bool
    open_attempts: int

    @property
    def points(self) -> int:
        """The points of all items."""
        return sum(one.asked.points for one in self.items)


@dataclass(frozen=True, slots=True)
class Taker:
    """One person in the results."""

    name: str
    attempts: int
    best: float
    passed: bool


@dataclass(frozen=True, slots=True)
class ItemResult:
    """How an item was answered. ``right`` None: by too few to say."""

    stem: str
    version: int
    people: int
    right: float | None
    retired: bool


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that came of a test."""

    people: int
    passed: int
    takers: tuple[Taker, ...]
    items: tuple[ItemResult, ...]
    number: int
    pages: int


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


def tests_of_track(session: Session, track: Track) -> tuple[LineOfTest, ...]:
    """Return all tests of a track in the order in which they were made; one statement."""
    items = select(func.count()).where(Item.test_id == Test.id, Item.retired_at.is_(None)).scalar_subquery()
    people, passed = (
        select(func.count(Attempt.person_id.distinct()))
        .join(Person, Person.id == Attempt.person_id)
        .where(Attempt.test_id == Test.id, Attempt.ended_at.is_not(None), Person.is_test_user.is_(False), *more)
        .correlate(Test)
        .scalar_subquery()
        for more in ((), (Attempt.passed,))
    )
    rows = session.execute(select(Test, items, people, passed).where(Test.track_id == track.id).order_by(Test.id))
    return tuple(
        LineOfTest(
            test.id, test.title, test.audience, test.state, number, took, came_through,
            asked_of_mentors=test.key == track.mentor_test,
            asked_of_students=test.key == track.student_test,
        )
        for test, number, took, came_through in rows
    )  # fmt: skip


def titles_of_tests(session: Session, track: Track) -> tuple[str, ...]:
    """Return the names of all tests of a track; one statement."""
    return tuple(session.scalars(select(Test.title).where(Test.track_id == track.id).order_by(Test.id)))


def find_test(session: Session, sitter: Sitter, test_id: int) -> Test:
    """Return a test of the seat's track; raise NotFound for any other."""
    test = session.scalars(
        select(Test).where(
            Test.id == test_id, Test.institution_id == sitter.institution_id, Test.track_id == sitter.track_id
        )
    ).one_or_none()
    if test is None:
        raise NotFound
    return test


def designed(session: Session, track: Track, test: Test) -> Designed:
    """Return a test with its items; three statements."""
    answered = exists().where(Answer.item_id == Item.id)
    rows = session.execute(
        select(Item, answered)
        .where(Item.test_id == test.id, Item.retired_at.is_(None))
        .order_by(Item.position, Item.id)
    ).all()
    milestones = session.scalars(
        select(Milestone.title)
        .where(Milestone.test_id == test.id, Milestone.proof == Proof.TEST, Milestone.retired_at.is_(None))
        .order_by(Milestone.position, Milestone.id)
    )
    open_ones = select(func.count()).where(Attempt.test_id == test.id, Attempt.ended_at.is_(None))
    return Designed(
        test=test,
        items=tuple(ItemLine(one.id, number, one.asked, seen) for number, (one, seen) in enumerate(rows, 1)),
        milestones=tuple(milestones),
        asked_of_mentors=test.key == track.mentor_test,
        asked_of_students=test.key == track.student_test,
        open_attempts=session.scalar(open_ones) or 0,
    )


def choices_of_tests(session: Session, track: Track, audience: Audience) -> tuple[tuple[int, str], ...]:
    """Return the tests of a track that can be taken, as (number, title)."""
    rows = session.execute(
        select(Test.id, Test.title)
        .where(Test.track_id == track.id, Test.audience == audience, Test.state == StateOfTest.PUBLISHED)
        .order_by(Test.id)
    )
    return tuple((number, title) for number, title in rows)


def results(session: Session, test: Test, *, number: int = 1) -> Results:
    """Return what came of a test, one page of people; three statements, however many they are.

    The platform's pretended student is counted nowhere.
    """
    counts = (Attempt.test_id == test.id, Attempt.ended_at.is_not(None), Person.is_test_user.is_(False))
    passed = func.max(case((Attempt.passed, 1), else_=0))
    per_person = (
        select(
            Person.id.label("person_id"),
            func.count().label("attempts"),
            func.max(Attempt.points * 100 / Attempt.maximum).label("best"),
            passed.label("passed"),
        )
        .join(Attempt, Attempt.person_id == Person.id)
        .where(*counts)
        .group_by(Person.id)
        .subquery()
    )
    people, came_through = session.execute(
        select(func.count(), func.coalesce(func.sum(per_person.c.passed), 0)).select_from(per_person)
    ).one()
    pages = max(1, -(-people // PAGE))
    number = min(max(number, 1), pages)
    rows = session.execute(
        select(Person, per_person.c.attempts, per_person.c.best, per_person.c.passed)
        .join(per_person, per_person.c.person_id == Person.id)
        .order_by(Person.name, Person.id)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    )
    takers = tuple(Taker(person.shown_name, tries, float(top), bool(ok)) for person, tries, top, ok in rows)
    return Results(people, came_through, takers, _item_results(session, test), number, pages)


def _item_results(session: Session, test: Test) -> tuple[ItemResult, ...]:
    """Count, for each version of an item, the people who were asked, and who were all right at their best."""
    of_person = (
        select(
            Answer.item_id,
            Attempt.person_id,
            func.max(case((Answer.points >= Item.points, 1), else_=0)).label("was_right"),
        )
        .join(Attempt, Attempt.id == Answer.attempt_id)
        .join(Item, Item.id == Answer.item_id)
        .join(Person, Person.id == Attempt.person_id)
        .where(Attempt.test_id == test.id, Attempt.ended_at.is_not(None), Person.is_test_user.is_(False))
        .group_by(Answer.item_id, Attempt.person_id)
        .subquery()
    )
    rows = session.execute(
        select(Item, func.count(of_person.c.person_id), func.coalesce(func.sum(of_person.c.was_right), 0))
        .outerjoin(of_person, of_person.c.item_id == Item.id)
        .where(Item.test_id == test.id)
        .group_by(Item.id)
        .order_by(Item.position, Item.version)
    )
    return tuple(
        ItemResult(item.stem, item.version, people, share_right(right, people), item.retired_at is not None)
        for item, people, right in rows
        if people or item.retired_at is None
    )


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
