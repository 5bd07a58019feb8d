"""Why somebody has this mentor: true, and no more than the reader may know."""

from itertools import combinations

import pytest
from factories.problems import problem, problems
from hypothesis import given, settings

from lti_mentoring.domain.matching.balanced import BalancedMatcher
from lti_mentoring.domain.matching.explaining import PRIVATE, Explainer, Fate, Why, summed_up
from lti_mentoring.domain.matching.outcome import answer
from lti_mentoring.domain.matching.problem import BarKind
from lti_mentoring.domain.matching.stable import StableMatcher


def explained(round_, given_out):
    return Explainer(round_, answer(round_, given_out, BalancedMatcher(), "s"))


def why(wishes, places, given_out, **more):
    return explained(problem(wishes, places, **more), given_out).for_mentee(1).why


def test_the_first_wish_was_met():
    assert why({1: "101 102"}, {101: 1, 102: 1}, {1: 101}) is Why.FIRST_WISH


def test_a_better_wish_was_full():
    wishes, places = {1: "101 102", 2: "101"}, {101: 1, 102: 1}
    assert why(wishes, places, {1: 102, 2: 101}) is Why.BETTER_WERE_FULL


@pytest.mark.parametrize("kind", list(BarKind))
def test_whatever_barred_a_better_wish_it_was_not_available(kind):
    assert why({1: "101 102"}, {101: 1, 102: 1}, {1: 102}, bars=[(1, 101, kind)]) is Why.BETTER_NOT_AVAILABLE


def test_a_mentor_who_is_not_there_this_time_looks_like_one_who_is_barred():
    assert why({1: "101 102"}, {101: 0, 102: 1}, {1: 102}) is Why.BETTER_NOT_AVAILABLE


def test_a_strategy_that_does_not_follow_the_order_says_so():
    assert why({1: "101 102"}, {101: 1, 102: 1}, {1: 102}) is Why.OTHER_WISH


def test_any_of_the_others_and_no_list_are_told_apart():
    assert why({1: "101", 2: "101"}, {101: 1, 102: 1}, {1: 102, 2: 101}, any_other={1}) is Why.ANY_OTHER
    assert why({1: ""}, {101: 1}, {1: 101}, any_other={1}) is Why.MOST_ROOM


def test_who_has_nobody_learns_whether_that_was_the_list_or_the_room():
    assert why({1: ""}, {101: 1}, {}) is Why.NO_LIST
    assert why({1: "", 2: "101"}, {101: 1}, {2: 101}, any_other={1}) is Why.NOBODY_HAD_ROOM
    assert why({1: "101", 2: "101"}, {101: 1}, {2: 101}) is Why.NOBODY_HAD_ROOM
    assert why({1: "101"}, {101: 1}, {}, bars=[(1, 101, "veto")]) is Why.NOBODY_AVAILABLE


def test_each_wish_has_its_fate():
    round_ = problem(
        {1: "101 102 103=104 105", 2: "101"}, {101: 1, 102: 0, 103: 1, 104: 1, 105: 1}, bars=[(1, 105, "veto")]
    )
    told = explained(round_, {1: 103, 2: 101}).for_mentee(1)
    assert (told.mentor_id, told.tier) == (103, 3)
    assert [(one.mentor_id, one.tier, one.fate) for one in told.wishes] == [
        (101, 1, Fate.FULL), (102, 2, Fate.NOT_AVAILABLE), (103, 3, Fate.GIVEN), (104, 3, Fate.NOT_NEEDED),
        (105, 4, Fate.NOT_AVAILABLE),
    ]  # fmt: skip


def insights(*kinds, reads_private=False):
    round_ = problem({1: "101"}, {101: 2}, bars=[(1, 101, kind) for kind in kinds])
    return explained(round_, {}).for_faculty(1, reads_private=reads_private)


def test_faculty_see_places_and_the_kinds_that_are_no_secret():
    [seen] = insights("conflict", "hard_limit")
    assert (seen.fate, seen.places, seen.placed) == (Fate.NOT_AVAILABLE, 2, 0)
    assert (seen.kinds, seen.is_private) == ((BarKind.CONFLICT, BarKind.HARD_LIMIT), False)
    assert insights()[0].fate is Fate.PASSED_BY


def test_private_kinds_all_look_the_same_to_who_may_not_read_them():
    every = [chosen for size in (1, 2) for chosen in combinations(sorted(PRIVATE), size)]
    assert len({insights(*chosen) for chosen in every}) == 1
    [seen] = insights("concern")
    assert (seen.kinds, seen.is_private) == ((), True)


def test_beside_a_kind_that_is_no_secret_a_concern_is_as_if_it_were_not_there():
    assert insights("conflict", "concern") == insights("conflict")


def test_who_may_read_private_kinds_sees_all():
    [seen] = insights("concern", "conflict", reads_private=True)
    assert (seen.kinds, seen.is_private) == ((BarKind.CONCERN, BarKind.CONFLICT), False)


@given(problems())
@settings(max_examples=60, deadline=None)
def test_a_stable_answer_never_passes_by_a_better_wish(round_):
    explainer = Explainer(round_, StableMatcher().match(round_, seed="s"))
    told = [explainer.for_mentee(one.mentee_id) for one in round_.mentees]
    assert Why.OTHER_WISH not in summed_up(told)
    assert sum(summed_up(told).values()) == len(round_.mentees)
