"""Let a platform know which notices we want and where: once for a deployment, and again when one of them changes.

What should be known is a row; a task tells the platform, under a lease, until it has said yes.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select, update

from lti_mentoring.db import announce, database_now, rows_changed
from lti_mentoring.domain.events import SubscriptionChanged
from lti_mentoring.domain.roles import is_faculty, is_platform_administrator
from lti_mentoring.lti.notice_handlers import WANTED_KINDS
from lti_mentoring.models import Deployment, NoticeSubscription, SubscriptionState
from lti_mentoring.queries.registrations import approved_deployment
from lti_mentoring.services.auditing import record
from lti_mentoring.services.lanes import NOT_ITS_FAULT
from lti_mentoring.services.upserting import upsert

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.lti.launch import Launch
    from lti_mentoring.models import Registration

LEASE = timedelta(seconds=120)
MOST_ATTEMPTS = 6
FIRST_WAIT = timedelta(seconds=30)
FAILED_AGAIN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DueSubscription:
    """One claimed subscription; ``handler`` "" takes it back."""

    subscription_id: int
    lease_token: str
    registration_id: int
    deployment_id: str
    kind: str
    service_url: str
    handler: str


def want_notices(session: Session, launch: Launch, handler: str, *, now: datetime) -> int:
    """Queue what the platform is to be told after this launch of staff; return how many kinds that is, mostly 0."""
    offered = launch.notices
    if offered is None or not (is_faculty(launch.roles) or is_platform_administrator(launch.roles)):
        return 0
    deployment = approved_deployment(session, launch.registration.id, launch.deployment_id)
    if deployment is None:
        return 0
    told = {
        row.kind: row
        for row in session.scalars(select(NoticeSubscription).where(NoticeSubscription.deployment_ref == deployment.id))
    }
    wanted = {"service_url": offered.url, "handler": handler}
    news = [kind for kind in WANTED_KINDS if kind in offered.kinds and not _stands(told.get(kind), wanted, now)]
    for kind in news:
        whose = {
            "institution_id": deployment.institution_id,
            "registration_id": launch.registration.id,
            "deployment_ref": deployment.id,
            "kind": kind,
        }
        number = upsert(session, NoticeSubscription, whose | wanted | _fresh(now), by=("deployment_ref", "kind"))
        announce(session, SubscriptionChanged(number))
    if news:
        record(
            session, None, "notices.wanted", "deployment", deployment.id, now=now,
            institution_id=deployment.institution_id, kinds=news,
        )  # fmt: skip
    return len(news)


def take_back_notices(session: Session, registered: Registration, *, by: Sitter | None, now: datetime) -> None:
    """Queue that a platform is to send no notices any more: it was switched off."""
    rows = session.scalars(
        select(NoticeSubscription).where(
            NoticeSubscription.registration_id == registered.id, NoticeSubscription.handler != ""
        )
    ).all()
    for row in rows:
        row.handler = ""
        for name, value in _fresh(now).items():
            setattr(row, name, value)
        announce(session, SubscriptionChanged(row.id))
    if rows:
        record(
            session, by, "notices.unwanted", "registration", registered.id, now=now,
            institution_id=registered.institution_id, kinds=sorted({row.kind for row in rows}),
        )  # fmt: skip


def claim_subscription(session: Session, subscription_id: int) -> DueSubscription | None:
    """Lease a due subscription; None when it is gone, told, or another worker's."""
    clock = database_now(session)
    token = secrets.token_hex(8)
    claimed = session.execute(
        update(NoticeSubscription)
        .where(NoticeSubscription.id == subscription_id, *_due(clock))
        .values(lease_token=token, lease_until=clock + LEASE, attempts=NoticeSubscription.attempts + 1)
        .execution_options(synchronize_session=False)
    )
    if not rows_changed(claimed):
        return None
    row = session.get_one(NoticeSubscription, subscription_id, populate_existing=True)
    deployment = session.get_one(Deployment, row.deployment_ref)
    return DueSubscription(
        row.id, token, row.registration_id, deployment.deployment_id, row.kind, row.service_url, row.handler
    )


def settle_subscription(
    session: Session, due: DueSubscription, error: str | None, *, again: bool = True, now: datetime
) -> None:
    """Write down that the platform knows, or why not; ``again``: whether asking once more can help."""
    row = session.get_one(NoticeSubscription, due.subscription_id, with_for_update=True, populate_existing=True)
    if row.lease_token != due.lease_token:
        return
    row.settled_at = now
    if error is None:
        _end(row, SubscriptionState.TOLD, None)
        action = "notices.subscribed" if due.handler else "notices.unsubscribed"
    elif error in NOT_ITS_FAULT:  # the platform has not even been asked
        row.attempts -= 1
        _end(row, SubscriptionState.PENDING, error)
        row.due_at = database_now(session) + FIRST_WAIT
        return
    elif again and row.attempts < MOST_ATTEMPTS:
        _end(row, SubscriptionState.PENDING, error)
        row.due_at = database_now(session) + FIRST_WAIT * (1 << (row.attempts - 1))
        return
    else:
        _end(row, SubscriptionState.FAILED, error)
        action = "notices.refused"
    record(
        session, None, action, "deployment", row.deployment_ref, now=now, institution_id=row.institution_id,
        kind=row.kind, code=error or "",
    )  # fmt: skip


def find_due_subscriptions(session: Session, *, most: int) -> list[int]:
    """Return what is due and leased to nobody, oldest first."""
    clock = database_now(session)
    found = select(NoticeSubscription.id).where(*_due(clock)).order_by(NoticeSubscription.due_at).limit(most)
    return list(session.scalars(found))


def _stands(row: NoticeSubscription | None, wanted: dict[str, str], now: datetime) -> bool:
    """Tell whether nothing is to be said: it was said so already, or is on its way, or was refused lately."""
    if row is None or {"service_url": row.service_url, "handler": row.handler} != wanted:
        return False
    failed = row.state is SubscriptionState.FAILED
    return not failed or (row.settled_at or now) > now - FAILED_AGAIN_AFTER


def _fresh(now: datetime) -> dict[str, Any]:
    return {
        "state": SubscriptionState.PENDING, "attempts": 0, "due_at": now, "lease_token": None, "lease_until": None,
        "last_error": None,
    }  # fmt: skip


def _due(clock: datetime) -> tuple[Any, ...]:
    free = or_(NoticeSubscription.lease_until.is_(None), NoticeSubscription.lease_until < clock)
    return (NoticeSubscription.state == SubscriptionState.PENDING, NoticeSubscription.due_at <= clock, free)


def _end(row: NoticeSubscription, state: SubscriptionState, error: str | None) -> None:
    row.state, row.last_error = state, (error or "")[:60] or None
    row.lease_token = row.lease_until = None
