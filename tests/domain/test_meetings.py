"""What the two can do with a meeting, by where it is and what the clock says."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from lti_mentoring.domain.meetings import (
    Act,
    Fault,
    MeetingRefused,
    MeetingState,
    Plan,
    Stands,
    acts,
    ends_with_mentorship,
    join_host,
    overlap,
    readings,
    stands,
)
from lti_mentoring.domain.vocabularies import MentoringDomain

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LATER, BEFORE = NOON + timedelta(hours=1), NOON - timedelta(hours=1)
BERLIN = ZoneInfo("Europe/Berlin")
CAREER = MentoringDomain.CAREER
S = MeetingState


def can(state, *, mine=False, starts_at=LATER, recorded_at=None, ended=False):
    return acts(state, mine=mine, starts_at=starts_at, recorded_at=recorded_at, ended=ended, now=NOON)


def test_who_is_asked_agrees_or_proposes_another_time_or_calls_it_off():
    assert can(S.PROPOSED) == {Act.AGREE, Act.MOVE, Act.CANCEL}


def test_who_asks_does_not_agree_with_themselves():
    assert can(S.PROPOSED, mine=True) == {Act.MOVE, Act.CANCEL}


@pytest.mark.parametrize("mine", [True, False])
def test_either_moves_or_calls_off_what_is_agreed_until_it_begins(mine):
    assert can(S.AGREED, mine=mine) == {Act.MOVE, Act.CANCEL}


@pytest.mark.parametrize(("mine", "starts_at"), list(product([True, False], [NOON, BEFORE])))
def test_from_its_beginning_on_either_says_whether_it_took_place(mine, starts_at):
    assert can(S.AGREED, mine=mine, starts_at=starts_at) == {Act.MET, Act.MISSED}


@pytest.mark.parametrize("mine", [True, False])
def test_to_what_nobody_agreed_in_time_another_time_is_proposed_or_it_is_said_that_they_met(mine):
    assert can(S.PROPOSED, mine=mine, starts_at=BEFORE) == {Act.MET, Act.MISSED, Act.MOVE}


@pytest.mark.parametrize("state", [S.HELD, S.MISSED])
def test_what_was_recorded_is_corrected_by_either_for_14_days(state):
    fresh, old = NOON - timedelta(days=13, hours=23), NOON - timedelta(days=14)
    assert can(state, starts_at=BEFORE, recorded_at=fresh) == {Act.MET, Act.MISSED}
    assert can(state, starts_at=BEFORE, recorded_at=old) == frozenset()
    assert can(state, starts_at=BEFORE) == {Act.MET, Act.MISSED}


def test_what_was_called_off_stays_so():
    assert can(S.CANCELLED) == can(S.CANCELLED, starts_at=BEFORE) == frozenset()


@pytest.mark.parametrize("state", [S.PROPOSED, S.AGREED])
def test_after_the_mentorship_has_ended_only_what_took_place_is_recorded(state):
    assert can(state, ended=True) == frozenset()
    assert can(state, ended=True, starts_at=BEFORE) == {Act.MET, Act.MISSED}


@pytest.mark.parametrize(
    ("state", "starts_at", "ends"),
    [
        (S.PROPOSED, LATER, True), (S.PROPOSED, BEFORE, True), (S.AGREED, LATER, True), (S.AGREED, BEFORE, False),
        (S.HELD, BEFORE, False), (S.MISSED, BEFORE, False), (S.CANCELLED, LATER, False),
    ],
)  # fmt: skip
def test_with_the_mentorship_ends_what_is_to_come(state, starts_at, ends):
    assert ends_with_mentorship(state, starts_at, now=NOON) is ends


@pytest.mark.parametrize(
    ("state", "mine", "starts_at", "where"),
    [
        (S.PROPOSED, False, LATER, Stands.ANSWER), (S.PROPOSED, True, LATER, Stands.ASKED),
        (S.AGREED, False, LATER, Stands.COMING), (S.AGREED, True, LATER, Stands.COMING),
        (S.PROPOSED, True, NOON, Stands.RECORD), (S.AGREED, False, BEFORE, Stands.RECORD),
        (S.HELD, False, BEFORE, Stands.PAST), (S.CANCELLED, False, LATER, Stands.PAST),
    ],
)  # fmt: skip
def test_each_finds_it_where_their_own_turn_is(state, mine, starts_at, where):
    assert stands(state, mine=mine, starts_at=starts_at, now=NOON) is where


def plan(**values):
    return Plan(**{"starts_at": LATER, "minutes": 30, "domains": (CAREER,), "place": "Room 12", **values})


@pytest.mark.parametrize(
    "fine",
    [
        {}, {"minutes": 10}, {"minutes": 240}, {"domains": tuple(MentoringDomain)},
        {"starts_at": NOON + timedelta(days=365)},
        {"place": "", "join_url": "https://meet.example/room"}, {"agenda": "x" * 500, "place": "x" * 120},
    ],
)  # fmt: skip
def test_a_meeting_may_be_like_this(fine):
    plan(**fine).check(now=NOON)


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"starts_at": NOON}, Fault.PAST),
        ({"starts_at": NOON + timedelta(days=365, minutes=1)}, Fault.TOO_FAR),
        ({"minutes": 0}, Fault.MINUTES), ({"minutes": 9}, Fault.MINUTES), ({"minutes": 241}, Fault.MINUTES),
        ({"domains": ()}, Fault.DOMAINS),
        ({"place": ""}, Fault.NOWHERE),
        ({"join_url": "http://meet.example"}, Fault.LINK),
        ({"place": "x" * 121}, Fault.TOO_LONG), ({"agenda": "x" * 501}, Fault.TOO_LONG),
    ],
)  # fmt: skip
def test_a_meeting_may_not_be_like_that(wrong, fault):
    with pytest.raises(MeetingRefused) as refused:
        plan(**wrong).check(now=NOON)
    assert refused.value.fault is fault


def test_two_that_follow_each_other_do_not_overlap():
    half = timedelta(minutes=30)
    assert overlap(NOON, 30, NOON + timedelta(minutes=29), 30)
    assert overlap(NOON + timedelta(minutes=10), 10, NOON, 240)
    assert not overlap(NOON, 30, NOON + half, 30)
    assert not overlap(NOON + half, 30, NOON, 30)


def test_a_time_of_day_is_one_moment_on_most_days():
    assert readings(date(2026, 11, 27), time(16, 30), ZoneInfo("Africa/Nairobi")) == (
        datetime(2026, 11, 27, 13, 30, tzinfo=UTC),
    )


def test_where_the_clocks_are_put_forward_a_time_is_left_out():
    assert readings(date(2026, 3, 29), time(2, 30), BERLIN) == ()
    assert readings(date(2026, 3, 29), time(3, 0), BERLIN) == (datetime(2026, 3, 29, 1, 0, tzinfo=UTC),)


def test_where_they_are_put_back_a_time_comes_twice():
    assert readings(date(2026, 10, 25), time(2, 30), BERLIN) == (
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("link", "host"),
    [
        ("https://meet.example/room?id=7#now", "meet.example"),
        ("https://MEET.Example:8443/a%20b", "meet.example"),
        ("HTTPS://bbb.uni.example/b/ada-x2-9kq", "bbb.uni.example"),
    ],
)
def test_a_link_is_an_https_address_and_its_host_is_told(link, host):
    assert join_host(link) == host


@pytest.mark.parametrize(
    "link",
    [
        "", "http://meet.example", "javascript:alert(1)", "https://", "https:///room", "https://user@meet.example",
        "https://user:pass@meet.example", "https://meet.example@evil.example", "https://meet.example\\@evil.example",
        "https://meet.example/a b", "https://meet.example/<script>", 'https://meet.example/"', "https://meet.example:x",
        "https://meet.example:99999", "https://[::1", "https://[::1]/", "https://méet.example", "//meet.example",
        "data:text/html,x", "https://-x.example", "https://meet.example\n", f"https://meet.example/{'x' * 500}",
        "https://meet.example%2eevil/",
    ],
)  # fmt: skip
def test_any_other_is_none(link):
    assert join_host(link) is None


@pytest.mark.parametrize(
    ("ago", "since", "fault"),
    [
        (timedelta(minutes=-1), 90, Fault.NOT_YET),
        (timedelta(), 0, None),
        (timedelta(days=60), 90, None),
        (timedelta(days=60, seconds=1), 90, Fault.LONG_AGO),
        (timedelta(hours=10), 0, None),
        (timedelta(days=2), 1, Fault.BEFORE),
    ],
)
def test_a_meeting_that_nobody_planned_lies_behind_and_not_long_and_not_before_the_two(ago, since, fault):
    said, since = Plan(NOON - ago, 30, (CAREER,), "Ward 3"), NOON - timedelta(days=since)
    if fault is None:
        said.check_held(since=since, now=NOON)
        return
    with pytest.raises(MeetingRefused) as refused:
        said.check_held(since=since, now=NOON)
    assert refused.value.fault is fault


def test_of_a_meeting_that_took_place_it_is_said_where_as_of_any_other():
    with pytest.raises(MeetingRefused) as refused:
        Plan(NOON, 30, (CAREER,)).check_held(since=NOON, now=NOON)
    assert refused.value.fault is Fault.NOWHERE
