"""Write the audit trail in the same transaction as the change that it records."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, cast

from sqlalchemy import bindparam, insert

from lti_mentoring.domain.accounts import Holder
from lti_mentoring.models import AuditEntry
from lti_mentoring.prepared import Prepared

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.accounts import Actor
    from lti_mentoring.models import Account

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Set by the edge (a request, a task), so that a row can be found again in the log."""


OF_THE_INSTALLATION = frozenset({"account", "passkey", "sign_in_session"})
"""What may belong to no institution: the operators' own affairs."""
_TABLE = cast("Table", AuditEntry.__table__)
_ENTRY = insert(_TABLE)
_ONE_ENTRY = Prepared(
    _ENTRY.inline().values({column.name: bindparam(column.name) for column in _TABLE.c if column.name != "id"})
)
"""Written at once and without the unit-of-work machinery: every change pays for it, launches most often."""


def record(
    session: Session,
    by: Actor | None,
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

    ``facts`` are numbers, dates and codes, never content. Whoever belongs to an institution writes into its trail
    only; an operator names it. Raise ValueError where it is missing, but for what is the installation's own.
    """
    _write(
        session,
        _who(by),
        (by.institution_id if by else None) or institution_id,
        action,
        thing,
        thing_id,
        now=now,
        context_ref=context_id if context_id is not None or by is None else _course(by),
        reason=reason,
        facts=facts,
    )


def record_account(
    session: Session, account: Account, action: str, thing: str, thing_id: int, *, now: datetime
) -> None:
    """Record what an account did before it had a session: it signed in, or made its first passkey."""
    who = {"actor_id": None, "account_ref": account.id, "actor_role": account.kind.value}
    _write(session, who, account.institution_id, action, thing, thing_id, now=now, context_ref=None, facts={})


def record_all(
    session: Session,
    by: Actor | None,
    action: str,
    thing: str,
    entries: Mapping[int, Mapping[str, object]],
    *,
    now: datetime,
    institution_id: int,
    context_id: int | None,
    reason: str = "",
) -> None:
    """Record the same action for many things in one statement; ``entries``: each thing's number and its facts."""
    if not entries:
        return
    common = {
        "institution_id": institution_id,
        "context_ref": context_id,
        **_who(by),
        "action": action,
        "thing": thing,
        "reason": reason,
        "request_id": request_id.get(),
        "at": now,
    }
    session.execute(_ENTRY, [common | {"thing_id": number, "facts": dict(facts)} for number, facts in entries.items()])


def _write(
    session: Session,
    who: Mapping[str, object],
    institution_id: int | None,
    action: str,
    thing: str,
    thing_id: int | None,
    *,
    now: datetime,
    context_ref: int | None,
    facts: Mapping[str, object],
    reason: str = "",
) -> None:
    if institution_id is None and thing not in OF_THE_INSTALLATION:
        raise ValueError("an audit entry needs an institution")
    entry = {
        "institution_id": institution_id,
        "context_ref": context_ref,
        **who,
        "action": action,
        "thing": thing,
        "thing_id": thing_id,
        "facts": facts,
        "reason": reason,
        "request_id": request_id.get(),
        "at": now,
    }
    _ONE_ENTRY.run(session, entry)


def _who(by: Actor | None) -> dict[str, object]:
    if by is None:
        return {"actor_id": None, "account_ref": None, "actor_role": "tool"}
    if isinstance(by, Holder):
        return {"actor_id": None, "account_ref": by.account_id, "actor_role": by.kind.value}
    return {"actor_id": by.person_id or None, "account_ref": by.account_id, "actor_role": by.role.value}


def _course(by: Actor) -> int | None:
    return None if isinstance(by, Holder) else by.context_id
