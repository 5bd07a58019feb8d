"""How long a session lasts, when the passkey is asked again, and what a counter tells."""

from datetime import UTC, datetime, timedelta

import pytest

from lti_mentoring.domain.accounts import AccountKind, Holder, is_fresh, lives, may_remove_passkey, was_copied
from lti_mentoring.domain.seats import SeatRole

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def minutes(number):
    return timedelta(minutes=number)


def test_half_an_hour_without_a_page_ends_a_session():
    assert lives(AccountKind.OPERATOR, NOW - minutes(29), LATER, now=NOW)
    assert not lives(AccountKind.OPERATOR, NOW - minutes(30), LATER, now=NOW)


def test_a_mentor_who_writes_for_long_stays_as_long_as_in_a_seat_from_a_course():
    assert lives(AccountKind.MENTOR, NOW - minutes(479), LATER, now=NOW)
    assert not lives(AccountKind.MENTOR, NOW - minutes(480), LATER, now=NOW)


def test_a_session_in_use_ends_at_its_time_all_the_same():
    assert not lives(AccountKind.MENTOR, NOW, NOW, now=NOW)


def test_a_passkey_shown_within_five_minutes_is_enough():
    assert is_fresh(NOW - minutes(4), now=NOW)
    assert not is_fresh(NOW - minutes(5), now=NOW)


def test_the_last_passkey_stays_unless_links_come_by_mail():
    assert may_remove_passkey(2)
    assert not may_remove_passkey(1)
    assert may_remove_passkey(1, by_mail=True)


@pytest.mark.parametrize(
    ("known", "shown", "copied"),
    [(0, 0, False), (0, 1, False), (3, 4, False), (3, 3, True), (3, 2, True), (3, 0, True)],
)
def test_a_counter_that_does_not_move_on_is_a_copys(known, shown, copied):
    assert was_copied(known, shown) is copied


def test_an_administrators_account_sits_as_administrator_of_one_institution_and_as_no_person():
    holder = Holder(4, 9, "Ada", AccountKind.ADMINISTRATOR, 7, "Charité", NOW, NOW)
    seat = holder.as_administrator(7)
    assert (seat.role, seat.roles, seat.institution_id, seat.person_name) == (
        SeatRole.ADMINISTRATOR, (SeatRole.ADMINISTRATOR,), 7, "Ada",
    )  # fmt: skip
    assert (seat.account_id, seat.seat_id, seat.person_id, seat.registration_id) == (4, 0, 0, 0)
    assert seat.context_id is None
