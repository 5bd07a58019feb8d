"""What a complete course list changes."""

from datetime import UTC, datetime, timedelta

import pytest

from lti_mentoring.domain.roster import Known, Presence, compare, falls_too_far, without_believed

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def change(known, listed=(), off=()):
    return compare(known, set(listed), set(off), read_at=NOON)


def test_who_is_missing_once_may_have_left_and_who_is_missing_twice_has():
    found = change([Known(1, Presence.ACTIVE), Known(2, Presence.MAYBE_LEFT, missed=1), Known(3, Presence.ACTIVE)], [3])
    assert (found.maybe_left, found.left, found.back) == ({1}, {2}, frozenset())
    assert found.gone == {1}
    assert found.known == 2


def test_who_is_switched_off_has_left_at_once():
    found = change([Known(1, Presence.ACTIVE), Known(2, Presence.LEFT, missed=2)], [], [1, 2, 3])
    assert (found.left, found.gone) == ({1}, {1})


def test_who_is_named_again_is_back():
    known = [Known(1, Presence.LEFT, missed=2), Known(2, Presence.MAYBE_LEFT, missed=1), Known(3, Presence.ACTIVE)]
    assert change(known, [1, 2, 3]).back == {1, 2}


def test_nothing_is_said_of_those_whom_a_list_never_names():
    known = [
        Known(1, Presence.ACTIVE, is_test_user=True),
        Known(2, Presence.ACTIVE, is_student=False, was_listed=False),
        Known(3, Presence.LEFT, missed=2),
        Known(4, Presence.ACTIVE, launched_at=NOON),
    ]
    found = change(known)
    assert (found.maybe_left, found.left) == (frozenset(), frozenset())
    assert found.known == 2  # the platform's pretended student is not among those who were here


def test_a_student_who_opened_the_tool_before_the_reading_counts():
    known = [Known(1, Presence.ACTIVE, was_listed=False, launched_at=NOON - timedelta(hours=1))]
    assert change(known).maybe_left == {1}


@pytest.mark.parametrize(
    ("known", "gone", "too_far"), [(10, 5, False), (10, 6, True), (100, 10, False), (100, 11, True), (0, 0, False)]
)
def test_a_fall_of_more_than_five_and_a_tenth_is_not_believed(known, gone, too_far):
    assert falls_too_far(known, gone) is too_far


def test_who_was_said_to_be_gone_does_not_hold_the_list_again():
    found = change([Known(number, Presence.ACTIVE) for number in range(8)])
    assert found.is_held
    assert not without_believed(found, range(8)).is_held
    assert without_believed(found, [0]).is_held
