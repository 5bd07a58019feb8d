"""Which badges of a mentor say more than is so."""

from datetime import UTC, datetime

from lti_mentoring.domain.levels import Level
from lti_mentoring.domain.mentor_badges import badges_lost, may_take_again

ALL = tuple(Level)


def test_a_badge_is_lost_with_the_level_that_it_says_and_with_no_lower_one():
    assert badges_lost(ALL, None) == ALL
    assert badges_lost(ALL, Level.TRAINED) == (Level.PRACTISING, Level.LEAD)
    assert badges_lost(ALL, Level.PRACTISING) == (Level.LEAD,)
    assert badges_lost(ALL, Level.LEAD) == ()
    assert badges_lost((Level.TRAINED,), Level.LEAD) == ()


def test_after_a_withdrawal_by_hand_only_something_new_lets_a_mentor_take_another():
    withdrawn, before, after = (datetime(2026, 11, day, tzinfo=UTC) for day in (10, 9, 11))
    assert may_take_again(None, ())
    assert not may_take_again(withdrawn, (before, None, withdrawn))
    assert may_take_again(withdrawn, (before, None, after))
