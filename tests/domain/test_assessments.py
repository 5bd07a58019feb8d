"""Forms, their answers, and what may be said about levels."""

import copy
from datetime import UTC, datetime, timedelta

import pytest

from lti_mentoring.domain import assessments
from lti_mentoring.domain.assessments import (
    Answers,
    InstrumentBroken,
    Rating,
    counts,
    judged,
    latest,
    missing,
    read_answers,
    read_definition,
    read_stored,
)
from lti_mentoring.domain.instruments import SHIPPED

DAY = timedelta(days=1)
START = datetime(2026, 10, 1, tzinfo=UTC)
RAW = {
    "format": 1,
    "judgement": "help",
    "scales": {"help": [{"value": 1, "label": "I do it"}, {"value": 2, "label": "They do it", "hint": "alone"}]},
    "items": [
        {
            "key": "help",
            "kind": "ordinal",
            "scale": "help",
            "label": "How much?",
            "required": True,
            "not_observed": True,
        },
        {"key": "why", "kind": "text", "label": "Why?", "required_when": {"item": "help", "at_most": 1}},
        {"key": "again", "kind": "yesno", "label": "Again?"},
        {"key": "tags", "kind": "checkbox", "label": "With", "options": [{"value": "a", "label": "A"}], "folded": True},
    ],
}
FORM = read_definition(RAW)


def changed(**changes):
    return {**copy.deepcopy(RAW), **changes}


def test_the_shipped_forms_can_be_read():
    for shipped in SHIPPED:
        definition = read_definition(shipped.definition)
        assert len([item for item in definition.items if not item.folded]) == 4
        assert len(definition.item(definition.judgement).levels) == 5
        assert "ten Cate" in definition.credit


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ({}, "KeyError"),
        (changed(format=2), "format 2"),
        (changed(items=None), "TypeError"),
        (changed(items=["x"]), "TypeError"),
        (changed(scales=[]), "AttributeError"),
        (changed(judgement="why"), "why is no item on a scale"),
        (changed(scales={"help": [{"value": 1, "label": "I"}]}), "fewer than two levels"),
        (changed(items=[RAW["items"][0], RAW["items"][0]]), "two items are called help"),
        (changed(items=[*RAW["items"], {"key": "not_observed", "kind": "text", "label": "?"}]), "no name for an item"),
        (changed(items=[*RAW["items"], {"key": "a b", "kind": "text", "label": "?"}]), "no name for an item"),
        (changed(items=[*RAW["items"], {"key": "x", "kind": "stars", "label": "?"}]), "ValueError"),
        (
            changed(items=[RAW["items"][0], {**RAW["items"][1], "required_when": {"item": "again", "at_most": 1}}]),
            "waits for an unknown item",
        ),
    ],
)
def test_a_broken_form_says_what_is_wrong(raw, problem):
    with pytest.raises(InstrumentBroken) as refused:
        read_definition(raw)
    assert problem in refused.value.facts["problem"]


def test_an_unknown_item_is_a_bug():
    with pytest.raises(KeyError):
        FORM.item("nothing")


def test_answers_are_read_by_the_kind_of_their_item():
    answers = read_answers(FORM, {"help": ["2"], "why": [" so "], "again": ["no"], "tags": ["a", "z"], "other": ["x"]})
    assert answers.values == {"help": 2, "why": "so", "again": False, "tags": ["a"]}
    assert judged(FORM, answers) == 2


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"help": [""], "why": [" "], "tags": ["z"]},
        {"help": ["9"]},
        {"help": ["x"]},
        {"again": ["perhaps"]},
        {"again": ["not_observed"]},
    ],
)
def test_what_is_no_answer_is_as_if_not_given(sent):
    assert read_answers(FORM, sent) == Answers()


def test_not_observed_is_missing_and_never_zero():
    answers = read_answers(FORM, {"help": ["not_observed"]})
    assert answers.values == {}
    assert answers.not_observed == {"help"}
    assert judged(FORM, answers) is None
    assert missing(FORM, answers) == ()
    assert answers.as_stored() == {"not_observed": ["help"]}
    assert read_stored(answers.as_stored()) == answers
    assert read_stored({"help": 1}).as_stored() == {"help": 1}


def test_a_low_level_asks_for_words_and_a_high_one_does_not():
    assert [item.key for item in missing(FORM, Answers())] == ["help"]
    assert [item.key for item in missing(FORM, Answers({"help": 1}))] == ["why"]
    assert missing(FORM, Answers({"help": 1, "why": "so"})) == ()
    assert missing(FORM, Answers({"help": 2})) == ()


def test_levels_are_told_by_the_latest_and_by_counts():
    ratings = [Rating(2, START), Rating(1, START + 2 * DAY), Rating(2, START + DAY)]
    assert latest(ratings) == Rating(1, START + 2 * DAY)
    assert [(level.value, times) for level, times in counts(FORM.item("help"), ratings)] == [(1, 1), (2, 2)]
    assert latest([]) is None


def test_nothing_offers_a_mean():
    assert not [name for name in dir(assessments) if "mean" in name.lower() or "average" in name.lower()]
