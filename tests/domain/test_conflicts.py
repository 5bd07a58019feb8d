"""Who is kept apart, and what is said of it."""

import pytest

from lti_mentoring.domain.assigning import MentorNow, Obstacle, StudentNow, Wish, barrier, judge
from lti_mentoring.domain.conflicts import (
    DECLARED,
    NEVER,
    SPOKEN,
    Apart,
    ConflictKind,
    ConflictReason,
    Forbidden,
    PrivateKind,
    bars,
    reasons_of,
    told_as,
)
from lti_mentoring.domain.matching.problem import Bar, BarKind

STUDENTS = {1: StudentNow(1, "Amina"), 2: StudentNow(2, "Tomás")}
MENTORS = {7: MentorNow(7, 70, "Dr Raman", places=2, taken=0)}


def stopped(apart, **options):
    return judge([Wish(1, 1, 7)], STUDENTS, MENTORS, apart, **options).stopped


def test_whom_nothing_keeps_apart_can_be_brought_together():
    assert Apart().why(1, 7) == frozenset()
    assert judge([Wish(1, 1, 7)], STUDENTS, MENTORS).stopped == ()


def test_nobody_mentors_themselves_and_who_teaches_mentors_nobody_where_that_is_refused():
    apart = Apart(selves={7: 1}, assessors=frozenset({8}))
    assert apart.why(1, 7) == {ConflictKind.SAME_PERSON}
    assert apart.why(2, 7) == frozenset()
    assert apart.why(2, 8) == {ConflictKind.ASSESSOR}


def test_a_mentor_of_one_section_is_kept_from_all_others():
    apart = Apart(only={7: frozenset({1})})
    assert [apart.why(student, 7) for student in (1, 2)] == [frozenset(), {PrivateKind.LIMIT}]


def test_what_nobody_may_learn_of_hides_a_wish_and_what_is_said_openly_does_not():
    named = {(1, 7): frozenset({ConflictKind.CONCERN}), (2, 7): frozenset({ConflictKind.DECLARED_BY_MENTOR})}
    apart = Apart(named, assessors=frozenset({8}))
    assert [apart.hides(*pair) for pair in ((1, 7), (2, 7), (1, 8), (2, 8))] == [True, False, False, False]
    assert apart.hidden_from({1: ((8,), (7, 9)), 2: ((7,),), 3: ((7,),)}) == {1: frozenset({7})}


def test_a_mentors_own_limit_hides_the_wish_of_whoever_is_outside_it():
    apart = Apart(only={7: frozenset({1})})
    assert apart.hidden_from({1: ((7,),), 2: ((7,), (8,))}) == {2: frozenset({7})}


def test_a_round_is_told_every_pair_and_every_reason():
    apart = Apart({(1, 7): frozenset({PrivateKind.VETO})}, assessors=frozenset({7}))
    assert apart.forbidden([1, 2], [7, 8]) == [
        Forbidden(1, 7, ConflictKind.ASSESSOR),
        Forbidden(1, 7, PrivateKind.VETO),
        Forbidden(2, 7, ConflictKind.ASSESSOR),
    ]


def test_a_matcher_is_told_each_pair_once_for_each_reason_of_its_own():
    kinds = frozenset({ConflictKind.DECLARED_BY_STUDENT, ConflictKind.DECLARED_BY_MENTOR, ConflictKind.CONCERN})
    apart = Apart({(1, 7): kinds, (1, 99): kinds}, selves={7: 2}, only={8: frozenset({1})})
    assert bars(apart, [1, 2], [7, 8]) == (
        Bar(1, 7, BarKind.CONCERN),
        Bar(1, 7, BarKind.CONFLICT),
        Bar(2, 7, BarKind.CONFLICT),
        Bar(2, 8, BarKind.HARD_LIMIT),
    )


@pytest.mark.parametrize("kind", sorted(SPOKEN))
def test_what_was_declared_openly_is_said_and_can_be_overruled(kind):
    apart = Apart({(1, 7): frozenset({kind, PrivateKind.VETO})})
    [one] = stopped(apart)
    assert (one.obstacle, one.kinds) == (Obstacle.CONFLICT, {kind})  # and not a word of the veto
    assert barrier(frozenset({kind}), despite=True) is None


@pytest.mark.parametrize("kind", sorted(NEVER))
def test_a_veto_a_limit_and_a_concern_are_one_and_the_same_to_whoever_meets_them(kind):
    apart = Apart({(1, 7): frozenset({kind})})
    for despite in (False, True):
        [one] = stopped(apart, despite=despite)
        assert (one.obstacle, one.kinds) == (Obstacle.NOT_AVAILABLE, frozenset())


def test_a_complaint_is_a_concern_to_everybody_else_and_any_other_reason_is_what_it_is():
    for kind in DECLARED:
        assert {reason: told_as(kind, reason) for reason in ConflictReason} == {
            **dict.fromkeys(ConflictReason, kind), ConflictReason.COMPLAINT: ConflictKind.CONCERN,
        }  # fmt: skip


def test_students_and_faculty_may_say_that_it_is_a_complaint_and_mentors_only_that_it_is_something_else():
    everything = set(ConflictReason)
    assert {kind: everything - set(reasons_of(kind)) for kind in DECLARED} == {
        ConflictKind.DECLARED_BY_STUDENT: set(),
        ConflictKind.DECLARED_BY_FACULTY: set(),
        ConflictKind.DECLARED_BY_MENTOR: {ConflictReason.COMPLAINT},
    }
