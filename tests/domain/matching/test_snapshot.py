"""A round's input as one canonical text."""

from dataclasses import replace

import pytest
from factories.problems import problem, problems, shuffled
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_mentoring.domain.matching.problem import Candidate, Flaw, Problem, ProblemUnsound, Seeker
from lti_mentoring.domain.matching.snapshot import digest_of, read_problem, write_problem


@given(problems(), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_text_is_the_same_for_the_same_rows_in_any_order_and_is_read_back(round_, draw):
    text = write_problem(round_)
    assert write_problem(shuffled(round_, draw)) == text
    assert write_problem(read_problem(text)) == text
    assert digest_of(read_problem(text)) == digest_of(round_)


def test_a_problem_notes_its_digest_and_another_made_of_it_has_its_own():
    one = Problem((Seeker(1),), (Candidate(2, 1),))
    first = digest_of(one)
    assert digest_of(one) == first
    assert digest_of(replace(one, role="clinical")) != first
    assert digest_of(Problem((Seeker(1),), (Candidate(2, 1),))) == first


def test_the_text_is_short():
    round_ = problem({1: "101 102=103"}, {103: 1, 101: 2, 102: 1}, bars=[(1, 101, "veto")], any_other={1})
    assert write_problem(round_) == (
        '{"bars":[[1,101,"veto"]],"form":1,"mentees":[[1,0,1,[101,[102,103]]]],'
        '"mentors":[[101,2,0,[]],[102,1,0,[]],[103,1,0,[]]],"role":"","scores":[]}'
    )


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"form":2}', '{"form":1,"mentees":[[1]],"mentors":[]}'])
def test_what_is_no_round_is_refused(text):
    with pytest.raises(ProblemUnsound) as unsound:
        read_problem(text)
    assert unsound.value.flaw is Flaw.UNREADABLE


def test_a_text_that_contradicts_itself_is_refused():
    text = write_problem(problem({1: "101"}, {101: 1})).replace("[[101,1,", "[[102,1,")
    with pytest.raises(ProblemUnsound, match="unknown_mentor"):
        read_problem(text)
