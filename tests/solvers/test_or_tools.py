"""The engine for large rounds."""

from random import Random

import pytest

from lti_mentoring.domain.matching.costs import pair_cost
from lti_mentoring.domain.matching.lots import HALF
from lti_mentoring.domain.matching.market import SHARE
from lti_mentoring.domain.matching.network import STEP, Network
from lti_mentoring.domain.matching.plain_flow import PlainFlow
from lti_mentoring.domain.matching.problem import MOST_MENTORS, MOST_PRIORITY, MOST_SEEKERS, MOST_TIERS
from lti_mentoring.solvers.or_tools import FlowNotFound, OrToolsFlow

ENGINE, PLAIN = OrToolsFlow(), PlainFlow()
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
    two_ways = Network([1, -1], [0, 0], [1, 1], [1, 1])
    assert ENGINE.cheapest(two_ways, [2**59, 2**59 + 1]).amounts == [1, 0]
    with pytest.raises(FlowNotFound, match="BAD_COST_RANGE"):
        ENGINE.cheapest(Network([1, -1], [0, 1, 1], [1, 0, 0], [1, 1, 1]), [2**62, 2**62 + 1, 3])


def test_a_network_without_a_flow_is_refused():
    with pytest.raises(FlowNotFound, match="INFEASIBLE"):
        ENGINE.cheapest(line(2), [1])


def test_a_network_without_arcs_is_no_trouble():
    nothing = Network([0, 0], [], [], [])
    flow = ENGINE.cheapest(nothing, [])
    assert (flow.amounts, flow.prices()) == ([], [0, 0])


def crowd(draw, ways):
    """Return twelve sources with so many ways each; all like the first few mentors best, who have room for one each."""
    sources, mentors = 12, 14
    sink, arcs = sources + mentors, []
    for source in range(sources):
        arcs += [(source, sources + mentor, 10 * mentor + draw.randrange(20)) for mentor in range(ways)]
    arcs += [(sources + mentor, sink, draw.randrange(2)) for mentor in range(mentors)]
    tails, heads, costs = zip(*arcs, strict=True)
    return Network([1] * sources + [0] * mentors + [-sources], tails, heads, [1] * len(arcs)), costs


@pytest.mark.parametrize("seed", range(20))
def test_ways_that_were_not_looked_at_first_are_taken_where_the_cheap_ones_are_crowded(seed):
    network, costs = crowd(Random(seed), ways=14)
    quick, plain = ENGINE.cheapest(network, costs), PLAIN.cheapest(network, costs)
    assert cost_of(quick, costs) == cost_of(plain, costs)
    assert quick.prices() == plain.prices()


def test_nothing_is_looked_at_twice_where_the_cheap_ways_are_enough():
    network, costs = crowd(Random(0), ways=12)
    room_for_all = Network(network.supplies, network.tails, network.heads, [12] * len(costs))
    assert cost_of(ENGINE.cheapest(room_for_all, costs), costs) == cost_of(PLAIN.cheapest(room_for_all, costs), costs)


def test_who_is_left_over_goes_straight_to_the_end_only_where_somebody_is_lacked():
    # 0 and 1 could both go straight to 3, where only one is lacked; the other has to go by 2.
    network = Network([1, 1, 0, -1, -1], [0, 1, 0, 1, 2], [3, 3, 2, 2, 4], [1] * 5)
    assert cost_of(ENGINE.cheapest(network, [1, 1, 1, 2, 1]), [1, 1, 1, 2, 1]) == 3


def test_more_than_a_straight_way_can_carry_takes_others_too():
    network = Network([2, 0, -2], [0, 0, 1], [2, 1, 2], [1, 1, 1])
    assert ENGINE.cheapest(network, [1, 2, 0]).amounts == [1, 1, 1]


def cost_of(flow, costs):
    return sum(cost * amount for cost, amount in zip(costs, flow.amounts, strict=True))
