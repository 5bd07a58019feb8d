"""The life of a mentorship."""

import pytest

from lti_mentoring.domain.mentorships import NEXT, MentorshipState, StepNotAllowed, advance


def test_an_active_mentorship_may_pause_and_go_on():
    assert advance(MentorshipState.ACTIVE, MentorshipState.PAUSED) is MentorshipState.PAUSED
    assert advance(MentorshipState.PAUSED, MentorshipState.ACTIVE) is MentorshipState.ACTIVE


def test_an_ended_mentorship_does_not_come_back():
    for wanted in MentorshipState:
        with pytest.raises(StepNotAllowed) as refused:
            advance(MentorshipState.ENDED, wanted)
        assert refused.value.facts == {"current": "ended", "wanted": wanted.value}


def test_every_state_can_be_reached_from_a_proposal():
    reached = {MentorshipState.PROPOSED}
    while more := {following for state in reached for following in NEXT.get(state, ())} - reached:
        reached |= more
    assert reached == set(MentorshipState)
