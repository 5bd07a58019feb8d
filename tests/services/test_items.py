"""Items of a test: added, changed, moved, taken out; what stands in an attempt is replaced and never altered."""

from dataclasses import replace
from datetime import timedelta

import pytest
from factories.tests import ASPIRIN, HANDS, RATE, exam, item, student, taken
from factories.world import NOON, World
from sqlalchemy import select

from lti_mentoring.domain.items import Asked, ItemKind
from lti_mentoring.domain.tests import MOST_ITEMS, StateOfTest
from lti_mentoring.domain.tracks import TooMany
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Answer, AuditEntry, Item
from lti_mentoring.services.items import ItemFlawed, StillAsked, add_item, edit_item, move_item, remove_item
from lti_mentoring.services.tests import ChangedTest, open_items

LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def by(world):
    return world.sitter()


@pytest.fixture
def test(session, world):
    return exam(session, world.track)


def stems(session, test):
    return [one.stem for one in open_items(session, test)]


def actions(session):
    return session.scalars(
        select(AuditEntry.action).where(AuditEntry.action.startswith("item.")).order_by(AuditEntry.id)
    ).all()


@pytest.mark.both_databases
def test_an_item_is_added_at_the_end_and_once(session, by, test):
    added = add_item(session, by, test.id, HANDS, version=1, now=NOON)
    assert add_item(session, by, test.id, HANDS, version=1, now=NOON) is added
    assert stems(session, test)[-1] == HANDS.stem
    assert added.asked == HANDS
    assert actions(session) == ["item.added"]


def test_an_item_that_nobody_could_answer_is_not_taken(session, by, test):
    with pytest.raises(ItemFlawed) as refused:
        add_item(session, by, test.id, Asked(ItemKind.TEXT, "", 1), version=1, now=NOON)
    assert refused.value.flaws == ("stem", "accepted")
    with pytest.raises(ItemFlawed):
        edit_item(session, by, test.id, open_items(session, test)[0].id, replace(ASPIRIN, stem=""), version=1, now=NOON)


def test_what_somebody_else_changed_is_not_overwritten(session, by, test):
    first = open_items(session, test)[0]
    edit_item(session, by, test.id, first.id, replace(ASPIRIN, points=3), version=1, now=NOON)
    with pytest.raises(ChangedTest):
        edit_item(session, by, test.id, first.id, replace(ASPIRIN, points=4), version=1, now=NOON)
    with pytest.raises(ChangedTest):
        add_item(session, by, test.id, ASPIRIN, version=1, now=NOON)


def test_a_hundred_items_are_enough(session, by, test):
    for _number in range(MOST_ITEMS - 3):
        item(session, test)
    with pytest.raises(TooMany):
        add_item(session, by, test.id, ASPIRIN, version=None, now=NOON)


def test_an_item_that_nobody_has_answered_is_changed_in_its_place(session, by, test):
    first = open_items(session, test)[0]
    changed = edit_item(session, by, test.id, first.id, replace(ASPIRIN, points=3), version=1, now=NOON)
    assert (changed.id, changed.points, changed.version) == (first.id, 3, 1)
    assert edit_item(session, by, test.id, first.id, changed.asked, version=1, now=NOON) is changed
    assert actions(session) == ["item.edited"]


@pytest.mark.both_databases
def test_an_item_that_somebody_has_answered_gets_a_successor_and_the_attempt_keeps_it(session, world, by, test):
    attempt = taken(session, student(world), test)
    first = open_items(session, test)[0]
    newer = edit_item(session, by, test.id, first.id, replace(ASPIRIN, stem="Which of them?"), version=1, now=LATER)
    assert (newer.key, newer.version, newer.position, first.retired_at) == (first.key, 2, first.position, LATER)
    assert stems(session, test) == ["Which of them?", HANDS.stem, RATE.stem]
    seen = session.scalars(select(Answer.item_id).where(Answer.attempt_id == attempt.id).order_by(Answer.position))
    assert session.get_one(Item, seen.first()).stem == ASPIRIN.stem
    with pytest.raises(NotFound):
        edit_item(session, by, test.id, first.id, HANDS, version=None, now=LATER)


def test_an_item_moves_one_step_and_no_further_than_the_ends(session, by, test):
    first = open_items(session, test)[0]
    move_item(session, by, test.id, first.id, 1, now=NOON)
    assert stems(session, test) == [HANDS.stem, ASPIRIN.stem, RATE.stem]
    move_item(session, by, test.id, first.id, 99, now=NOON)
    assert stems(session, test) == [HANDS.stem, RATE.stem, ASPIRIN.stem]
    move_item(session, by, test.id, first.id, 2, now=NOON)
    assert actions(session) == ["item.moved", "item.moved"]


def test_an_item_is_taken_out_once_and_stays_with_those_who_have_seen_it(session, world, by, test):
    attempt = taken(session, student(world), test)
    first = open_items(session, test)[0]
    for _twice in range(2):
        remove_item(session, by, test.id, first.id, now=LATER)
    assert first.retired_at == LATER
    assert first.id in {one.item_id for one in attempt.answers}
    assert actions(session) == ["item.retired"]


def test_a_published_test_keeps_what_it_draws_and_a_draft_may_be_emptied(session, world, by):
    draws_two = exam(session, world.track, HANDS, RATE, drawn=2)
    with pytest.raises(StillAsked):
        remove_item(session, by, draws_two.id, open_items(session, draws_two)[0].id, now=NOON)
    draft = exam(session, world.track, HANDS, state=StateOfTest.DRAFT)
    remove_item(session, by, draft.id, open_items(session, draft)[0].id, now=NOON)
    assert stems(session, draft) == []


def test_items_of_another_course_are_not_there(session, by, test):
    elsewhere = exam(session, World(session).track)
    strange = open_items(session, elsewhere)[0]
    with pytest.raises(NotFound):
        edit_item(session, by, test.id, strange.id, HANDS, version=None, now=NOON)
    with pytest.raises(NotFound):
        add_item(session, by, elsewhere.id, HANDS, version=None, now=NOON)
    with pytest.raises(NotFound):
        remove_item(session, by, test.id, strange.id, now=NOON)
    assert stems(session, elsewhere) == [ASPIRIN.stem, HANDS.stem, RATE.stem]
