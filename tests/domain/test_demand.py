"""How many students look for what, and of what there is too little."""

import pytest

from lti_mentoring.domain.demand import NOBODY, Need, Supply, needs, told
from lti_mentoring.domain.profiles import TermKind
from lti_mentoring.domain.vocabularies import vocabulary_of


@pytest.mark.parametrize(("students", "said"), [(0, 0), (1, 0), (4, 0), (5, 5), (9, 5), (10, 10), (12_348, 12_345)])
def test_a_number_is_told_in_steps_of_five_and_never_more_than_there_are(students, said):
    assert told(students) == said


@pytest.mark.parametrize(
    ("students", "supply", "short"),
    [(0, NOBODY, False), (5, NOBODY, True), (5, Supply(1, 4), True), (5, Supply(1, 5), False)],
)
def test_there_is_too_little_where_fewer_places_offer_it_than_students_look_for_it(students, supply, short):
    assert Need(TermKind.SKILL, "writing", students, supply).is_short is short


def test_every_word_of_the_track_is_named_in_its_order_and_no_other():
    words = vocabulary_of("clinical")
    students = {(TermKind.DOMAIN, "research"): 10, (TermKind.SPECIALTY, "general.arts"): 5}
    found = needs(words, students, {(TermKind.DOMAIN, "research"): Supply(2, 6)})
    assert [need.key for need in found] == [
        key for terms in (words.domains, words.specialties, words.skills) for key, _said in terms
    ]
    assert [need for need in found if need.students or need.supply.mentors] == [
        Need(TermKind.DOMAIN, "research", 10, Supply(2, 6))
    ]
