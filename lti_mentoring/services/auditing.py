"""Write the audit trail in the same transaction as the change that it records."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, cast

from sqlalchemy import bindparam, insert

from lti_mentoring.models import AuditEntry
from lti_mentoring.prepared import Prepared

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Set by the edge (a request, a task), so that a row can be found again in the log."""


_TABLE = cast("Table", AuditEntry.__table__)
_ENTRY = insert(_TABLE)
_ONE_ENTRY = Prepared(
    _ENTRY.inline().values({column.name: bindparam(column.name) for column in _TABLE.c if column.name != "id"})
)
"""Written at once and without the unit-of-work machinery: every change pays for it, launches most often."""


def record(
    session: Session,
    by: Sitter | None,
    action: str,
    thing: str,
    thing_id: int | None,
    *,
    now: datetime,
    institution_id: int | None = None,
    context_id: int | None = None,
    reason: str = "",
    **facts: object,
) -> None:
    """Record that ``by`` (None: the tool itself) did ``action`` ("milestone.accepted") to a thing.

    ``facts`` are numbers, dates and codes, never content. Without a sitter ``institution_id`` must be given.
    """
    institution = by.institution_id if by else institution_id
    if institution is None:
        raise ValueError("an audit entry needs an institution")
    _ONE_ENTRY.run(
        session,
        {
            "institution_id": institution,
            "context_ref": context_id if context_id is not None or by is None else by.context_id,
            "actor_id": by.person_id if by else None,
            "actor_role": by.role.value if by else "tool",
            "action": action,
            "thing": thing,
            "thing_id": thing_id,
            "facts": facts,
            "reason": reason,
            "request_id": request_id.get(),
            "at": now,
        },
    )


def record_all(
    session: Session,
    by: Sitter | None,
    action: str,
    thing: str,
    entries: Mapping[int, Mapping[str, object]],
    *,
    now: datetime,
    institution_id: int,
    context_id: int | None,
) -> None:
    """Record the same action for many things in one statement; ``entries``: each thing's number and its facts."""
    if not entries:
        return
    common = {
        "institution_id": institution_id,
        "context_ref": context_id,
        "actor_id": by.person_id if by else None,
        "actor_role": by.role.value if by else "tool",
        "action": action,
        "thing": thing,
        "reason": "",
        "request_id": request_id.get(),
        "at": now,
    }
    session.execute(_ENTRY, [common | {"thing_id": number, "facts": dict(facts)} for number, facts in entries.items()])
