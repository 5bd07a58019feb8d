"""Gradebook columns and the outbox of scores. AGS has no idempotency key; the wanted state is a row here."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentoring.models.base import Model, OfInstitution, UTCDateTime, check_enum, enum_column
from lti_mentoring.models.context import Person


class ScoreState(StrEnum):
    """Where a wanted score stands: due to be sent, accepted by the platform, or kept back with a reason."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    HELD = "held"


class LineItem(OfInstitution, Model):
    """A column of the course's gradebook: the track's one, or one milestone's."""

    __tablename__ = "line_item"
    __table_args__ = (UniqueConstraint("track_id", "milestone_id"),)

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    milestone_id: Mapped[int | None] = mapped_column(ForeignKey("milestone.id"))
    """None: the column of the whole track."""
    label: Mapped[str]
    maximum: Mapped[float]
    url: Mapped[str | None] = mapped_column(Text)
    """None until the platform has named it."""
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Score(OfInstitution, Model):
    """The score that one student should have in one column, what was sent, and what the platform accepted."""

    __tablename__ = "score"
    __table_args__ = (
        UniqueConstraint("line_item_id", "person_id"),
        Index("ix_score_due", "state", "due_at"),
        Index("ix_score_track", "track_id", "person_id"),
        check_enum("state", ScoreState),
    )

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    line_item_id: Mapped[int] = mapped_column(ForeignKey("line_item.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    wanted: Mapped[float]
    maximum: Mapped[float]
    wanted_version: Mapped[int] = mapped_column(default=1)
    state: Mapped[ScoreState] = enum_column(ScoreState, default=ScoreState.PENDING)
    held_reason: Mapped[str | None] = mapped_column(String(60))
    """A code that the page turns into a sentence."""
    stamp: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Timestamp of the last attempt: whole seconds, strictly rising."""
    sent_version: Mapped[int] = mapped_column(default=0)
    sent_value: Mapped[float | None]
    accepted_value: Mapped[float | None]
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    lease_token: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)

    line_item: Mapped[LineItem] = relationship()
    person: Mapped[Person] = relationship()
