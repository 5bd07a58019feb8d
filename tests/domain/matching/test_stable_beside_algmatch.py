"""Deferred acceptance beside algmatch, which others wrote: the same pairs, or, with ties, stable in its judgement."""

import json
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from factories.problems import given_by, problem, problems, strict_problems
from fixtures.environment import environment
from hypothesis import given, settings

from lti_mentoring.domain.matching.stable import StableMatcher

pytestmark = pytest.mark.algmatch
MATCHER = StableMatcher()
JUDGE = Path(__file__).resolve().parents[2] / "peers" / "algmatch_judge.py"


@pytest.fixture(scope="module")
def algmatch():
    """Ask algmatch: ``algmatch(what, round, ...)``; one process answers for all rounds, a line for a line."""
    command = [str(environment("algmatch")), str(JUDGE)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def ask(what, round_, **more):
            process.stdin.write(f"{json.dumps({'ask': what, **in_full(round_), **more})}\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield ask


def in_full(round_):
    """Return a round as algmatch reads it: all that is implied with us stands in the lists, and no pair that is barred.

    “Any of the others” is a last tier, and so are the mentees whom a mentor names in none.
    """
    places = {one.mentor_id: one.places for one in round_.mentors if one.places}
    everybody = [one.mentee_id for one in round_.mentees]
    mentees = {}
    for one in round_.mentees:
        may_be = [number for number in places if (one.mentee_id, number) not in round_.barred]
        mentees[one.mentee_id] = whole(one.tiers, may_be if one.any_other else (), may_be)
    mentors = {one.mentor_id: whole(one.tiers, everybody, everybody) for one in round_.mentors if one.places}
    return {"mentees": mentees, "mentors": mentors, "places": places}


def whole(tiers, others, may_be):
    named = {number for tier in tiers for number in tier}
    last = [number for number in others if number not in named]
    kept = [[number for number in tier if number in may_be] for tier in (*tiers, last)]
    return [tier for tier in kept if tier]


@given(strict_problems())
@settings(max_examples=400, deadline=None)
def test_with_strict_lists_the_pairs_are_those_that_algmatch_finds(algmatch, round_):
    assert given_by(MATCHER.match(round_, seed="s")) == dict(algmatch("best", round_))


@given(problems(most_mentees=10))
@settings(max_examples=300, deadline=None)
def test_with_ties_the_pairs_are_stable_in_algmatchs_judgement(algmatch, round_):
    pairs = list(given_by(MATCHER.match(round_, seed="s")).items())
    assert algmatch("is_stable", round_, pairs=pairs)


@given(problems(most_mentees=10))
@settings(max_examples=300, deadline=None)
def test_where_one_matching_is_stable_however_ties_are_broken_ours_is_as_good_for_every_mentee(algmatch, round_):
    found = algmatch("best_despite_ties", round_)
    if found is None:
        return
    ours, theirs = given_by(MATCHER.match(round_, seed="s")), dict(found)
    assert ours.keys() == theirs.keys()
    assert Counter(ours.values()) == Counter(theirs.values())
    for mentee, tiers in in_full(round_)["mentees"].items():
        if mentee in ours:
            got, safe = (next(n for n, tier in enumerate(tiers) if pairs[mentee] in tier) for pairs in (ours, theirs))
            assert got <= safe


@pytest.mark.parametrize(
    ("ranks", "bars", "pairs", "stable"),
    [
        ("1=2", [], [(1, 102), (2, 101)], True),
        ("1 2", [], [(1, 102), (2, 101)], False),
        ("1 2", [], [(1, 101)], False),
        ("1 2", [], [(1, 101), (2, 101)], False),
        ("1 2", [(2, 102, "concern")], [(1, 101)], True),
        ("1 2", [(2, 102, "concern")], [(1, 101), (2, 102)], False),
    ],
)
def test_algmatch_is_asked_in_a_way_that_it_sees_what_is_wrong(algmatch, ranks, bars, pairs, stable):
    round_ = problem({1: "101 102", 2: "101 102"}, {101: 1, 102: 1}, mentors_wish={101: ranks}, bars=bars)
    assert algmatch("is_stable", round_, pairs=pairs) is stable
