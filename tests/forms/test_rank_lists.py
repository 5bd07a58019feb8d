"""What a page of wishes sends."""

import pytest

from lti_mentoring.domain.rank_lists import Wishes
from lti_mentoring.forms.rank_lists import sent_wishes

PAGE = {"tier-7": "1", "tier-8": "2", "tier-9": "2", "veto-5": "1", "place-7": "1", "place-8": "2", "place-9": "tie"}
ORDER = ((7,), (8, 9))


def sent(more=None, **named):
    return sent_wishes({**PAGE, **(more or {}), **named})


def test_a_page_that_is_sent_as_it_stands_changes_nothing():
    assert sent(do="keep") == Wishes(ORDER, any_other=False, vetoed=frozenset({5}))
    assert sent(any_other="1").any_other


@pytest.mark.parametrize(
    ("button", "tiers", "vetoed"),
    [
        ("up-8", ((7,), (8,), (9,)), {5}),
        ("off-7", ((8, 9),), {5}),
        ("add-4", (*ORDER, (4,)), {5}),
        ("add-5", (*ORDER, (5,)), set()),
        ("veto-7", ((8, 9),), {5, 7}),
        ("unveto-5", ORDER, set()),
        ("dance-7", ORDER, {5}),
        ("add-99999999999", ORDER, {5}),
        ("add-9999999999", ORDER, {5}),
    ],
)
def test_each_button_does_one_thing(button, tiers, vetoed):
    wishes = sent(do=button)
    assert (wishes.tiers, wishes.vetoed) == (tiers, vetoed)


def test_a_number_that_was_chosen_moves_a_mentor():
    assert sent({"place-9": "1"}).tiers == ((9,), (7,), (8,))


def test_what_is_no_number_is_left_out():
    odd = {"tier-x": "1", "tier-9999999999": "1", "tier-6": "soon", "place-7": "-1", "veto-": "1", "place-8": "0"}
    assert sent_wishes({**PAGE, **odd}) == sent()
