"""Work that must not be lost: mails to send, and long jobs whose progress bar survives a reload."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentoring.models.base import JSON, Model, OfInstitution, UTCDateTime, check_enum, enum_column
from lti_mentoring.models.context import Person
from lti_mentoring.models.inviting import MentorInvitation
from lti_mentoring.models.sealed import EncryptedText


class MailState(StrEnum):
    """Waiting, gone, or given up."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"


class JobKind(StrEnum):
    """Work that takes longer than a page."""

    ROSTER = "roster"
    CERTIFICATES = "certificates"
    ROUND = "round"
    PUBLISHING = "publishing"
    TAKING_BACK = "taking_back"
    CHECKING = "checking"


class JobState(StrEnum):
    """``held``: finished its reading, waits for a person to confirm."""

    QUEUED = "queued"
    RUNNING = "running"
    HELD = "held"
    DONE = "done"
    FAILED = "failed"


class Mail(OfInstitution, Model):
    """One mail; carries only who and which page, never content, grades or patients."""

    __tablename__ = "mail"
    __table_args__ = (
        Index("ix_mail_due", "state", "due_at"),
        Index(
            "ix_mail_held",
            "person_id",
            sqlite_where=text("held_at IS NOT NULL"),
            postgresql_where=text("held_at IS NOT NULL"),
        ),
        check_enum("state", MailState),
        CheckConstraint("(person_id IS NULL) = (invitation_id IS NOT NULL)", name="to_one"),
    )

    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("mentor_invitation.id", ondelete="CASCADE"))
    """Where the mail goes to somebody who is no person of the institution yet."""
    context_ref: Mapped[int | None] = mapped_column(ForeignKey("context.id"))
    kind: Mapped[str] = mapped_column(String(40))
    """Names the template mail/<kind>.txt."""
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    sealed_link: Mapped[str | None] = mapped_column(EncryptedText("once_key"))
    """A one-time link that only the mail's reader may know: sealed, and deleted when the mail has left."""
    once_key: Mapped[str] = mapped_column(String(120), unique=True)
    """The same happening twice makes one mail."""
    state: Mapped[MailState] = enum_column(MailState, default=MailState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    held_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When it was put off, until ``due_at``, for its reader's quiet hours; None: it was not, or has gone on since."""
    lease_token: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str | None] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    person: Mapped[Person | None] = relationship()
    invitation: Mapped[MentorInvitation | None] = relationship()


class Job(OfInstitution, Model):
    """A long piece of work in one course."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_context_kind", "context_ref", "kind", "id"),
        Index("ix_job_open", "state", "lease_until"),
        check_enum("kind", JobKind),
        check_enum("state", JobState),
    )

    context_ref: Mapped[int] = mapped_column(ForeignKey("context.id"))
    track_id: Mapped[int | None] = mapped_column(ForeignKey("track.id"))
    kind: Mapped[JobKind] = enum_column(JobKind)
    state: Mapped[JobState] = enum_column(JobState, default=JobState.QUEUED)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    error: Mapped[str | None] = mapped_column(String(60))
    """A code that the page turns into a sentence."""
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    attempts: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
