"""Add, change, move and take out the items of a test. What stands in an attempt is replaced, and never altered."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from lti_mentoring.domain.items import Asked, as_stored, flaws
from lti_mentoring.domain.tests import MOST_ITEMS, StateOfTest, check_ready
from lti_mentoring.domain.tracks import TooMany, swapped
from lti_mentoring.errors import NotFound, Refused
from lti_mentoring.models import Answer, Item
from lti_mentoring.services.tests import (
    check_test_version,
    find_test,
    next_position,
    note_test,
    open_items,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Test


class ItemFlawed(Refused):
    """Nobody could answer the item right; ``flaws`` name what is missing, as the domain does."""

    code = "item_flawed"

    def __init__(self, found: tuple[str, ...]) -> None:
        super().__init__()
        self.flaws = found


class StillAsked(Refused):
    """A published test keeps as many items as it draws, and one at least."""

    code = "item_still_asked"


def add_item(session: Session, by: Sitter, test_id: int, asked: Asked, *, version: int | None, now: datetime) -> Item:
    """Put an item at the end; the same form posted twice makes one. Raise TooMany above 100, ItemFlawed."""
    test = find_test(session, by, test_id)
    _check(asked)
    there = open_items(session, test)
    if there and version is not None and version < test.version and there[-1].asked == asked:
        return there[-1]
    check_test_version(test, version)
    if len(there) >= MOST_ITEMS:
        raise TooMany(most=MOST_ITEMS)
    item = Item(institution_id=test.institution_id, test_id=test.id, position=next_position(session, test))
    _fill(item, asked)
    session.add(item)
    session.flush()
    note_test(session, by, test, "item.added", "item", item.id, now=now)
    return item


def edit_item(
    session: Session, by: Sitter, test_id: int, item_id: int, asked: Asked, *, version: int | None, now: datetime
) -> Item:
    """Change an item, or, where it stands in an attempt, put its next version in its place."""
    test = find_test(session, by, test_id)
    item = find_item(session, test, item_id)
    _check(asked)
    if item.asked == asked:
        return item
    check_test_version(test, version)
    if not is_answered(session, item):
        _fill(item, asked)
        note_test(session, by, test, "item.edited", "item", item.id, now=now)
        return item
    item.retired_at = now
    newer = Item(
        institution_id=item.institution_id,
        test_id=test.id,
        key=item.key,
        version=item.version + 1,
        position=item.position,
    )
    _fill(newer, asked)
    session.add(newer)
    session.flush()
    note_test(session, by, test, "item.replaced", "item", newer.id, now=now, before=item.id)
    return newer


def move_item(session: Session, by: Sitter, test_id: int, item_id: int, to: int, *, now: datetime) -> None:
    """Put an item at index ``to``, kept inside the ends; where it stands there already, nothing happens."""
    test = find_test(session, by, test_id)
    item = find_item(session, test, item_id)
    rows = {one.id: one for one in open_items(session, test)}
    before = list(rows)
    after = swapped(before, item.id, to)
    if after == before:
        return
    places = sorted(one.position for one in rows.values())
    for number, place in zip(after, places, strict=True):
        rows[number].position = place
    note_test(session, by, test, "item.moved", "item", item.id, now=now, to=after.index(item.id))


def remove_item(session: Session, by: Sitter, test_id: int, item_id: int, *, now: datetime) -> None:
    """Take an item out; what was answered stays readable. Taking out twice does it once."""
    test = find_test(session, by, test_id)
    item = session.get(Item, item_id)
    if item is None or item.test_id != test.id:
        raise NotFound
    if item.retired_at is not None:
        return
    if test.state is StateOfTest.PUBLISHED:
        _check_enough(len(open_items(session, test)) - 1, test)
    item.retired_at = now
    note_test(session, by, test, "item.retired", "item", item_id, now=now)


def find_item(session: Session, test: Test, item_id: int) -> Item:
    """Return an item that can still be drawn; raise NotFound for any other."""
    item = session.scalars(
        select(Item).where(Item.id == item_id, Item.test_id == test.id, Item.retired_at.is_(None))
    ).one_or_none()
    if item is None:
        raise NotFound
    return item


def is_answered(session: Session, item: Item) -> bool:
    """Whether the item stands in anybody's attempt."""
    return bool(session.scalar(select(exists().where(Answer.item_id == item.id))))


def _check(asked: Asked) -> None:
    if found := flaws(asked):
        raise ItemFlawed(found)


def _check_enough(left: int, test: Test) -> None:
    try:
        check_ready(left, test.drawn)
    except Refused as refused:
        raise StillAsked from refused


def _fill(item: Item, asked: Asked) -> None:
    item.kind, item.stem, item.points, item.explanation = asked.kind, asked.stem, asked.points, asked.explanation
    item.right = as_stored(asked)
