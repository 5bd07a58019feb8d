"""A round's input is sound, or says what is wrong with it."""

import pytest
from factories.problems import problem

from lti_mentoring.domain.matching.problem import (
    MOST_PLACES,
    MOST_SEEKERS,
    MOST_TIERS,
    Candidate,
    Flaw,
    Problem,
    ProblemUnsound,
    Score,
    Seeker,
)

MENTOR = Candidate(101, 1)


@pytest.mark.parametrize(
    ("flaw", "mentee_id", "mentor_id", "mentees", "mentors"),
    [
        (Flaw.UNKNOWN_MENTOR, 1, 999, [Seeker(1, ((101,), (999,)))], [MENTOR]),
        (Flaw.WISHED_TWICE, 1, 101, [Seeker(1, ((101,), (101,)))], [MENTOR]),
        (Flaw.EMPTY_TIER, 1, 0, [Seeker(1, ((),))], [MENTOR]),
        (Flaw.SAME_MENTEE_TWICE, 1, 0, [Seeker(1), Seeker(1)], []),
        (Flaw.SAME_MENTOR_TWICE, 0, 101, [], [MENTOR, MENTOR]),
        (Flaw.UNKNOWN_MENTEE, 7, 101, [], [Candidate(101, 1, tiers=((7,),))]),
        (Flaw.BELOW_ZERO, 0, 101, [], [Candidate(101, -1)]),
        (Flaw.BELOW_ZERO, 0, 101, [], [Candidate(101, 1, taken=-1)]),
        (Flaw.TOO_LARGE, 0, 101, [], [Candidate(101, MOST_PLACES, taken=1)]),
        (Flaw.PRIORITY_OUT_OF_RANGE, 1, 0, [Seeker(1, priority=8)], []),
        (Flaw.TOO_LARGE, 1, 0, [Seeker(1, ((101,),) * (MOST_TIERS + 1))], [MENTOR]),
        (Flaw.TOO_LARGE, 0, 0, [Seeker(1)] * (MOST_SEEKERS + 1), []),
    ],
)
def test_a_contradiction_is_refused_and_says_who_and_what(flaw, mentee_id, mentor_id, mentees, mentors):
    with pytest.raises(ProblemUnsound) as unsound:
        Problem(tuple(mentees), tuple(mentors))
    assert unsound.value.facts == {"flaw": flaw.value, "mentee_id": mentee_id, "mentor_id": mentor_id}
    assert (unsound.value.code, unsound.value.status) == ("problem_unsound", 422)


@pytest.mark.parametrize(
    ("flaw", "scores"),
    [
        (Flaw.UNKNOWN_MENTEE, [Score(2, 101, 1)]),
        (Flaw.UNKNOWN_MENTOR, [Score(1, 102, 1)]),
        (Flaw.SCORED_TWICE, [Score(1, 101, 1), Score(1, 101, 2)]),
        (Flaw.SCORE_OUT_OF_RANGE, [Score(1, 101, 101)]),
    ],
)
def test_a_score_is_of_a_known_pair_once_and_in_range(flaw, scores):
    with pytest.raises(ProblemUnsound, match=flaw.value):
        Problem((Seeker(1),), (MENTOR,), scores=tuple(scores))


@pytest.mark.parametrize("wish", [0, 101])
def test_a_wish_weighs_something_and_no_more_than_the_whole_fit(wish):
    with pytest.raises(ProblemUnsound, match="wish_out_of_range"):
        Problem((), (), wish=wish)


def test_a_pair_barred_for_two_reasons_is_barred_once():
    round_ = problem({1: "101"}, {101: 1}, bars=[(1, 101, "veto"), (1, 101, "conflict")])
    assert round_.barred == {(1, 101)}
