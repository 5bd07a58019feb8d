"""Balanced by places."""

from factories.problems import given_by, problem, problems
from hypothesis import given, settings

from lti_mentoring.domain.matching.balanced import BalancedMatcher
from lti_mentoring.domain.matching.problem import Candidate, Problem, Seeker

MATCHER = BalancedMatcher()


def match(count, *mentors):
    seekers = tuple(Seeker(number, any_other=True) for number in range(count))
    return MATCHER.match(Problem(seekers, mentors), seed="s")


def test_mentees_go_where_most_room_is():
    found = match(3, Candidate(1, places=1, taken=3), Candidate(2, places=4))
    assert [pair.mentor_id for pair in found.pairs] == [2, 2, 2]
    assert {pair.reason for pair in found.pairs} == {"most_room"}


def test_whoever_finds_no_place_is_left_out():
    found = match(5, Candidate(1, 2), Candidate(2, 1))
    assert (len(found.pairs), len(found.unmatched)) == (3, 2)
    assert match(2).pairs == ()


def test_who_was_passed_over_before_comes_first():
    everybody = dict.fromkeys(range(1, 9), "")
    found = MATCHER.match(problem(everybody, {101: 1}, any_other=everybody, priority={5: 1}), seed="s")
    assert given_by(found) == {5: 101}


def test_a_barred_mentor_is_passed_by_and_stays_open_to_others():
    round_ = problem({1: "", 2: ""}, {101: 1, 102: 1}, any_other={1, 2}, bars=[(1, 101, "veto")])
    assert given_by(MATCHER.match(round_, seed="s"))[1] == 102


def test_a_list_without_any_other_is_kept_to():
    round_ = problem({1: "101", 2: "101"}, {101: 1, 102: 5})
    found = MATCHER.match(round_, seed="s")
    assert (len(found.pairs), len(found.unmatched)) == (1, 1)


@given(problems())
@settings(max_examples=60, deadline=None)
def test_nobody_is_given_what_may_not_be_and_no_place_is_given_twice(round_):
    given_out = given_by(MATCHER.match(round_, seed="s"))
    for seeker in round_.mentees:
        mentor_id = given_out.get(seeker.mentee_id)
        listed = {number for tier in seeker.tiers for number in tier}
        assert mentor_id is None or seeker.any_other or mentor_id in listed
        assert (seeker.mentee_id, mentor_id) not in round_.barred
    for mentor in round_.mentors:
        assert list(given_out.values()).count(mentor.mentor_id) <= mentor.places
