"""A round is drawn up, checked and explained before anybody sees it."""

import pytest
from factories.problems import problem as written

from lti_mentoring.domain.drawing_up import STEPS, Reason, Why, draw_up, full_mentors, measured, reasons, shuffles_for
from lti_mentoring.domain.matching.balanced import BalancedMatcher
from lti_mentoring.domain.matching.best import BestMatcher
from lti_mentoring.domain.matching.outcome import Matching, Pair, answer
from lti_mentoring.domain.matching.plain_flow import PlainFlow
from lti_mentoring.domain.matching.problem import Bar, BarKind, Candidate, Problem, Seeker
from lti_mentoring.domain.matching.together import unite

FIRST, SECOND, OTHER = 10, 11, 12


def given(problem, pairs):
    return answer(problem, pairs, BalancedMatcher(), "seed")


def problem(*bars, first=1, tiers=(), lists=((1, ((FIRST,), (SECOND,))), (2, ((FIRST,),)))):
    return Problem(
        mentees=tuple(Seeker(number, wishes, any_other=True) for number, wishes in lists),
        mentors=(Candidate(FIRST, first, tiers=tiers), Candidate(SECOND, 3), Candidate(OTHER, 3)),
        bars=tuple(Bar(1, FIRST, kind) for kind in bars),
    )


def why(asked, pairs):
    return {number: reason.why for number, reason in reasons(asked, given(asked, pairs)).items()}


def test_a_first_wish_needs_no_reason():
    assert why(problem(first=2), {1: FIRST, 2: FIRST}) == {}


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (problem(), Why.PLACES_GONE),
        (problem(tiers=((2,), (1,))), Why.RANKED_HIGHER),
        (problem(tiers=((1, 2),)), Why.PLACES_GONE),
        (problem(BarKind.CONFLICT, BarKind.CONCERN), Why.CONFLICT),
        (problem(BarKind.CONCERN), Why.PLACES_GONE),
        (problem(BarKind.VETO, first=3), Why.NOT_AVAILABLE),
        (problem(first=3), Why.FOR_THE_WHOLE),
    ],
)
def test_who_got_a_later_wish_is_told_of_the_first(asked, reason):
    assert why(asked, {1: SECOND, 2: FIRST}) == {1: reason}


def test_a_mentor_without_a_free_place_is_said_to_have_had_none():
    assert why(problem(first=0), {1: SECOND, 2: OTHER}) == {1: Why.NO_PLACE, 2: Why.NO_PLACE}


def test_a_reason_counts_the_other_mentors_who_were_better():
    asked = problem(lists=((1, ((FIRST, SECOND), (OTHER,))), (2, ((FIRST,),))))
    assert reasons(asked, given(asked, {1: OTHER, 2: FIRST}))[1] == Reason(Why.PLACES_GONE, FIRST, 1, 1)
    assert Reason(Why.PLACES_GONE, FIRST, 1, 1).facts == {"mentor": FIRST, "places": 1, "others": 1}


def test_who_gave_no_list_and_gets_nobody_is_told_that_nobody_is_left():
    asked = problem(lists=((1, ()), (2, ())))
    assert reasons(asked, given(asked, {2: FIRST})) == {1: Reason(Why.NOBODY_LEFT)}


def test_a_mentor_is_full_when_the_places_of_the_round_are_gone():
    asked = problem()
    assert full_mentors(asked, given(asked, {1: FIRST})) == {FIRST}


def test_how_far_sections_are_apart_is_kept_with_the_round():
    asked = problem(first=24, lists=tuple((number, ((FIRST,), (SECOND,))) for number in range(36)))
    part_of = {number: "B1" if number < 12 else "B2" for number in range(36)}
    pairs = {number: FIRST if number % 12 < 6 or number >= 30 else SECOND for number in range(36)}
    assert measured(asked, given(asked, pairs), part_of)["gap"] == 25


def test_a_round_of_many_is_shuffled_less_often():
    assert [shuffles_for(number) for number in (0, 30, 1_000, 4_000, 100_000)] == [20, 20, 20, 5, 1]


