"""An answer as text."""

import pytest
from factories.problems import problem

from lti_mentoring.domain.matching.balanced import BalancedMatcher
from lti_mentoring.domain.matching.outcome import answer
from lti_mentoring.domain.matching.problem import ProblemUnsound
from lti_mentoring.domain.matching.record import read_matching, write_matching
from lti_mentoring.domain.matching.snapshot import digest_of


def test_an_answer_is_read_back_whole():
    round_ = problem({1: "101", 2: ""}, {101: 1})
    found = answer(
        round_, {1: 101}, BalancedMatcher(), "a seed", worst=0, prices={101: 2**200, 99: -3}, limit_prices={101: 1}
    )
    assert read_matching(write_matching(found)) == found
    assert (found.unmatched, found.problem_digest, found.seed) == ((2,), digest_of(round_), "a seed")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"form":0}'])
def test_what_is_no_answer_is_refused(text):
    with pytest.raises(ProblemUnsound, match="unreadable"):
        read_matching(text)
