"""What an item asks, how an answer is read, and what it is worth."""

from decimal import Decimal

import pytest

from lti_mentoring.domain.items import (
    Asked,
    Choice,
    ItemKind,
    as_stored,
    draw,
    flaws,
    is_readable,
    kept,
    points_for,
    read_asked,
    read_given,
    read_number,
)

CHOICES = (Choice("a", "Wash your hands", right=True), Choice("b", "Greet", right=True), Choice("c", "Sit down"))
ONE = Asked(ItemKind.ONE, "What comes first?", 2, "Hands first.", choices=(CHOICES[0], CHOICES[2]))
SEVERAL = Asked(ItemKind.SEVERAL, "What comes first?", 3, choices=CHOICES)
TRUTH = Asked(ItemKind.TRUTH, "Soap is enough.", 1, truth=True)
TEXT = Asked(ItemKind.TEXT, "Which drug?", 1, accepted=("Acetylsalicylic acid", "ASA"))
NUMBER = Asked(ItemKind.NUMBER, "How many millimetres?", 1, number=Decimal("12.5"), tolerance=Decimal("0.5"))
ALL = (ONE, SEVERAL, TRUTH, TEXT, NUMBER)
each = pytest.mark.parametrize("asked", ALL, ids=lambda asked: asked.kind.value)


@each
def test_what_is_kept_of_an_item_is_read_again(asked):
    assert read_asked(asked.kind, asked.stem, asked.points, asked.explanation, as_stored(asked)) == asked


@each
def test_a_whole_item_has_no_flaw(asked):
    assert flaws(asked) == ()


@pytest.mark.parametrize(
    ("asked", "flaw"),
    [
        (Asked(ItemKind.TRUTH, "", 1, truth=False), "stem"),
        (Asked(ItemKind.TRUTH, "So?", 1), "truth"),
        (Asked(ItemKind.ONE, "So?", 1, choices=CHOICES[:1]), "choices"),
        (Asked(ItemKind.ONE, "So?", 1, choices=CHOICES), "one_right"),
        (Asked(ItemKind.SEVERAL, "So?", 1, choices=(Choice("a", "A"), Choice("b", "B"))), "right"),
        (Asked(ItemKind.TEXT, "So?", 1, accepted=("  ",)), "accepted"),
        (Asked(ItemKind.NUMBER, "So?", 1), "number"),
    ],
)
def test_an_item_that_cannot_be_answered_right_says_what_is_missing(asked, flaw):
    assert flaws(asked) == (flaw,)


@pytest.mark.parametrize(
    ("asked", "sent", "given"),
    [
        (ONE, ["c", "a"], ("a",)),
        (ONE, ["z"], ()),
        (SEVERAL, ["c", "a", "a", "z"], ("a", "c")),
        (TRUTH, ["maybe", "no"], ("no",)),
        (TEXT, ["  ASA ", "and more"], ("ASA",)),
        (TEXT, ["x" * 900], ("x" * 500,)),
        (TEXT, ["A\x00SA"], ("ASA",)),
        (NUMBER, [" 12,5 mm"], ("12,5 mm",)),
        (NUMBER, [""], ()),
    ],
)
def test_what_can_be_no_answer_is_left_out_and_what_was_typed_is_kept(asked, sent, given):
    assert read_given(asked, sent) == given


@pytest.mark.parametrize(
    ("asked", "given", "points"),
    [
        (ONE, ("a",), 2),
        (ONE, ("c",), 0),
        (ONE, (), 0),
        (TRUTH, ("yes",), 1),
        (TRUTH, ("no",), 0),
        (TEXT, ("  asa",), 1),
        (TEXT, ("ACETYLSALICYLIC  acid",), 1),
        (TEXT, ("ibuprofen",), 0),
        (NUMBER, ("12,9",), 1),
        (NUMBER, ("12",), 1),
        (NUMBER, ("13.01",), 0),
        (NUMBER, ("a lot",), 0),
    ],
)
def test_a_right_answer_brings_all_points_and_a_wrong_one_none(asked, given, points):
    assert points_for(asked, given) == points


@pytest.mark.parametrize(
    ("given", "points"),
    [(("a", "b"), 3), (("a",), 1.5), (("a", "b", "c"), 1.5), (("a", "c"), 0), (("c",), 0), ((), 0)],
)
def test_of_several_right_answers_the_wrong_ones_take_away_but_never_below_nothing(given, points):
    assert points_for(SEVERAL, given) == points


@pytest.mark.parametrize(
    ("typed", "number"),
    [("1 000", "1000"), ("0,5", "0.5"), ("−3", "-3"), ("٣", "3"), ("1,000.5", None), ("NaN", None), ("1e9", None)],
)
def test_a_number_is_read_as_people_type_it(typed, number):
    assert read_number(typed) == (Decimal(number) if number else None)


def test_a_number_that_cannot_be_read_is_told_apart_from_none_and_from_a_text():
    assert not is_readable(NUMBER, ("a lot",))
    assert not is_readable(NUMBER, ("1" * 30,))
    assert all(is_readable(*one) for one in ((NUMBER, ()), (NUMBER, ("3",)), (TEXT, ("a lot",))))


def test_a_page_that_is_not_the_newest_adds_and_changes_but_takes_nothing_away():
    assert kept(("a",), (), is_newest=True) == ()
    assert kept(("a",), (), is_newest=False) == ("a",)
    assert kept(("a",), ("b",), is_newest=False) == ("b",)


def test_the_same_seed_draws_the_same_items_in_the_same_order():
    items = list(range(20))
    assert draw(items, drawn=5, shuffled=True, seed="s") == draw(items, drawn=5, shuffled=True, seed="s")
    assert draw(items, drawn=5, shuffled=True, seed="s") != draw(items, drawn=5, shuffled=True, seed="t")
    assert sorted(draw(items, drawn=None, shuffled=True, seed="s")) == items


def test_without_shuffling_what_is_drawn_keeps_the_order_of_faculty():
    drawn = draw([3, 1, 2, 9, 7], drawn=3, shuffled=False, seed="s")
    assert drawn == [number for number in (3, 1, 2, 9, 7) if number in drawn]
    assert len(drawn) == 3
