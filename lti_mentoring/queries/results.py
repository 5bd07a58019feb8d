"""What came of a test: who took it with which success, and how its items were answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import case, func, select

from lti_mentoring.domain.tests import share_right
from lti_mentoring.models import Answer, Attempt, Item, Person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.models import Test

PAGE = 100
"""So many people stand on one page of the results."""


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
