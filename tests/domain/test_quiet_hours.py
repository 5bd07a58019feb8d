"""When a mail may go to somebody who wants none at night."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lti_mentoring.domain.quiet_hours import MAY_WAIT, Fault, Hours, HoursRefused, waits_until

STOCKHOLM, KATHMANDU, CHATHAM = "Europe/Stockholm", "Asia/Kathmandu", "Pacific/Chatham"
NIGHT = (time(21), time(7))
WEEKEND = frozenset({5, 6})
KIND = "evidence_waits"
KINDS = {path.stem for path in (Path(__file__).resolve().parents[2] / "templates" / "mail").glob("[!_]*.txt")}


def at(zone, *moment, fold=0):
    return datetime(*moment, tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def nights(zone=STOCKHOLM, days=frozenset()):
    return Hours(zone, *NIGHT, days)


def test_a_mail_of_the_night_goes_in_the_morning_and_one_of_the_day_now():
    morning = at(STOCKHOLM, 2026, 12, 2, 7)
    assert waits_until(KIND, nights(), at(STOCKHOLM, 2026, 12, 1, 21)) == morning
    assert waits_until(KIND, nights(), at(STOCKHOLM, 2026, 12, 2, 6, 59)) == morning
    assert waits_until(KIND, nights(), morning) is None
    assert waits_until(KIND, nights(), at(STOCKHOLM, 2026, 12, 1, 20, 59)) is None


def test_hours_within_a_day_end_on_that_day():
    noon = Hours(STOCKHOLM, time(12), time(13, 30))
    assert waits_until(KIND, noon, at(STOCKHOLM, 2026, 12, 1, 12, 10)) == at(STOCKHOLM, 2026, 12, 1, 13, 30)
    assert waits_until(KIND, noon, at(STOCKHOLM, 2026, 12, 1, 22)) is None


def test_the_clock_is_the_readers_own_by_the_quarter_of_an_hour():
    assert waits_until(KIND, nights(KATHMANDU), datetime(2026, 12, 1, 15, 15, tzinfo=UTC)) == datetime(
        2026, 12, 2, 1, 15, tzinfo=UTC
    )
    assert waits_until(KIND, nights(KATHMANDU), datetime(2026, 12, 1, 15, 14, tzinfo=UTC)) is None
    assert waits_until(KIND, nights(CHATHAM), datetime(2026, 12, 1, 7, 15, tzinfo=UTC)) == datetime(
        2026, 12, 1, 17, 15, tzinfo=UTC
    )


def test_a_quiet_weekend_follows_upon_a_quiet_night_without_a_mail_in_between():
    monday = at(STOCKHOLM, 2026, 12, 7, 7)
    for moment in (at(STOCKHOLM, 2026, 12, 4, 21, 30), at(STOCKHOLM, 2026, 12, 5, 12), at(STOCKHOLM, 2026, 12, 7, 1)):
        assert waits_until(KIND, nights(days=WEEKEND), moment) == monday
    only_days = Hours(STOCKHOLM, days=WEEKEND)
    assert waits_until(KIND, only_days, at(STOCKHOLM, 2026, 12, 4, 23)) is None
    assert waits_until(KIND, only_days, at(STOCKHOLM, 2026, 12, 5, 0)) == at(STOCKHOLM, 2026, 12, 7, 0)


def test_where_the_clocks_are_changed_quiet_begins_at_the_earlier_and_ends_at_the_later_reading():
    # 29 March 2026: 02:00 is followed by 03:00, so 02:30 is not there; 25 October: 03:00 is followed by 02:00.
    to_half_past_two = Hours(STOCKHOLM, time(21), time(2, 30))
    assert waits_until(KIND, to_half_past_two, at(STOCKHOLM, 2026, 3, 28, 23)) == at(STOCKHOLM, 2026, 3, 29, 3, 30)
    second = at(STOCKHOLM, 2026, 10, 25, 2, 30, fold=1)
    assert waits_until(KIND, to_half_past_two, at(STOCKHOLM, 2026, 10, 24, 23)) == second
    assert second - at(STOCKHOLM, 2026, 10, 25, 2, 30) == timedelta(hours=1)
    from_half_past_two = Hours(STOCKHOLM, time(2, 30), time(6))
    assert waits_until(KIND, from_half_past_two, at(STOCKHOLM, 2026, 3, 29, 1, 45)) == at(STOCKHOLM, 2026, 3, 29, 6)
    first = at(STOCKHOLM, 2026, 10, 25, 2, 30)
    assert waits_until(KIND, from_half_past_two, first) == at(STOCKHOLM, 2026, 10, 25, 6)
    assert waits_until(KIND, from_half_past_two, first - timedelta(minutes=1)) is None


@pytest.mark.parametrize(
    ("zone", "around"),
    [
        (STOCKHOLM, datetime(2026, 3, 29, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2026, 10, 3, tzinfo=UTC)),  # by half an hour
        ("America/Asuncion", datetime(2023, 10, 1, tzinfo=UTC)),  # at midnight: that day has none
        ("Pacific/Apia", datetime(2011, 12, 30, tzinfo=UTC)),  # a whole day is left out
    ],
)
def test_no_mail_is_lost_whatever_the_clocks_do(zone, around):
    for hours in (nights(zone, WEEKEND), Hours(zone, time(0), time(23, 59), frozenset(range(6)))):
        for step in range(-40, 40):
            moment = around + step * timedelta(hours=1, minutes=50)
            end = waits_until(KIND, hours, moment)
            assert end is None or moment < end <= moment + timedelta(days=9)
            assert end is None or waits_until(KIND, hours, end) is None


def test_what_its_reader_asked_for_this_minute_goes_at_once_and_each_kind_is_decided():
    assert {"sign_in_link", "mentor_invited"} == KINDS - MAY_WAIT
    assert KINDS >= MAY_WAIT
    assert waits_until("sign_in_link", nights(), at(STOCKHOLM, 2026, 12, 1, 23)) is None


def test_who_named_no_hours_or_a_zone_that_is_not_known_any_more_waits_for_nothing():
    midnight = at(STOCKHOLM, 2026, 12, 1, 0)
    assert waits_until(KIND, None, midnight) is None
    assert waits_until(KIND, nights("Moon/Base"), midnight) is None


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"ends_at": time(7)}, Fault.NO_START),
        ({"starts_at": time(21)}, Fault.NO_END),
        ({"starts_at": time(0), "ends_at": time(0)}, Fault.SAME),
        ({"days": frozenset(range(7))}, Fault.EVERY_DAY),
    ],
)
def test_hours_that_are_said_by_half_or_leave_no_time_are_refused(said, fault):
    with pytest.raises(HoursRefused) as refused:
        Hours(STOCKHOLM, **said)
    assert refused.value.fault is fault
