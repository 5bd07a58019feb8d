"""What platforms tell us unasked: notices as they came, and which ones we asked for."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_mentoring.models.base import JSON, Model, OfInstitution, UTCDateTime, check_enum, enum_column


class NoticeState(StrEnum):
    """``ignored``: genuine, of a kind that we do nothing with."""

    WAITING = "waiting"
    DONE = "done"
    IGNORED = "ignored"


class SubscriptionState(StrEnum):
    """Whether the platform knows where to send one kind of notice."""

    PENDING = "pending"
    TOLD = "told"
    FAILED = "failed"


class Notice(OfInstitution, Model):
    """One genuine notice; kept so that the same one is not acted upon twice, and no nonce serves for another."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("registration_id", "notice_id"),
        UniqueConstraint("registration_id", "nonce_hash"),
        check_enum("state", NoticeState),
    )

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    deployment_ref: Mapped[int] = mapped_column(ForeignKey("deployment.id", ondelete="CASCADE"))
    notice_id: Mapped[str] = mapped_column(String(255))
    nonce_hash: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(100))
    """As the platform calls it."""
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What acting on it needs: a copied course as the platform names it, and the ids of its origins."""
    state: Mapped[NoticeState] = enum_column(NoticeState, index=True)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class NoticeSubscription(OfInstitution, Model):
    """Where one deployment sends one kind of notice, as told to the platform and as it should be."""

    __tablename__ = "notice_subscription"
    __table_args__ = (
        UniqueConstraint("deployment_ref", "kind"),
        Index("ix_notice_subscription_due", "state", "due_at"),
        check_enum("state", SubscriptionState),
    )

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    deployment_ref: Mapped[int] = mapped_column(ForeignKey("deployment.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(100))
    service_url: Mapped[str] = mapped_column(Text)
    handler: Mapped[str] = mapped_column(Text)
    """Where notices should go; "" when none are wanted any more."""
    state: Mapped[SubscriptionState] = enum_column(SubscriptionState, default=SubscriptionState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    lease_token: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str | None] = mapped_column(String(60))
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