def grouped(*bars, first=2, lists=("10 11", "10 11"), any_other=(), mentors_wish=None):
    """Two who stay together, and the same two mentors."""
    return written(
        dict(enumerate(lists, 1)), {FIRST: first, SECOND: 3},
        bars=bars, any_other=set(any_other), together=[(1, 2)], mentors_wish=mentors_wish,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "got", "found"),
    [
        (grouped(), FIRST, {}),
        (grouped(first=1), SECOND, dict.fromkeys((1, 2), Why.NO_PLACE)),
        (grouped(lists=("10 11", "11")), SECOND, {1: Why.NOT_SHARED}),
        (grouped(lists=("10 11", "11 10")), SECOND, {1: Why.GROUP_WISHES}),
        (grouped(lists=("10", ""), any_other=(1, 2)), SECOND, {1: Why.FOR_THE_WHOLE}),
        (grouped((2, FIRST, "conflict")), SECOND, dict.fromkeys((1, 2), Why.CONFLICT)),
        (grouped((2, FIRST, "veto")), SECOND, dict.fromkeys((1, 2), Why.NOT_AVAILABLE)),
        (grouped(lists=("10", "11")), None, dict.fromkeys((1, 2), Why.NOT_SHARED)),
        (grouped(lists=("", ""), any_other=(1, 2)), None, dict.fromkeys((1, 2), Why.NOBODY_LEFT)),
    ],
)
def test_each_of_a_group_is_told_why_the_group_has_not_got_their_first_wish(asked, got, found):
    pairs = given(unite(asked), {1: got} if got else {})
    assert {number: reason.why for number, reason in reasons(asked, pairs).items()} == found


def test_a_group_that_stays_together_is_one_in_the_answer_and_each_of_it_has_a_mentor():
    drawn = draw_up(grouped(first=1), BestMatcher(PlainFlow()), {1: "B1", 2: "B1"}, seed="s", tell=lambda _done: None)
    assert drawn.matching.pairs == (Pair(1, SECOND),)
    assert drawn.people.pairs == (Pair(1, SECOND), Pair(2, SECOND))
    assert (drawn.findings["faults"], drawn.findings["blocking"], drawn.findings["mean"]) == (0, 0, 2.0)
    assert drawn.full == {FIRST, SECOND}


class ByOrder:
    """A strategy that breaks the promise: whoever stands first gets the first mentor."""

    name, version = "by_order", "1"

    def match(self, asked, *, seed):
        return answer(asked, {asked.mentees[0].mentee_id: FIRST}, self, seed)


def test_what_is_drawn_up_says_how_it_was_checked():
    told = []
    drawn = draw_up(problem(lists=((1, ((FIRST,),)),)), BalancedMatcher(), {}, seed="seed", tell=told.append)
    assert told == list(range(1, len(STEPS) + 1))
    assert isinstance(drawn.matching, Matching)
    told_of = {name: drawn.findings[name] for name in ("blocking", "faults", "shuffles", "same", "parts", "gap")}
    assert told_of == {"blocking": 1, "faults": 0, "shuffles": 20, "same": 20, "parts": False, "gap": None}
    assert drawn.whys[1].why is Why.FOR_THE_WHOLE


def test_a_strategy_that_looks_at_the_order_of_names_is_found_out():
    findings = draw_up(problem(), ByOrder(), {}, seed="", tell=lambda _done: None).findings
    assert findings["same"] < findings["shuffles"]


@pytest.mark.parametrize(
    ("matcher", "only", "shuffles"), [(BestMatcher(PlainFlow()), True, 0), (BalancedMatcher(), False, 1)]
)
def test_of_a_round_of_very_many_a_proof_that_no_other_answer_is_as_good_stands_for_shuffling(
    monkeypatch, matcher, only, shuffles
):
    monkeypatch.setattr("lti_mentoring.domain.drawing_up.SHUFFLED_IN_ALL", 1)
    findings = draw_up(problem(), matcher, {}, seed="seed", tell=lambda _done: None).findings
    assert (findings["only"], findings["shuffles"], findings["same"]) == (only, shuffles, shuffles)


def test_pairs_have_the_order_of_numbers():
    assert given(problem(), {2: FIRST, 1: SECOND}).pairs == (Pair(1, SECOND), Pair(2, FIRST))
