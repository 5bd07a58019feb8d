"""Who reads a concern, what may be written, and when an answer is late."""

from datetime import UTC, datetime, timedelta

import pytest

from lti_mentoring.domain.concerns import (
    LONGEST_WORDS,
    Between,
    ConcernState,
    NobodyHandles,
    ReadersChanged,
    WordsNeeded,
    check_readers,
    is_late,
    may_read,
    readers,
    receipt_by,
    words_of,
)

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
EARLIER, LATER = NOON - timedelta(days=1), NOON + timedelta(seconds=1)
STUDENT, MENTOR, ONE, TWO = 1, 2, 3, 4
IT = Between(STUDENT, MENTOR, NOON)


def test_a_handler_who_was_named_before_reads_it():
    assert may_read(ONE, EARLIER, IT)
    assert may_read(ONE, NOON, IT)


def test_whom_it_is_about_never_reads_it_as_a_handler():
    assert not may_read(MENTOR, EARLIER, IT)


def test_a_handler_who_raised_it_does_not_handle_it():
    assert not may_read(STUDENT, EARLIER, IT)


def test_who_is_named_afterwards_does_not_read_what_was_there():
    assert not may_read(ONE, LATER, IT)


def test_of_all_handlers_those_remain_who_may():
    named = {STUDENT: EARLIER, MENTOR: EARLIER, ONE: EARLIER, TWO: LATER}
    assert readers(named, IT) == {ONE}
    assert readers({MENTOR: EARLIER}, IT) == frozenset()


def test_nothing_goes_to_nobody():
    with pytest.raises(NobodyHandles):
        check_readers(frozenset(), frozenset({ONE}))


def test_nothing_goes_to_somebody_who_was_not_named_before_sending():
    with pytest.raises(ReadersChanged):
        check_readers(frozenset({ONE, TWO}), frozenset({ONE}))
    check_readers(frozenset({ONE}), frozenset({ONE, TWO}))


@pytest.mark.parametrize("text", ["", " \n\t ", "x" * (LONGEST_WORDS + 1)])
def test_nothing_and_too_much_are_not_taken(text):
    with pytest.raises(WordsNeeded):
        words_of(text)


def test_words_lose_the_blanks_around_them():
    assert words_of(f"  {'x' * LONGEST_WORDS}\n") == "x" * LONGEST_WORDS


def test_a_receipt_is_owed_within_seven_days_and_late_afterwards():
    last = receipt_by(NOON)
    assert last == NOON + timedelta(days=7)
    after = last + timedelta(seconds=1)
    assert not is_late(NOON, None, ConcernState.OPEN, now=last)
    assert is_late(NOON, None, ConcernState.OPEN, now=after)
    assert not is_late(NOON, last, ConcernState.OPEN, now=after)
    assert not is_late(NOON, None, ConcernState.CLOSED, now=after)
