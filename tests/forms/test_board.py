"""The board's address: read calmly, written without what is usual."""

import pytest
from werkzeug.datastructures import MultiDict

from lti_mentoring.domain.board import Wish
from lti_mentoring.forms.board import read_wish, wish_args


def test_an_empty_address_asks_for_who_needs_a_look():
    assert read_wish(MultiDict()) == Wish(show="look")
    assert wish_args(Wish()) == {}


def test_everything_is_read_and_written_back():
    args = {"q": " Zoë ", "milestone": "4", "mentor": "0", "show": "quiet", "group": "7"}
    wish = read_wish(MultiDict(args))
    assert wish == Wish("Zoë", 4, 0, "quiet", 7)
    assert wish_args(wish) == {"q": "Zoë", "milestone": 4, "mentor": 0, "show": "quiet", "group": 7}


@pytest.mark.parametrize("args", [{"show": "everything"}, {"milestone": "x"}, {"mentor": ""}])
def test_a_mistyped_address_shows_the_board_as_it_usually_is(args):
    assert read_wish(MultiDict(args)) == Wish()


def test_a_very_long_name_is_cut():
    assert len(read_wish(MultiDict({"q": "a" * 5000})).name) == 100
