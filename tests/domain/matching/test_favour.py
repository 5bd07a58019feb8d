"""Does a mentor keep getting mentees of one group?"""

import pytest
from factories.problems import problem

from lti_mentoring.domain.matching.balanced import BalancedMatcher
from lti_mentoring.domain.matching.favour import at_least, favours
from lti_mentoring.domain.matching.outcome import answer

GROUP_OF = {number: "north" if number <= 20 else "south" for number in range(1, 101)}
EVERYBODY = dict.fromkeys(GROUP_OF, "101")


def round_of(given_out, **more):
    round_ = problem(more.pop("wishes", EVERYBODY), {101: 50, 102: 50}, **more)
    return round_, answer(round_, given_out, BalancedMatcher(), "s")


def test_a_mentor_who_gets_one_group_only_is_shown_with_what_was_to_be_expected():
    [found] = favours([round_of(dict.fromkeys(range(1, 11), 101))], GROUP_OF)
    assert (found.mentor_id, found.group, found.got, found.of) == (101, "north", 10, 10)
    assert found.expected == pytest.approx(2.0)
    assert found.chance == pytest.approx(0.2**10)


def test_what_may_well_be_chance_is_not_shown():
    assert favours([round_of(dict.fromkeys(range(15, 65), 101))], GROUP_OF) == ()
    assert favours([round_of(dict.fromkeys(range(1, 5), 101))], GROUP_OF) == ()


def test_who_alone_wished_for_a_mentor_is_no_favour():
    wishes = {number: "101" if number <= 20 else "102" for number in GROUP_OF}
    assert favours([round_of(dict.fromkeys(range(1, 21), 101), wishes=wishes)], GROUP_OF) == ()


def test_several_rounds_are_taken_together():
    one = round_of(dict.fromkeys((1, 2, 3, 30), 101))
    assert favours([one], GROUP_OF) == ()
    [found] = favours([one] * 5, GROUP_OF)
    assert (found.got, found.of) == (15, 20)


def test_for_whom_any_will_do_counts_for_every_mentor_but_those_barred():
    bars = [(number, 101, "conflict") for number in range(31, 101)] + [(1, 102, "veto")]
    kept = round_of(
        dict.fromkeys(range(1, 11), 101), wishes=dict.fromkeys(GROUP_OF, ""), any_other=set(GROUP_OF), bars=bars
    )
    assert favours([kept], GROUP_OF) == ()


def test_a_score_is_a_reason():
    scored = [(number, 101, 100) for number in range(1, 21)] + [(30, 102, 50), (31, 101, 0)]
    assert favours([round_of(dict.fromkeys(range(1, 11), 101), scores=scored)], GROUP_OF) == ()


def test_a_group_of_whom_nobody_wished_for_the_mentor_and_who_came_by_hand_is_shown():
    wishes = {number: "102" if number <= 20 else "101" for number in GROUP_OF}
    [found] = favours([round_of(dict.fromkeys(range(1, 6), 101), wishes=wishes)], GROUP_OF)
    assert (found.group, found.got, found.expected, found.chance) == ("north", 5, 0, 0)


def test_whom_nobody_at_all_could_have_had_is_no_error():
    kept = round_of({1: 101}, wishes={1: ""}, any_other={1}, bars=[(1, 101, "conflict")])
    assert favours([kept], GROUP_OF) == ()


@pytest.mark.parametrize(
    ("number", "of", "share", "chance"),
    [(0, 9, 0, 1), (3, 9, 0, 0), (1, 2, 0.5, 0.75), (2, 2, 0.5, 0.25), (5, 5, 1.0, 1.0), (900, 3000, 0.3, 0.507)],
)
def test_the_chance_of_so_many_or_more(number, of, share, chance):
    assert at_least(number, of, share) == pytest.approx(chance, abs=0.01)
