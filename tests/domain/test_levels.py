"""How far a mentor is, as it can be told to a teacher."""

from dataclasses import replace

import pytest

from lti_mentoring.domain.levels import Done, Level, highest, level_of, reaches

NEW = Done(test_asked=True, has_passed=False, is_confirmed=False, is_lead=False, days=0.0, to_certificate=False)
TRAINED = replace(NEW, has_passed=True)
HALF_A_YEAR = 6


def test_nobody_has_a_level_before_the_test_whatever_else_they_did():
    assert level_of(NEW, HALF_A_YEAR) is None
    assert level_of(replace(NEW, is_confirmed=True, is_lead=True, days=900.0, to_certificate=True), HALF_A_YEAR) is None


def test_where_there_is_no_test_faculty_say_who_is_trained():
    untested = replace(NEW, test_asked=False)
    assert level_of(replace(untested, has_passed=True), HALF_A_YEAR) is None
    assert level_of(replace(untested, is_confirmed=True), HALF_A_YEAR) is Level.TRAINED


@pytest.mark.parametrize(
    ("done", "level"),
    [
        (TRAINED, Level.TRAINED),
        (replace(TRAINED, days=182.0), Level.TRAINED),
        (replace(TRAINED, days=183.0), Level.PRACTISING),
        (replace(TRAINED, to_certificate=True), Level.PRACTISING),
        (replace(TRAINED, is_lead=True), Level.LEAD),
        (replace(TRAINED, is_lead=True, days=900.0), Level.LEAD),
    ],
)
def test_a_trained_mentor_is_practising_after_some_months_or_a_certificate_and_lead_when_faculty_say_so(done, level):
    assert level_of(done, HALF_A_YEAR) is level


def test_a_track_may_ask_for_more_months():
    assert level_of(replace(TRAINED, days=200.0), 12) is Level.TRAINED


def test_whoever_is_further_is_found_with_those_who_are_less_far():
    assert [reaches(level, Level.PRACTISING) for level in (None, *Level)] == [False, False, True, True]


def test_of_several_tracks_the_highest_level_counts():
    assert highest([]) is None
    assert highest([None, Level.TRAINED, Level.PRACTISING, Level.TRAINED]) is Level.PRACTISING
