"""How platforms are being called, for those who look after them."""

from datetime import timedelta

from factories.world import NOON, World
from sqlalchemy import update

from lti_mentoring.domain.lanes import LaneState
from lti_mentoring.models import PlatformLane
from lti_mentoring.plugins import load_quirks
from lti_mentoring.queries.lanes import LaneView, lanes_of, troubled_lanes
from lti_mentoring.services.lanes import enter

PRODUCTS = load_quirks(())
SOON = NOON + timedelta(minutes=5)


def test_who_is_well_is_not_among_the_troubled_and_who_is_not_says_until_when(session):
    well, paused, resting, trying, never = (World(session).registration.id for _ in range(5))
    for number in (well, paused, resting, trying):
        enter(session, number, PRODUCTS)
    for number, values in (
        (paused, {"paused_until": SOON}),
        (resting, {"rests_until": SOON, "failures": 5}),
        (trying, {"rests_until": NOON - timedelta(minutes=1), "failures": 6}),
    ):
        session.execute(update(PlatformLane).where(PlatformLane.registration_id == number).values(values))
    troubled = {
        paused: LaneView(LaneState.PAUSED, SOON, 0),
        resting: LaneView(LaneState.RESTING, SOON, 5),
        trying: LaneView(LaneState.TRYING, None, 6),
    }
    assert troubled_lanes(session, now=NOON) == troubled
    assert lanes_of(session, [well, never, resting], now=NOON) == {
        well: LaneView(LaneState.FLOWING, None, 0),
        resting: troubled[resting],
    }
