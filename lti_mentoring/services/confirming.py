"""Registrations that wait: who must, how the operator lets one in, and how one makes room for its rightful owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from lti_mentoring.domain.confirming import waits_for_operator
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Deployment, Registration
from lti_mentoring.services import auditing

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.accounts import Actor


def must_wait(session: Session, institution_id: int, issuer: str, shared: Collection[str]) -> bool:
    """Tell whether a registration that an administrator types waits for the operator."""
    others = select(Registration.id).where(Registration.issuer == issuer, Registration.institution_id != institution_id)
    return waits_for_operator(issuer, shared=shared, others_there=session.scalar(others.limit(1)) is not None)


def confirm_registration(
    session: Session, institution_id: int, registration_id: int, *, by: Actor | None, now: datetime
) -> Registration:
    """Let a registration's people in from now on; confirming twice changes nothing."""
    found = session.scalar(
        select(Registration)
        .where(Registration.id == registration_id, Registration.institution_id == institution_id)
        .with_for_update()
    )
    if found is None:
        raise NotFound
    if found.waits_since is not None:
        found.waits_since = None
        auditing.record(
            session, by, "registration.confirmed", "registration", found.id, now=now, institution_id=institution_id
        )
    return found


def make_room(session: Session, waiting: Registration, *, now: datetime) -> None:
    """Remove a registration that still waits, for it is proved to be another institution's; nobody came in by it."""
    auditing.record(
        session, None, "registration.gave_way", "registration", waiting.id, now=now,
        institution_id=waiting.institution_id,
    )  # fmt: skip
    session.execute(delete(Deployment).where(Deployment.registration_id == waiting.id))
    session.delete(waiting)
    session.flush()
