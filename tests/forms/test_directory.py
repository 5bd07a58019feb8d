"""What the address of the directory asks for."""

from werkzeug.datastructures import MultiDict

from lti_mentoring.domain.directory import Wish
from lti_mentoring.domain.mentor_roles import MentorRole
from lti_mentoring.forms.directory import read_wish

WARD, BENCH = MentorRole("", "Ward"), MentorRole("b", "Bench")


def test_an_address_that_asks_for_nothing_shows_everybody():
    assert read_wish(MultiDict(), [WARD, BENCH]) == Wish()


def test_a_role_is_chosen_by_its_key_also_by_a_blank_one():
    assert read_wish(MultiDict({"role": "b"}), [WARD, BENCH]).role == "b"
    assert read_wish(MultiDict({"role": ""}), [WARD, BENCH]).role == ""


def test_a_role_of_nowhere_or_of_a_track_with_one_asks_for_nothing():
    assert read_wish(MultiDict({"role": "any"}), [WARD, BENCH]) == Wish()
    assert read_wish(MultiDict({"role": ""}), [WARD]) == Wish()
