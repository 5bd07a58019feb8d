"""In which order mentors are shown, whose clocks are near, and what is said of how they answer."""

from datetime import UTC, datetime, timedelta

import pytest

from lti_mentoring.domain.directory import Active, Reply, Wish, in_order, last_active, near_zones, usual_reply

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_who_has_free_places_comes_first_whoever_looks():
    for viewer in range(20):
        assert in_order([(1, 0), (2, 3), (3, 1)], viewer) == [2, 3, 1]


def test_equals_are_in_an_order_of_the_viewer_s_own_that_stays():
    equals = [(number, 2) for number in range(1, 9)]
    orders = {tuple(in_order(equals, viewer)) for viewer in range(30)}
    assert len(orders) > 25
    assert in_order(equals, 7) == in_order(reversed(equals), 7)


def test_what_is_asked_for_besides_the_name_is_counted():
    assert Wish(name="Raman").more == 0
    assert Wish(domain="research", zone="Asia/Kolkata", free=True, role="").more == 4


def test_no_equal_is_favoured():
    first = [in_order([(1, 2), (2, 2)], viewer)[0] for viewer in range(1000)]
    assert 400 < first.count(1) < 600


@pytest.mark.parametrize(
    ("zone", "near"),
    [
        ("Europe/Stockholm", ["Africa/Lagos", "Europe/London"]),
        ("Pacific/Auckland", ["Pacific/Honolulu"]),  # around the date line: 13 hours ahead, 10 behind
        ("Asia/Kolkata", []),
    ],
)
def test_clocks_are_near_when_they_differ_by_three_hours_at_most_also_around_the_globe(zone, near):
    others = ["Africa/Lagos", "Europe/London", "Pacific/Honolulu", "America/Sao_Paulo"]
    assert near_zones(zone, others, now=NOW) == near


@pytest.mark.parametrize("name", ["Moon/Base", "../etc/passwd", "Asia"])
def test_a_zone_that_is_none_any_more_is_near_to_nobody(name):
    assert near_zones(name, ["Europe/London"], now=NOW) == near_zones("Europe/London", [name], now=NOW) == []


def test_half_an_hour_more_is_counted():
    assert near_zones("Asia/Kathmandu", ["Asia/Dubai", "Europe/Samara", "Africa/Cairo"], now=NOW) == [
        "Asia/Dubai", "Europe/Samara",
    ]  # fmt: skip


def test_of_fewer_than_five_answers_nothing_is_said():
    assert usual_reply([HOUR] * 4) is None


@pytest.mark.parametrize(
    ("days", "reply"), [(0.5, Reply.DAY), (1, Reply.DAY), (3, Reply.DAYS), (6, Reply.WEEK), (8, Reply.LONGER)]
)
def test_half_of_the_answers_say_how_long_it_usually_takes(days, reply):
    answers = [days * DAY] * 3 + [40 * DAY] * 2
    assert usual_reply(answers) is reply


@pytest.mark.parametrize(
    ("ago", "active"), [(None, Active.LONGER), (6, Active.WEEK), (8, Active.MONTH), (31, Active.LONGER)]
)
def test_when_somebody_was_last_here_is_said_coarsely(ago, active):
    assert last_active(None if ago is None else NOW - ago * DAY, now=NOW) is active
