"""What a mentor says of themselves is asked for part by part, and is whole when each part says the least it must."""

import pytest

from lti_mentoring.domain.profiles import (
    ENDS,
    HOURS,
    STYLE,
    CareerStage,
    Part,
    TermKind,
    Works,
    next_part,
    parts_missing,
)
from lti_mentoring.domain.vocabularies import GENERAL, HEALTH, WORDS, vocabulary_of, words_of

WHOLE = {
    "profession": "health.nurse", "career": CareerStage.EARLY, "timezone": "Asia/Kolkata", "style": (("pace", "one"),),
    "works": Works.BOTH,
}  # fmt: skip
KINDS = {TermKind.DOMAIN, TermKind.LANGUAGE}


def test_an_empty_profile_misses_every_part_in_order():
    assert parts_missing({}, ()) == tuple(Part)


def test_a_whole_one_misses_nothing_though_much_may_stay_empty():
    assert parts_missing(WHOLE, KINDS) == ()


@pytest.mark.parametrize(
    ("without", "part"),
    [
        ("profession", Part.WORK),
        ("career", Part.WORK),
        ("timezone", Part.TIMES),
        ("style", Part.STYLE),
        ("works", Part.OFFER),
    ],
)
def test_what_a_part_needs_makes_it_missing(without, part):
    assert parts_missing({**WHOLE, without: ""}, KINDS) == (part,)


def test_one_kind_of_help_and_one_language_are_needed():
    assert parts_missing(WHOLE, ()) == (Part.SUBJECTS, Part.TIMES)


def test_parts_follow_one_another_to_the_last():
    assert [next_part(part) for part in Part] == [*list(Part)[1:], None]


def test_the_parts_of_a_week_never_overlap_and_every_question_has_two_ends():
    hours = [(day, hour) for days, first, last in HOURS.values() for day in days for hour in range(first, last)]
    assert len(hours) == len(set(hours))
    assert len(ENDS) == 3
    assert all(len({key, about, one, other}) == 4 for key, about, one, other in STYLE)


def test_a_clinical_track_speaks_of_health_and_every_other_of_any_profession():
    assert vocabulary_of("clinical") is HEALTH
    assert vocabulary_of("research") is vocabulary_of("") is GENERAL
    assert [len(table.domains) for table in (HEALTH, GENERAL)] == [4, 4]


def test_a_term_is_called_by_its_words_and_an_unknown_one_by_itself():
    assert words_of("health.nurse") == WORDS["health.nurse"] == "Nurse"
    assert words_of("health.gone") == "health.gone"
