"""How well two fit, by what faculty say counts."""

from lti_mentoring.domain.fitting import SAID, Standing, Trait, by_lists, said_weights
from lti_mentoring.domain.fitting import fit as fit_of

NOWHERE = Standing()


def fit(weights, wish, mentor_wish, *, same_section, **said):
    """The fit of a pair, what was said by its trait."""
    lists = by_lists(weights, wish, mentor_wish, same_section=same_section)
    alike = tuple(said.get(trait.value) for trait in SAID) if said else ()
    return fit_of(lists, said_weights(weights), alike)


def test_the_top_of_a_list_counts_whole_and_less_with_every_tier():
    assert [Standing(tier, 4).share for tier in (1, 2, 3, 4)] == [1.0, 0.75, 0.5, 0.25]
    assert NOWHERE.share == 0.0


def test_a_fit_is_the_weighted_share_of_what_counts():
    weights = {Trait.WISH: 7, Trait.MENTOR_WISH: 2, Trait.SECTION: 1}
    assert fit(weights, Standing(1, 3), Standing(1, 2), same_section=True) == 100
    assert fit(weights, Standing(1, 3), NOWHERE, same_section=False) == 70
    assert fit(weights, NOWHERE, NOWHERE, same_section=True) == 10


def test_where_nothing_counts_all_fit_alike():
    assert fit({Trait.WISH: 0}, Standing(1, 1), NOWHERE, same_section=True) == 0


def test_what_is_looked_for_counts_beside_the_lists_and_only_where_it_was_said():
    weights = {Trait.WISH: 6, Trait.HELP: 4}
    assert fit(weights, Standing(1, 1), NOWHERE, same_section=False, help=0.5) == 80
    assert fit(weights, Standing(1, 1), NOWHERE, same_section=False) == 100
    assert fit(weights, NOWHERE, NOWHERE, same_section=False, help=1.0, further=1.0) == 40
