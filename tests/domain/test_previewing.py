"""What a strategy would give: of everybody, or of a fair sample."""

from factories.problems import problem

from lti_mentoring.domain.matching.balanced import BalancedMatcher
from lti_mentoring.domain.matching.outcome import answer
from lti_mentoring.domain.matching.problem import Candidate, Problem, Seeker
from lti_mentoring.domain.previewing import Outcome, preview, sample, scaled


def test_it_is_counted_who_would_get_which_wish():
    problem = Problem(
        mentees=(Seeker(1, ((10,),)), Seeker(2, ((11,), (12,))), Seeker(3, any_other=True), Seeker(4, ((11,),))),
        mentors=(Candidate(10, 1), Candidate(11, 0), Candidate(12, 1), Candidate(13, 1)),
    )
    given = answer(problem, {1: 10, 2: 12, 3: 13}, BalancedMatcher(), "")
    assert preview(problem, given) == Outcome(first=1, top=2, later=0, elsewhere=1, nobody=1, worst=2)


def test_how_well_the_pairs_would_fit_is_told_in_the_mean():
    round_ = problem({1: "10", 2: "11", 3: "10"}, {10: 1, 11: 1}, scores=[(1, 10, 80), (2, 11, 45), (3, 10, 99)])
    given = answer(round_, {1: 10, 2: 11}, BalancedMatcher(), "")
    assert preview(round_, given).fit == 62
    assert preview(round_, answer(round_, {}, BalancedMatcher(), "")).fit is None


def test_few_are_looked_at_all_and_many_by_a_lot_that_is_always_the_same():
    assert sample([3, 1, 2], 3) == {1, 2, 3}
    drawn = sample(range(100), 10)
    assert len(drawn) == 10
    assert drawn == sample(range(100), 10)
    assert drawn != frozenset(range(10))


def test_a_sample_finds_its_share_of_the_places():
    problem = Problem((), tuple(Candidate(number, 5) for number in range(400)))
    places = [one.places for one in scaled(problem, 0.1).mentors]
    assert set(places) == {0, 1}
    assert 150 < sum(places) < 250


def test_groups_are_drawn_as_a_whole_and_find_places_for_a_whole_group():
    groups = tuple((first, first + 1, first + 2) for first in range(0, 60, 3))
    drawn = sample(range(100), 30, groups)
    assert all(drawn.issuperset(group) or drawn.isdisjoint(group) for group in groups)
    assert 10 <= len(drawn) <= 30
    assert drawn == sample(range(100), 30, groups)
    assert drawn.intersection(range(60))
    problem = Problem(tuple(map(Seeker, range(60))), tuple(Candidate(n, 7) for n in range(100)), together=groups)
    places = {one.places for one in scaled(problem, 0.5).mentors}
    assert places == {3}
