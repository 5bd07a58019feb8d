"""Take notices of platforms in, each once, and act on them later: a copied course is offered its origin's setup."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lti_mentoring.db import announce
from lti_mentoring.domain.events import NoticeTaken
from lti_mentoring.lti.errors import forbidden, unauthentic
from lti_mentoring.lti.notices import NoticeKind
from lti_mentoring.models import Notice, NoticeState
from lti_mentoring.queries.registrations import approved_deployment
from lti_mentoring.services.auditing import record
from lti_mentoring.services.copying import CourseAt, offer_copy

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Table
    from sqlalchemy.orm import Session

    from lti_mentoring.lti.notices import ReceivedNotice

NOTICES = cast("Table", Notice.__table__)


class Taken(StrEnum):
    """What became of a notice. ``known``: it came before, and nothing was done again."""

    ACCEPTED = "accepted"
    IGNORED = "ignored"
    KNOWN = "known"


def take_in(session: Session, notice: ReceivedNotice, *, now: datetime) -> Taken:
    """Store a notice to be acted upon, once; raise LaunchRefused when its nonce came with another one before."""
    deployment = approved_deployment(session, notice.registration.id, notice.deployment_id)
    if deployment is None:  # withdrawn since it was checked
        raise forbidden("deployment_unknown", registration_id=notice.registration.id)
    is_ours = notice.kind in set(NoticeKind)
    number = _store(
        session,
        {
            "institution_id": deployment.institution_id,
            "registration_id": notice.registration.id,
            "deployment_ref": deployment.id,
            "notice_id": notice.id,
            "nonce_hash": _hash(notice.nonce),
            "kind": notice.kind,
            "facts": _facts(notice),
            "state": NoticeState.WAITING if is_ours else NoticeState.IGNORED,
            "received_at": now,
        },
    )
    if number is None:
        return Taken.KNOWN
    record(
        session, None, "notice.received" if is_ours else "notice.ignored", "notice", number, now=now,
        institution_id=deployment.institution_id, kind=notice.kind,
    )  # fmt: skip
    if not is_ours:
        return Taken.IGNORED
    announce(session, NoticeTaken(number))
    return Taken.ACCEPTED


def act_on(session: Session, notice_number: int, *, now: datetime) -> bool:
    """Do what a waiting notice asks for, once; False when it is gone or was done before."""
    claimed = session.execute(
        update(NOTICES)
        .where(NOTICES.c.id == notice_number, NOTICES.c.state == NoticeState.WAITING)
        .values(state=NoticeState.DONE)
        .returning(
            NOTICES.c.kind, NOTICES.c.facts, NOTICES.c.institution_id, NOTICES.c.registration_id,
            NOTICES.c.deployment_ref,
        )
    ).one_or_none()  # fmt: skip
    if claimed is None:
        return False
    if claimed.kind == NoticeKind.CONTEXT_COPY and claimed.facts["origins"]:
        _offer(session, claimed, now=now)
    return True


def find_waiting_notices(session: Session, *, most: int) -> list[int]:
    """Return the notices that nobody has acted upon yet, oldest first: what a lost wake-up left behind."""
    waiting = select(Notice.id).where(Notice.state == NoticeState.WAITING).order_by(Notice.id).limit(most)
    return list(session.scalars(waiting))


def _store(session: Session, values: dict[str, Any]) -> int | None:
    """Write the row and return its number; None when the same notice is there already."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    made = insert(NOTICES).values(values).on_conflict_do_nothing().returning(NOTICES.c.id)
    number: int | None = session.scalar(made)
    if number is not None:
        return number
    same = session.scalars(
        select(NOTICES.c.notice_id).where(
            NOTICES.c.registration_id == values["registration_id"],
            or_(NOTICES.c.notice_id == values["notice_id"], NOTICES.c.nonce_hash == values["nonce_hash"]),
        )
    ).all()
    if values["notice_id"] not in same:
        raise unauthentic("nonce_used", registration_id=values["registration_id"])
    return None


def _offer(session: Session, claimed: Any, *, now: datetime) -> None:
    """Remember what the course was copied from, whether anybody has opened it yet or not."""
    copied = claimed.facts
    course = CourseAt(
        institution_id=claimed.institution_id,
        registration_id=claimed.registration_id,
        deployment_ref=claimed.deployment_ref,
        context_id=copied["context"],
        title=copied["title"],
        label=copied["label"],
    )
    offer_copy(session, course, copied["origins"], now=now)


def _facts(notice: ReceivedNotice) -> dict[str, Any]:
    course = notice.context
    if course is None:
        return {}
    return {"context": course.id, "title": course.title, "label": course.label, "origins": list(notice.origins)}


def _hash(nonce: str) -> str:
    return hashlib.sha256(nonce.encode("utf-8", "surrogatepass")).hexdigest()
