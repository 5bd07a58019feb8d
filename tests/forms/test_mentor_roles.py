"""The roles as their page sends them."""

from lti_mentoring.forms.mentor_roles import sent_roles

TWO = {"key-0": "", "name-0": " Ward ", "key-1": "b", "name-1": "Bench"}


def test_the_whole_list_is_read_in_its_order_and_another_is_added_at_the_end():
    assert sent_roles(TWO) == [("", "Ward"), ("b", "Bench")]
    assert sent_roles({**TWO, "new": "Peer"}) == [("", "Ward"), ("b", "Bench"), (None, "Peer")]


def test_a_button_moves_a_role_up_or_takes_it_off():
    assert sent_roles({**TWO, "do": "up-1"}) == [("b", "Bench"), ("", "Ward")]
    assert sent_roles({**TWO, "do": "up-0"}) == [("", "Ward"), ("b", "Bench")]
    assert sent_roles({**TWO, "do": "off-0"}) == [("b", "Bench")]


def test_a_button_of_nowhere_does_nothing():
    assert sent_roles({**TWO, "do": "off-5"}) == sent_roles({**TWO, "do": "blow-up"}) == [("", "Ward"), ("b", "Bench")]
