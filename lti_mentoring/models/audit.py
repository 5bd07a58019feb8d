"""The audit trail: one row for each change of state, written in the same transaction as the change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lti_mentoring.models.account import MaybeOfInstitution
from lti_mentoring.models.base import JSON, Model, UTCDateTime


class AuditEntry(MaybeOfInstitution, Model):
    """Who did what to which thing, when and why; never what the thing says.

    An operator's own affairs (their passkeys, their sessions) belong to no institution.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_context", "context_ref", "id"),
        Index("ix_audit_entry_thing", "thing", "thing_id"),
    )

    context_ref: Mapped[int | None] = mapped_column(ForeignKey("context.id"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None: an account, the tool itself (a task), or the operator on the command line."""
    account_ref: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    """Who signed in without an LMS; else None."""
    actor_role: Mapped[str] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(60))
    """A past fact: "milestone.accepted"."""
    thing: Mapped[str] = mapped_column(String(40))
    thing_id: Mapped[int | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    reason: Mapped[str] = mapped_column(Text, default="")
    request_id: Mapped[str] = mapped_column(String(32), default="")
    at: Mapped[datetime] = mapped_column(UTCDateTime)
