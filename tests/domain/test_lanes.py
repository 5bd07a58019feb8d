"""How many calls a platform gets at once, and when it is left in peace."""

from datetime import UTC, datetime, timedelta

import pytest

from lti_mentoring.domain.lanes import (
    BURST,
    FIRST_PAUSE,
    FIRST_REST,
    LONGEST_OWN_PAUSE,
    LONGEST_PAUSE,
    LONGEST_REST,
    OPENS_AFTER,
    PROVEN,
    Heard,
    Lane,
    LaneState,
    after,
    lane_state,
    may_go_first,
    slots,
)

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def heard(lane, *what, wait=None, now=NOON, chance=0.0):
    for one in what:
        lane = after(lane, one, wait, now=now, chance=chance)
    return lane


def test_one_call_goes_alone_until_a_platform_has_answered_well_within_a_minute():
    assert slots(Lane(), 4, now=NOON) == 1
    lane = heard(Lane(), Heard.GOOD)
    assert slots(lane, 4, now=NOON) == 4
    assert slots(lane, 4, now=NOON + PROVEN) == 1
    assert slots(heard(lane, Heard.FAILED), 4, now=NOON) == 1


def test_after_failures_in_a_row_the_lane_rests_and_then_one_call_looks():
    lane = heard(Lane(), *[Heard.FAILED] * (OPENS_AFTER - 1))
    assert lane_state(lane, now=NOON) is LaneState.FLOWING
    lane = heard(lane, Heard.FAILED)
    assert (lane_state(lane, now=NOON), slots(lane, 4, now=NOON)) == (LaneState.RESTING, 0)
    later = NOON + FIRST_REST
    assert (lane_state(lane, now=later), slots(lane, 4, now=later)) == (LaneState.TRYING, 1)


def test_a_good_answer_between_failures_begins_the_count_anew():
    lane = heard(Lane(), *[Heard.FAILED] * (OPENS_AFTER - 1), Heard.GOOD, Heard.FAILED)
    assert (lane.failures, lane.rests_until) == (1, None)


def test_each_look_in_vain_doubles_the_rest_up_to_its_longest_and_chance_spreads_it():
    lane, now, rests = heard(Lane(), *[Heard.FAILED] * OPENS_AFTER), NOON, []
    for _ in range(12):
        rests.append(lane.rests_until - now)
        now = lane.rests_until
        lane = heard(lane, Heard.FAILED, now=now)
    assert rests[:3] == [FIRST_REST, 2 * FIRST_REST, 4 * FIRST_REST]
    assert rests[-1] == LONGEST_REST
    spread = heard(Lane(), *[Heard.FAILED] * OPENS_AFTER, chance=1.0)
    assert spread.rests_until - NOON == FIRST_REST * 1.25


def test_calls_that_were_under_way_when_it_began_to_rest_do_not_lengthen_the_rest():
    lane = heard(Lane(), *[Heard.FAILED] * OPENS_AFTER)
    assert heard(lane, Heard.FAILED, now=NOON + SECOND).rests_until == lane.rests_until


def test_the_look_that_finds_it_well_lets_everybody_in_again():
    lane = heard(heard(Lane(), *[Heard.FAILED] * OPENS_AFTER), Heard.GOOD, now=NOON + FIRST_REST)
    assert lane_state(lane, now=NOON + FIRST_REST) is LaneState.FLOWING
    assert slots(lane, 4, now=NOON + FIRST_REST) == 4


def test_a_platform_that_does_not_know_us_any_more_rests_at_once():
    assert lane_state(heard(Lane(), Heard.UNWELCOME), now=NOON) is LaneState.RESTING


def test_what_says_nothing_of_the_platform_changes_nothing():
    lane = heard(Lane(), Heard.FAILED)
    assert heard(lane, Heard.NOTHING, wait=9) == lane


@pytest.mark.parametrize(("asked", "waits"), [(30, 30), (0, 0), (10**9, LONGEST_PAUSE.total_seconds())])
def test_it_is_left_alone_as_long_as_it_asked_within_reason(asked, waits):
    lane = heard(Lane(), Heard.GOOD, Heard.THROTTLED, wait=asked)
    assert lane.paused_until == NOON + timedelta(seconds=waits)
    if waits:
        assert (lane_state(lane, now=NOON), slots(lane, 4, now=NOON)) == (LaneState.PAUSED, 0)
    assert lane_state(lane, now=lane.paused_until) is LaneState.FLOWING


def test_a_later_answer_never_shortens_what_another_was_told():
    lane = heard(heard(Lane(), Heard.THROTTLED, wait=60), Heard.FAILED, wait=10)
    assert lane.paused_until == NOON + timedelta(seconds=60)
    assert heard(lane, Heard.GOOD).paused_until == lane.paused_until


def test_throttled_without_a_time_the_pause_doubles_and_calls_of_the_same_moment_count_once():
    lane, now, pauses = Lane(), NOON, []
    for _ in range(8):
        lane = heard(lane, Heard.THROTTLED, Heard.THROTTLED, now=now)
        pauses.append(lane.paused_until - now)
        now = lane.paused_until
    assert pauses[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert pauses[-1] == LONGEST_OWN_PAUSE
    assert heard(lane, Heard.GOOD, now=now).pauses == 0


def test_a_list_waits_for_at_most_a_burst_of_scores_and_scores_for_at_most_one_list():
    first = {"scores_in_a_row": BURST - 1, "other_waits": True}
    assert (may_go_first(is_list=False, **first), may_go_first(is_list=True, **first)) == (True, False)
    then = {**first, "scores_in_a_row": BURST}
    assert (may_go_first(is_list=False, **then), may_go_first(is_list=True, **then)) == (False, True)
    alone = {"scores_in_a_row": 0, "other_waits": False}
    assert may_go_first(is_list=True, **alone)
    assert may_go_first(is_list=False, **{**alone, "scores_in_a_row": BURST})
