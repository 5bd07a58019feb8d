"""The engine for large rounds."""

import pytest

from lti_mentoring.domain.matching.costs import pair_cost
from lti_mentoring.domain.matching.lots import HALF
from lti_mentoring.domain.matching.market import SHARE
from lti_mentoring.domain.matching.network import STEP, Network
from lti_mentoring.domain.matching.problem import MOST_MENTORS, MOST_PRIORITY, MOST_SEEKERS, MOST_TIERS
from lti_mentoring.solvers.or_tools import FlowNotFound, OrToolsFlow

ENGINE = OrToolsFlow()
WORST_PAIR = pair_cost(MOST_TIERS, 0)
DEAREST = pytest.mark.parametrize(
    "dearest",
    [1 + MOST_PRIORITY, WORST_PAIR, MOST_PRIORITY * WORST_PAIR, SHARE, 1 << HALF],
    ids=["unplaced", "cost", "cost_to_passed_over", "load", "lot"],
)


@DEAREST
def test_the_longest_path_of_a_hundred_thousand_mentees_fits_into_what_or_tools_reckons_with(dearest):
    mentees, mentors = 100_000, 10_000
    nodes, longest = mentees + mentors + 3, 2 * mentors + 3
    assert dearest * longest * (nodes + 1) < 2**62


@DEAREST
def test_no_price_of_a_criterion_reaches_into_the_one_before(dearest):
    nodes = MOST_SEEKERS + MOST_MENTORS + 3
    assert 2 * dearest * nodes < STEP
    assert dearest * (nodes + 1) < 2**62


def line(supply, capacity=1):
    return Network([supply, -supply], [0], [1], [capacity])


def test_numbers_that_are_too_large_are_refused_instead_of_running_over():
    assert ENGINE.cheapest(line(1), [2**59]) == [1]
    with pytest.raises(FlowNotFound, match="BAD_COST_RANGE"):
        ENGINE.cheapest(line(1), [2**62])


def test_a_network_without_a_flow_is_refused():
    with pytest.raises(FlowNotFound, match="INFEASIBLE"):
        ENGINE.cheapest(line(2), [1])


def test_a_network_without_arcs_is_no_trouble():
    nothing = Network([0, 0], [], [], [])
    assert ENGINE.cheapest(nothing, []) == []
    assert ENGINE.prices(nothing, [], []) == [0, 0]
