"""Tests as faculty see them, who make them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select

from lti_mentoring.domain.milestones import Proof
from lti_mentoring.domain.tests import Audience, StateOfTest
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Answer, Attempt, Item, Milestone, Person, Test

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.items import Asked
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track


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
