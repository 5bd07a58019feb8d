"""Why somebody waits, since when, and who may state wishes after the last day."""

from datetime import date, timedelta

import pytest
from factories.world import NOON

from lti_mentoring.domain.mentorships import EndCause
from lti_mentoring.domain.rank_lists import MatchingRules, MatchingWay, Window
from lti_mentoring.domain.waiting_list import Because, History, rules_for, wait_of

DAY = timedelta(days=1)
OPENED = NOON - 30 * DAY


def test_who_was_there_from_the_beginning_waits_since_the_track_was_opened():
    found = wait_of(History(joined_at=OPENED - DAY, opened_at=OPENED, others_at=NOON))
    assert (found.because, found.since) == (Because.NOT_YET, OPENED)


def test_who_joined_after_the_others_had_mentors_came_late():
    found = wait_of(History(joined_at=NOON, opened_at=OPENED, others_at=NOON - DAY))
    assert (found.because, found.since, found.joined_at) == (Because.JOINED_LATE, NOON, NOON)


def test_who_has_a_test_to_pass_waits_for_that_whatever_else_happened():
    found = wait_of(History(OPENED, OPENED, OPENED, reply_by=NOON, passed_at=NOON, held_back=True))
    assert (found.because, found.since) == (Because.TEST_FIRST, OPENED)


@pytest.mark.parametrize("others_at", [None, NOON + DAY])
def test_nobody_is_late_where_nobody_had_a_mentor_before(others_at):
    assert wait_of(History(joined_at=NOON, opened_at=OPENED, others_at=others_at)).because is Because.NOT_YET


def test_of_whom_it_is_not_known_when_they_came_it_is_not_said_that_they_were_late():
    found = wait_of(History(opened_at=OPENED, others_at=OPENED))
    assert (found.because, found.since) == (Because.NOT_YET, OPENED)
    assert wait_of(History()).since is None


@pytest.mark.parametrize(
    ("cause", "because"),
    [
        (EndCause.MENTOR_LEFT, Because.MENTOR_LEFT),
        (EndCause.MENTOR_STOPS, Because.MENTOR_STOPS),
        (EndCause.STUDENT_LEFT, Because.BACK_AGAIN),
        (EndCause.TAKEN_BACK, Because.TAKEN_BACK),
        (EndCause.OTHER, Because.ENDED),
        (EndCause.MOVED, Because.ENDED),
        (None, Because.ENDED),
    ],
)
def test_who_had_a_mentor_waits_since_that_ended(cause, because):
    found = wait_of(History(OPENED, OPENED, OPENED, ended_at=NOON, ended_with="Dr Raman", end_cause=cause))
    assert (found.because, found.since, found.mentor) == (because, NOON, "Dr Raman")


def test_of_what_happened_the_last_counts_and_the_waiting_goes_on():
    history = History(OPENED, OPENED, OPENED, ended_at=NOON, passed_over=2, passed_at=NOON + DAY, round_number=3)
    found = wait_of(history)
    assert (found.because, found.since, found.passed_over, found.round_number) == (Because.PASSED_OVER, NOON, 2, 3)
    later = History(OPENED, OPENED, OPENED, passed_over=1, passed_at=NOON, refused_at=NOON + DAY)
    assert wait_of(later).because is Because.NOBODY_ACCEPTED


def test_an_open_question_comes_before_all():
    found = wait_of(History(ended_at=NOON, refused_at=NOON, reply_by=NOON + DAY))
    assert (found.because, found.reply_by) == (Because.ASKING, NOON + DAY)


RULES = MatchingRules(MatchingWay.ROUNDS, wishes_until=date(2026, 11, 20))
AFTER = date(2026, 11, 25)


@pytest.mark.parametrize("event", ["joined_at", "ended_at", "passed_at"])
def test_to_whom_something_happened_after_the_last_day_may_still_state_wishes(event):
    rules = rules_for(RULES, History(**{event: NOON}), AFTER)
    assert rules.window(AFTER) is Window.OPEN
    assert rules_for(RULES, History(**{event: NOON - 10 * DAY}), AFTER) == RULES


def test_whoever_could_have_before_keeps_to_the_last_day_as_everybody():
    assert rules_for(RULES, History(), AFTER) == RULES
    assert rules_for(RULES, History(joined_at=NOON), date(2026, 11, 20)) == RULES
    by_hand = MatchingRules(wishes_until=date(2026, 11, 20))
    assert rules_for(by_hand, History(joined_at=NOON), AFTER) == by_hand
    ahead = MatchingRules(MatchingWay.ROUNDS, wishes_from=date(2026, 12, 1))
    assert rules_for(ahead, History(joined_at=NOON), AFTER) == ahead
