"""Where the platform says that a course comes from."""

import pytest

from lti_mentoring.domain.copying import MOST, read_history


def test_the_most_recent_ancestor_comes_first_and_each_once():
    assert read_history("c3, c2,c1,,c2") == ("c3", "c2", "c1")


@pytest.mark.parametrize(
    "said", [None, "", "  ", "$Context.id.history", "$ResourceLink.id.history", "truncated", "timed out", "null", ",,"]
)
def test_a_platform_that_does_not_know_says_nothing(said):
    assert read_history(said) == ()


def test_a_history_that_was_cut_counts_as_far_as_it_goes():
    assert read_history("c2,c1,truncated") == ("c2", "c1")
    assert read_history("c2,c1,timed out") == ("c2", "c1")


def test_a_thousand_ancestors_cost_no_more_than_fifty():
    assert read_history(",".join(f"c{n}" for n in range(1000))) == tuple(f"c{n}" for n in range(MOST))


@pytest.mark.parametrize("said", ["x" * 256, "a\x00b", "a\u202eb", "a\nb"])
def test_what_is_no_identifier_is_left_out(said):
    assert read_history(f"{said},c1") == ("c1",)
