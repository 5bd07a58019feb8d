"""Lists as preference libraries write them: whole (SOC), broken off (SOI), with ties (TOC), and mistaken ones."""

import re

import pytest
from factories.problems import FIRST_MENTOR, given_by

from lti_mentoring.domain.drawing_up import Why, reasons
from lti_mentoring.domain.matching.best import BestMatcher
from lti_mentoring.domain.matching.checking import blocking_pairs, faults
from lti_mentoring.domain.matching.fairest import FairestMatcher
from lti_mentoring.domain.matching.plain_flow import PlainFlow
from lti_mentoring.domain.matching.problem import Candidate, Flaw, Problem, ProblemUnsound, Seeker
from lti_mentoring.domain.matching.proving import prove
from lti_mentoring.domain.matching.stable import StableMatcher

WHOLE = """\
# NUMBER ALTERNATIVES: 4
2: 1,2,3,4
1: 2,1,3,4
3: 1,3,2,4
"""
BROKEN_OFF = """\
# NUMBER ALTERNATIVES: 4
3: 1,2
2: 1
2: 3
"""
TIED = """\
# NUMBER ALTERNATIVES: 4
3: {1,2},3
2: 1,{2,3,4}
2: {1,2,3,4}
"""
NAMES = ["whole", "broken off", "tied"]


def read_lists(text):
    """Read lines ``how many: wish,{equal,equal},wish`` into mentees; alternatives are counted from FIRST_MENTOR."""
    mentees = []
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        number, _, wishes = line.partition(":")
        tiers = tuple(
            tuple(FIRST_MENTOR - 1 + int(one) for one in (tied or single).split(","))
            for tied, single in re.findall(r"\{([\d,]+)\}|(\d+)", wishes)
        )
        mentees += [Seeker(len(mentees) + 1 + more, tiers) for more in range(int(number))]
    return tuple(mentees)


def round_of(text, *places):
    return Problem(read_lists(text), tuple(Candidate(FIRST_MENTOR + at, count) for at, count in enumerate(places)))


STRATEGIES = [StableMatcher(), BestMatcher(PlainFlow()), FairestMatcher(PlainFlow())]


@pytest.mark.parametrize("matcher", STRATEGIES, ids=lambda one: one.name)
@pytest.mark.parametrize("places", [(2, 2, 2, 2), (1, 1, 1, 1), (9, 0, 0, 0), (0, 0, 0, 0)], ids=str)
@pytest.mark.parametrize("text", [WHOLE, BROKEN_OFF, TIED], ids=NAMES)
def test_each_kind_of_list_is_matched_as_promised(matcher, text, places):
    round_ = round_of(text, *places)
    found = matcher.match(round_, seed="s")
    assert faults(round_, found) == []
    assert prove(round_, found).holds if found.prices else blocking_pairs(round_, found) == []


def test_with_ties_everybody_can_have_the_first_wish():
    round_ = round_of(TIED, 3, 2, 1, 1)
    assert {given_by(BestMatcher(PlainFlow()).match(round_, seed=str(one)))[4] for one in range(3)} == {101}
    assert reasons(round_, BestMatcher(PlainFlow()).match(round_, seed="s")) == {}


def test_no_places_is_no_mistake_and_everybody_is_told():
    round_ = round_of(WHOLE, 0, 0, 0, 0)
    assert reasons(round_, StableMatcher().match(round_, seed="s"))[1].why is Why.NO_PLACE


@pytest.mark.parametrize(
    ("text", "flaw"),
    [("1: 1,5", Flaw.UNKNOWN_MENTOR), ("1: 1,2,1", Flaw.WISHED_TWICE), ("1: {1,1}", Flaw.WISHED_TWICE)],
)
def test_a_mistaken_list_is_refused_with_its_mentee_named(text, flaw):
    with pytest.raises(ProblemUnsound) as unsound:
        round_of(text, 1, 1)
    assert (unsound.value.flaw, unsound.value.mentee_id) == (flaw, 1)
