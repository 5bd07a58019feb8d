"""Let work call a platform: a few at once for each client id, nobody while the platform rests (``domain.lanes``).

A slot is a row under a lease by the database's clock, so that all workers count together and a killed one is forgotten.
Who finds no slot goes away and leaves its work due; who gives a slot back says how many may come in its stead.
"""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update

from lti_mentoring.db import database_now, rows_changed
from lti_mentoring.domain.lanes import Heard, Lane, after, may_go_first, slots
from lti_mentoring.lti.access import UNWELCOME
from lti_mentoring.lti.faults import PlatformRefused, PlatformUnavailable
from lti_mentoring.models import Context, Job, LaneSlot, PlatformLane, Registration, Score, Track
from lti_mentoring.services.jobs import CALLING_KINDS, ClaimedJob, claim_job, job_is_due
from lti_mentoring.services.sending import claim_score, score_is_due
from lti_mentoring.services.upserting import upsert

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from lti_mentoring.lti.faults import Fault
    from lti_mentoring.lti.quirks import Catalogue
    from lti_mentoring.services.delivering import DueScore

LEASE = timedelta(seconds=60)
"""Longer than one call may take in all (``lti.network.Timeouts``); each call renews it."""
LATELY = timedelta(hours=1)
NOT_ITS_FAULT = frozenset({"column_search", "no_line_items", "lane_busy", "lane_resting", "lane_paused"})
"""Reasons of ours for trying later."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The right to call one platform, one call after the other. ``most``: how many such rights there are at best."""

    registration_id: int
    lane_id: int
    token: str
    most: int


def take_score(session: Session, score_id: int, products: Catalogue) -> tuple[Slot, DueScore] | None:
    """Claim a due score together with a slot; None where it is not due, or its platform can take no call now."""
    registration_id = session.scalar(
        select(Context.registration_id)
        .join(Track, Track.context_ref == Context.id)
        .join(Score, Score.track_id == Track.id)
        .where(Score.id == score_id, *score_is_due(database_now(session)))
    )
    slot = enter(session, registration_id, products, is_list=False) if registration_id is not None else None
    if slot is None:
        return None
    due = claim_score(session, score_id)
    if due is None:  # another worker was quicker
        _give_back(session, slot)
        return None
    return slot, due


def take_job(session: Session, job_id: int, products: Catalogue) -> tuple[Slot | None, ClaimedJob] | None:
    """Claim a due job, with a slot if it calls a platform; None as for scores."""
    row = session.execute(
        select(Job.kind, Context.registration_id)
        .join(Context, Context.id == Job.context_ref)
        .where(Job.id == job_id, *job_is_due(database_now(session)))
    ).one_or_none()
    if row is None:
        return None
    slot = enter(session, row.registration_id, products, is_list=True) if row.kind in CALLING_KINDS else None
    if slot is None and row.kind in CALLING_KINDS:
        return None
    claimed = claim_job(session, job_id)
    if claimed is None:
        _give_back(session, slot)
        return None
    return slot, claimed


def enter(session: Session, registration_id: int, products: Catalogue, *, is_list: bool | None = None) -> Slot | None:
    """Take a slot of the registration's lane; None when there is none free or it is not this kind's turn.

    ``is_list`` None: neither a course list nor a score, and rare; it waits for no turn.
    """
    registration = session.get_one(Registration, registration_id)
    lane = _locked(session, registration)
    clock = database_now(session)
    most = products.of(registration.product_family).calls_at_once
    free = slots(_read(lane), most, now=clock) - _taken(session, lane, clock)
    if free < 1:
        return None
    if is_list is not None:
        if free == 1 and not _is_its_turn(session, lane, is_list=is_list):
            return None
        lane.scores_in_a_row = 0 if is_list else lane.scores_in_a_row + 1
    slot = Slot(registration_id, lane.id, secrets.token_hex(8), most)
    session.add(
        LaneSlot(institution_id=lane.institution_id, lane_id=lane.id, token=slot.token, lease_until=clock + LEASE)
    )
    session.flush()
    return slot


def stay(session: Session, slot: Slot) -> None:
    """Keep the slot for one more call; raise PlatformUnavailable where the lane has closed meanwhile."""
    clock = database_now(session)
    kept = session.execute(
        update(LaneSlot)
        .where(LaneSlot.token == slot.token)
        .values(lease_until=clock + LEASE)
        .execution_options(synchronize_session=False)
    )
    if not rows_changed(kept):
        raise PlatformUnavailable("lane_busy", retry_after=1)
    lane = session.get_one(PlatformLane, slot.lane_id, populate_existing=True)
    if lane.paused_until is not None and clock < lane.paused_until:
        left = lane.paused_until - clock
        raise PlatformUnavailable("lane_paused", retry_after=int(left.total_seconds()) + 1)


