"""The grade is a pure function of the track's rule and of what a student has reached."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_mentoring.domain.grades import GradeRule, Reached, milestone_grade, track_grade
from lti_mentoring.domain.milestones import ProgressState

OPEN, ACCEPTED, EXCUSED = ProgressState.OPEN, ProgressState.ACCEPTED, ProgressState.EXCUSED


def reached(*pairs):
    return [Reached(number, weight, state) for number, (weight, state) in enumerate(pairs)]


def test_each_accepted_milestone_earns_its_weight():
    assert track_grade(GradeRule.WEIGHTED, 100, reached((10, ACCEPTED), (30, ACCEPTED), (60, OPEN))) == 40.0


def test_no_grade_is_formed_before_the_first_milestone_is_accepted():
    assert track_grade(GradeRule.WEIGHTED, 100, reached((10, OPEN), (30, ProgressState.SUBMITTED))) is None


def test_an_excused_milestone_leaves_the_sum_and_the_whole():
    assert track_grade(GradeRule.WEIGHTED, 100, reached((50, ACCEPTED), (50, EXCUSED))) == 100.0


def test_excused_from_everything_forms_no_grade():
    for rule in GradeRule:
        assert track_grade(rule, 100, reached((50, EXCUSED), (50, EXCUSED))) is None


def test_a_grade_at_the_end_waits_for_the_last_milestone():
    assert track_grade(GradeRule.AT_END, 100, reached((50, ACCEPTED), (50, OPEN))) is None
    assert track_grade(GradeRule.AT_END, 100, reached((50, ACCEPTED), (50, ACCEPTED))) == 100.0


def test_completion_gives_all_points_or_none():
    assert track_grade(GradeRule.COMPLETION, 10, reached((0, ACCEPTED), (0, OPEN))) is None
    assert track_grade(GradeRule.COMPLETION, 10, reached((0, ACCEPTED), (0, EXCUSED))) == 10.0


def test_weights_of_zero_form_no_weighted_grade():
    assert track_grade(GradeRule.WEIGHTED, 100, reached((0, ACCEPTED))) is None


@pytest.mark.parametrize(("weight", "state", "grade"), [(15, ACCEPTED, 15.0), (15, OPEN, None), (0, ACCEPTED, None)])
def test_a_milestone_of_its_own_column_earns_its_weight(weight, state, grade):
    assert milestone_grade(Reached(1, weight, state)) == grade


@given(st.lists(st.tuples(st.integers(0, 100), st.sampled_from(ProgressState)), max_size=12), st.integers(1, 1000))
def test_a_grade_never_leaves_the_scale(pairs, points):
    for rule in GradeRule:
        grade = track_grade(rule, points, reached(*pairs))
        assert grade is None or 0 <= grade <= points


@given(st.lists(st.tuples(st.integers(1, 100), st.sampled_from([OPEN, ACCEPTED])), min_size=1, max_size=12))
def test_accepting_one_more_never_lowers_the_grade(pairs):
    before = track_grade(GradeRule.WEIGHTED, 100, reached(*pairs)) or 0
    after = track_grade(GradeRule.WEIGHTED, 100, reached(*pairs[:-1], (pairs[-1][0], ACCEPTED)))
    assert after >= before
