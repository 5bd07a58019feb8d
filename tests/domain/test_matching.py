"""Our own matcher: balanced by places."""

from hypothesis import given
from hypothesis import strategies as st

from lti_mentoring.domain.matching import BalancedMatcher, Candidate, Seeker

MATCHER = BalancedMatcher()


def seekers(count):
    return [Seeker(number) for number in range(count)]


def test_students_go_where_most_room_is():
    pairs = MATCHER.match(seekers(3), [Candidate(1, 4, 3), Candidate(2, 4, 0)])
    assert [pair.mentor_id for pair in pairs] == [2, 2, 2]


def test_whoever_finds_no_place_is_left_out():
    assert len(MATCHER.match(seekers(5), [Candidate(1, 2, 0), Candidate(2, 1, 0)])) == 3
    assert MATCHER.match(seekers(2), []) == []


@given(st.integers(0, 40), st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=8))
def test_no_mentor_is_ever_given_more_than_the_places(count, mentors):
    candidates = [Candidate(number, places, min(taken, places)) for number, (places, taken) in enumerate(mentors)]
    pairs = MATCHER.match(seekers(count), candidates)
    given = {one.mentor_id: one.taken for one in candidates}
    for pair in pairs:
        given[pair.mentor_id] += 1
    assert all(given[one.mentor_id] <= one.places for one in candidates)
    assert len({pair.student_id for pair in pairs}) == len(pairs)
    assert len(pairs) == min(count, sum(one.places - one.taken for one in candidates))
