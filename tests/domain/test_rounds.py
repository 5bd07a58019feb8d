"""A round's life, and what may be changed in it by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from lti_mentoring.domain.conflicts import ConflictKind, PrivateKind
from lti_mentoring.domain.rounds import (
    Effect,
    Refusal,
    RoundState,
    RoundStepNotAllowed,
    SetAside,
    advance,
    effect_of_all,
    judge_change,
    may_take_back,
    undo_deadline,
    wish_of,
)

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
LIST = [[1], [2, 3], [4]]
STEPS = {("draft", "published"), ("draft", "discarded"), ("published", "undone")}


@pytest.mark.parametrize("current", RoundState)
@pytest.mark.parametrize("wanted", RoundState)
def test_a_draft_is_published_or_discarded_and_what_is_published_can_be_undone(current, wanted):
    if (current.value, wanted.value) in STEPS:
        assert advance(current, wanted) is wanted
    else:
        with pytest.raises(RoundStepNotAllowed) as refused:
            advance(current, wanted)
        assert refused.value.facts == {"current": current.value, "wanted": wanted.value}


def test_a_published_round_is_taken_back_until_its_deadline():
    until = undo_deadline(NOON, 24)
    assert until == NOON + timedelta(days=1)
    assert may_take_back(RoundState.PUBLISHED, until, now=until)
    assert not may_take_back(RoundState.PUBLISHED, until, now=until + timedelta(seconds=1))
    assert not may_take_back(RoundState.DRAFT, None, now=NOON)
    assert not may_take_back(RoundState.PUBLISHED, None, now=NOON)


def test_a_wish_is_the_place_of_the_mentor_on_the_list():
    assert [wish_of(LIST, one) for one in (1, 2, 3, 4, 5, None)] == [1, 2, 2, 3, None, None]


def test_an_earlier_wish_sets_no_rule_aside():
    assert judge_change(LIST, 4, 1, free=1) == Effect(3, 1)
    assert judge_change(LIST, None, 4, free=1) == Effect(None, 3)


@pytest.mark.parametrize(
    ("current", "wanted", "apart", "rule"),
    [
        (1, 4, set(), SetAside.LATER_WISH),
        (1, 9, set(), SetAside.NOT_WISHED),
        (1, None, set(), SetAside.LEFT_WITHOUT),
        (4, 1, {ConflictKind.ASSESSOR}, SetAside.CONFLICT),
    ],
)
def test_a_reason_sets_a_soft_rule_aside(current, wanted, apart, rule):
    effect = judge_change(LIST, current, wanted, free=1, apart=frozenset(apart))
    assert (effect.sets_aside, effect.refusal) == ((rule,), None)


def test_who_gave_no_list_loses_no_wish():
    assert judge_change([], 1, 2, free=1).sets_aside == ()


@pytest.mark.parametrize("kind", [PrivateKind.VETO, PrivateKind.LIMIT, ConflictKind.CONCERN, ConflictKind.SAME_PERSON])
def test_a_veto_a_limit_and_a_concern_are_refused_in_the_same_word(kind):
    effect = judge_change(LIST, 1, 4, free=1, apart=frozenset({kind, ConflictKind.ASSESSOR}))
    assert (effect.refusal, effect.sets_aside) == (Refusal.NOT_AVAILABLE, ())


@pytest.mark.parametrize(
    ("wanted", "free", "refusal"),
    [(1, 1, Refusal.SAME_MENTOR), (4, None, Refusal.UNKNOWN_MENTOR), (4, 0, Refusal.NO_ROOM), (4, -1, Refusal.NO_ROOM)],
)
def test_no_reason_makes_room(wanted, free, refusal):
    assert judge_change(LIST, 1, wanted, free=free).refusal is refusal


def test_who_leaves_a_group_that_stays_together_sets_that_rule_aside():
    assert judge_change(LIST, 1, 4, free=1, parted=True).sets_aside[-1] is SetAside.PARTED
    assert judge_change(LIST, 1, 1, free=1, parted=True).sets_aside == ()


def test_what_moves_several_is_refused_for_all_where_one_cannot_move():
    fine, later = judge_change(LIST, 4, 1, free=1), judge_change(LIST, 1, 4, free=1)
    assert effect_of_all([fine, later, later]).sets_aside == (SetAside.LATER_WISH,)
    refused = judge_change(LIST, 1, 4, free=0)
    assert effect_of_all([later, refused]) == Effect(None, None, (), Refusal.NO_ROOM)
