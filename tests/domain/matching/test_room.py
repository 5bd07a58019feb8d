"""Whether more could be placed is seen from the answer alone, and is what going through all answers says."""

from itertools import product

from factories.problems import problem, problems
from hypothesis import given, settings

from lti_mentoring.domain.matching.balanced import BalancedMatcher
from lti_mentoring.domain.matching.checking import faults
from lti_mentoring.domain.matching.outcome import answer
from lti_mentoring.domain.matching.room import more_could_be_placed


def answer_of(round_, given_out):
    return answer(round_, given_out, BalancedMatcher(), "s")


def more(round_, given_out):
    return more_could_be_placed(round_, answer_of(round_, given_out))


def test_a_free_place_at_the_end_of_a_chain_is_found():
    round_ = problem({1: "101", 2: "101 102", 3: "102 103"}, {101: 1, 102: 1, 103: 1})
    assert more(round_, {2: 101, 3: 102})
    assert not more(round_, {1: 101, 2: 102, 3: 103})


def test_who_was_passed_over_does_not_stay_behind_somebody_who_was_not():
    round_ = problem({1: "101", 2: "101 102", 3: "102"}, {101: 1, 102: 1}, priority={1: 2, 2: 1})
    assert more(round_, {2: 101, 3: 102})
    assert not more(round_, {1: 101, 2: 102})


def test_whoever_takes_any_mentor_goes_to_none_whom_they_are_kept_apart_from():
    round_ = problem({1: ""}, {101: 1, 102: 0}, any_other={1}, bars=[(1, 101, "veto")])
    assert not more(round_, {})
    assert more(problem({1: ""}, {101: 1}, any_other={1}), {})


@given(problems(most_mentees=4, most_mentors=3))
@settings(max_examples=60, deadline=None)
def test_it_is_so_of_every_answer(round_):
    priority = {one.mentee_id: 1 + one.priority for one in round_.mentees}
    mentors = [one.mentor_id for one in round_.mentors]
    sound = []
    for chosen in product([None, *mentors], repeat=len(round_.mentees)):
        given_out = {one.mentee_id: mentor for one, mentor in zip(round_.mentees, chosen, strict=True) if mentor}
        if not faults(round_, answer_of(round_, given_out)):
            sound.append(given_out)
    weight = {tuple(one): sum(priority[mentee] for mentee in one) for one in sound}
    for one in sound:
        assert more(round_, one) == (weight[tuple(one)] < max(weight.values()))
