"""Pairs of a student and a mentor who are kept apart."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from lti_mentoring.domain.conflicts import ConflictKind, ConflictReason
from lti_mentoring.models.base import Model, OfInstitution, UTCDateTime, check_enum, enum_column

LONGEST_NOTE = 300


class ConflictOfInterest(OfInstitution, Model):
    """Somebody said that these two must not be mentor and student; holds until it is ended."""

    __tablename__ = "conflict"
    __table_args__ = (
        check_enum("kind", ConflictKind),
        check_enum("reason", ConflictReason),
        Index(
            "uq_conflict_open",
            "mentor_id",
            "person_id",
            "kind",
            "reason",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_conflict_track", "track_id", "ended_at"),
    )

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    mentor_id: Mapped[int] = mapped_column(ForeignKey("mentor.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    """The student."""
    kind: Mapped[ConflictKind] = enum_column(ConflictKind)
    reason: Mapped[ConflictReason] = enum_column(ConflictReason, default=ConflictReason.OTHER)
    note: Mapped[str] = mapped_column(String(LONGEST_NOTE), default="")
    """A few words on why; blank for a concern and for a complaint."""
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
