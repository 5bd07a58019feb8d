"""How well two fit, by what faculty say counts."""

import pytest

from lti_mentoring.domain.fitting import SAID, Standing, Trait, by_others, fit_counts, said_weights, wish_cost
from lti_mentoring.domain.fitting import fit as fit_of

NOWHERE = Standing()


def fit(weights, mentor_wish, *, same_section, **said):
    """The fit of a pair, what was said by its trait."""
    others = by_others(weights, mentor_wish, same_section=same_section)
    alike = tuple(said.get(trait.value) for trait in SAID) if said else ()
    return fit_of(others, said_weights(weights), alike)


def test_the_top_of_a_list_counts_whole_and_less_with_every_tier():
    assert [Standing(tier, 4).share for tier in (1, 2, 3, 4)] == [1.0, 0.75, 0.5, 0.25]
    assert NOWHERE.share == 0.0


def test_a_fit_is_the_weighted_share_of_what_counts():
    weights = {Trait.MENTOR_WISH: 3, Trait.SECTION: 1}
    assert fit(weights, Standing(1, 2), same_section=True) == 100
    assert fit(weights, Standing(1, 2), same_section=False) == 75
    assert fit(weights, NOWHERE, same_section=True) == 25


def test_where_nothing_counts_all_fit_alike():
    assert fit({Trait.SECTION: 0}, Standing(1, 1), same_section=True) == 0
    assert not fit_counts({Trait.WISH: 10, Trait.SECTION: 0})
    assert fit_counts({Trait.WISH: 0, Trait.SECTION: 1})


@pytest.mark.parametrize(("weight", "points"), [(10, 100), (7, 70), (1, 10), (0, 1)])
def test_one_wish_further_down_weighs_as_much_as_the_whole_fit_at_most_and_next_to_nothing_at_least(weight, points):
    assert wish_cost({Trait.WISH: weight}) == points


def test_what_is_looked_for_counts_beside_the_lists_and_only_where_it_was_said():
    weights = {Trait.SECTION: 6, Trait.HELP: 4}
    assert fit(weights, NOWHERE, same_section=True, help=0.5) == 80
    assert fit(weights, NOWHERE, same_section=True) == 100
    assert fit(weights, NOWHERE, same_section=False, help=1.0, further=1.0) == 40
