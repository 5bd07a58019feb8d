"""How the platforms are being called at present, for administrators and for monitoring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from lti_mentoring.domain.lanes import Lane, LaneState, lane_state
from lti_mentoring.models import PlatformLane

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class LaneView:
    """How a registration's lane stands, and until when; ``failures``: calls in a row that came to nothing."""

    state: LaneState
    until: datetime | None
    failures: int


WELL = LaneView(LaneState.FLOWING, None, 0)


def lanes_of(session: Session, registration_ids: Collection[int], *, now: datetime) -> dict[int, LaneView]:
    """Return the lanes of these registrations; one that was never called has none."""
    rows = session.scalars(select(PlatformLane).where(PlatformLane.registration_id.in_(registration_ids)))
    return {row.registration_id: _view(row, now) for row in rows}


def troubled_lanes(session: Session, *, now: datetime) -> dict[int, LaneView]:
    """Return the lanes, by registration, that do not flow."""
    rows = session.scalars(
        select(PlatformLane)
        .where(or_(PlatformLane.rests_until.is_not(None), PlatformLane.paused_until > now))
        .order_by(PlatformLane.registration_id)
    )
    return {row.registration_id: _view(row, now) for row in rows}


def _view(row: PlatformLane, now: datetime) -> LaneView:
    state = lane_state(Lane(**{name: getattr(row, name) for name in Lane.__slots__}), now=now)
    until = {LaneState.PAUSED: row.paused_until, LaneState.RESTING: row.rests_until}.get(state)
    return LaneView(state, until, row.failures)
