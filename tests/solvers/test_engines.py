"""Which engine computes, and that the strategies come in by the door for all."""

import sys

from factories.problems import given_by, problem

from lti_mentoring.domain.matching.plain_flow import PlainFlow
from lti_mentoring.plugins import OWN_MATCHERS, load_matcher, load_matchers
from lti_mentoring.solvers import flow_engine
from lti_mentoring.solvers.or_tools import OrToolsFlow

ROUND = problem({1: "101 102", 2: "101"}, {101: 1, 102: 1})


def test_or_tools_computes_where_it_is_installed():
    assert isinstance(flow_engine(), OrToolsFlow)


def test_without_or_tools_the_same_is_computed_plainly(monkeypatch):
    quick = load_matchers(())["fairest"].match(ROUND, seed="s")
    monkeypatch.setitem(sys.modules, "ortools", None)
    assert isinstance(flow_engine(), PlainFlow)
    assert load_matchers(())["fairest"].match(ROUND, seed="s").pairs == quick.pairs


def test_all_our_strategies_come_in_by_the_door_that_others_use():
    offered = load_matchers(())
    assert tuple(offered) == OWN_MATCHERS
    for name, matcher in offered.items():
        assert (matcher.name, bool(matcher.version)) == (name, True)
        found = matcher.match(ROUND, seed="s")
        assert (found.strategy, len(given_by(found)) > 0) == (name, True)


def test_the_settings_may_name_which_proposes_an_assignment():
    assert load_matcher(()).name == "balanced"
    assert load_matcher(("quirks:moodle", "matcher:stable")).name == "stable"
