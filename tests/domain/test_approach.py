"""What a student can do next about one mentor."""

import pytest

from lti_mentoring.domain.approach import Approach, Situation, approach
from lti_mentoring.domain.rank_lists import Window


@pytest.mark.parametrize(
    ("situation", "said"),
    [
        ({"is_mine": True, "lacks": False, "closed": True}, Approach.MINE),
        ({"lacks": False, "closed": True}, Approach.SERVED),
        ({"closed": True}, Approach.CLOSED),
        ({"asked": True, "window": Window.OVER}, Approach.ASKED),
        ({}, Approach.WISH),
        ({"test_first": True}, Approach.WISH),
        ({"vetoed": True}, Approach.NOT_WANTED),
        ({"wished": True, "is_next": True, "test_first": True}, Approach.TEST),
        ({"window": Window.OFF, "test_first": True}, Approach.TEST),
        ({"window": Window.OFF}, Approach.BY_HAND),
        ({"window": Window.BEFORE}, Approach.TOO_EARLY),
        ({"window": Window.OVER, "wished": True}, Approach.TOO_LATE),
        ({"wished": True, "is_next": True}, Approach.ASK),
        ({"wished": True}, Approach.WISHED),
    ],
)
def test_a_mentor_s_page_has_one_thing_to_say_to_a_student(situation, said):
    assert approach(Situation(**situation)) is said