def leave(
    session: Session,
    slot: Slot,
    heard: Heard,
    wait: float | None = None,
    *,
    chance: Callable[[], float] = random.random,
) -> int:
    """Give the slot back with what was heard of the platform; return how many that found it taken may come now."""
    lane = session.get_one(PlatformLane, slot.lane_id, with_for_update=True, populate_existing=True)
    clock = database_now(session)
    before = _read(lane)
    taken = _taken(session, lane, clock)
    _give_back(session, slot)
    now = after(before, heard, wait, now=clock, chance=chance())
    for name in Lane.__slots__:
        setattr(lane, name, getattr(now, name))
    session.flush()
    if taken + 1 < slots(before, slot.most, now=clock):
        return 0  # nobody can have been sent away
    return max(slots(now, slot.most, now=clock) - (taken - 1), 0)


def is_well(session: Session, slot: Slot, fault: Fault | None) -> bool:
    """Tell whether it is not the platform that keeps a piece of work from being done: others got through lately."""
    if fault is None:
        return True
    if heard_in(fault)[0] is not Heard.FAILED:
        return False
    lane = session.get_one(PlatformLane, slot.lane_id)
    return lane.good_at is not None and lane.good_at > database_now(session) - LATELY


def due_in_lane(session: Session, registration_id: int, *, most: int) -> tuple[list[int], list[int]]:
    """Return scores and jobs of one registration that are due, the oldest first: those that may have been sent away."""
    return _due_scores(session, registration_id, most), _due_jobs(session, registration_id, most)


def heard_in(fault: Fault | None) -> tuple[Heard, float | None]:
    """Say what a fault tells of the platform as a whole, and how long it asked us to wait."""
    if fault is None:
        return Heard.GOOD, None
    if isinstance(fault, PlatformRefused):
        if fault.reason_code in UNWELCOME:
            return Heard.UNWELCOME, None
        return (Heard.NOTHING if fault.platform_status is None else Heard.GOOD), None
    if fault.reason in NOT_ITS_FAULT:
        return Heard.NOTHING, None
    return (Heard.THROTTLED if fault.reason == "throttled" else Heard.FAILED), fault.retry_after


def _locked(session: Session, registration: Registration) -> PlatformLane:
    """Return the lane's row, made at the first call; nobody else changes the lane before the commit."""
    number = upsert(
        session,
        PlatformLane,
        {"registration_id": registration.id},
        by=("registration_id",),
        first={"institution_id": registration.institution_id},
    )
    return session.get_one(PlatformLane, number, populate_existing=True)


def _is_its_turn(session: Session, lane: PlatformLane, *, is_list: bool) -> bool:
    waits = (_due_scores if is_list else _due_jobs)(session, lane.registration_id, 1)
    return may_go_first(is_list=is_list, scores_in_a_row=lane.scores_in_a_row, other_waits=bool(waits))


def _read(lane: PlatformLane) -> Lane:
    return Lane(**{name: getattr(lane, name) for name in Lane.__slots__})


def _taken(session: Session, lane: PlatformLane, clock: datetime) -> int:
    session.execute(delete(LaneSlot).where(LaneSlot.lane_id == lane.id, LaneSlot.lease_until < clock))
    return session.scalar(select(func.count()).select_from(LaneSlot).where(LaneSlot.lane_id == lane.id)) or 0


def _give_back(session: Session, slot: Slot | None) -> None:
    token = slot.token if slot is not None else ""  # a job that calls nobody has none to give
    session.execute(delete(LaneSlot).where(LaneSlot.token == token))


def _due_scores(session: Session, registration_id: int, most: int) -> list[int]:
    return list(
        session.scalars(
            select(Score.id)
            .join(Track, Track.id == Score.track_id)
            .join(Context, Context.id == Track.context_ref)
            .where(Context.registration_id == registration_id, *score_is_due(database_now(session)))
            .order_by(Score.attempts, Score.due_at)
            .limit(most)
        )
    )


def _due_jobs(session: Session, registration_id: int, most: int) -> list[int]:
    return list(
        session.scalars(
            select(Job.id)
            .join(Context, Context.id == Job.context_ref)
            .where(
                Context.registration_id == registration_id,
                Job.kind.in_(CALLING_KINDS),
                *job_is_due(database_now(session)),
            )
            .order_by(Job.id)
            .limit(most)
        )
    )
