"""Timestamps of scores."""

from datetime import UTC, datetime, timedelta

from lti_mentoring.services.sending import next_stamp


def test_stamps_are_whole_seconds_and_strictly_rise_even_when_the_clock_jumps_back():
    clock = datetime(2026, 11, 23, 12, 0, 0, 700_000, tzinfo=UTC)
    first = next_stamp(clock, None)
    assert first == clock.replace(microsecond=0)
    assert next_stamp(clock, first) == first + timedelta(seconds=1)
    assert next_stamp(clock - timedelta(hours=1), first) == first + timedelta(seconds=1)
