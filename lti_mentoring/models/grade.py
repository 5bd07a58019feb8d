"""Gradebook columns and the outbox of scores. AGS has no idempotency key; the wanted state is a row here."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentoring.models.base import Model, OfInstitution, UTCDateTime, check_enum, enum_column
from lti_mentoring.models.context import Person


class HeldReason(StrEnum):
    """Why a score is kept back; the page has a sentence for each."""

    NOT_FORMED = "not_formed"
    LEFT_COURSE = "left_course"
    TEST_USER = "test_user"
    COLUMN_CLOSED = "column_closed"
    NO_GRADEBOOK = "no_gradebook"
    TEACHER_CHANGED = "teacher_changed"
    REFUSED = "refused"
    FORBIDDEN = "forbidden"
    GAVE_UP = "gave_up"


class ScoreState(StrEnum):
    """Where a wanted score stands: due to be sent, accepted by the platform, or kept back with a reason."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    HELD = "held"


class LineItem(OfInstitution, Model):
    """A column of the course's gradebook: the track's one, one milestone's, or one test's."""

    __tablename__ = "line_item"
    __table_args__ = (
        UniqueConstraint("track_id", "milestone_id"),
        Index("uq_line_item_test", "test_id", unique=True),
    )

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    milestone_id: Mapped[int | None] = mapped_column(ForeignKey("milestone.id"))
    test_id: Mapped[int | None] = mapped_column(ForeignKey("test.id"))
    """Neither milestone nor test: the column of the whole track."""
    label: Mapped[str]
    maximum: Mapped[float]
    url: Mapped[str | None] = mapped_column(Text)
    """None until the platform has named it."""
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """One worker at a time looks for the column or makes it: two would make two (AGS 2.0 has no idempotency key)."""


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
    held_reason: Mapped[HeldReason | None] = enum_column(HeldReason)
    waiting_reason: Mapped[str | None] = mapped_column(String(60))
    """Why the last attempt has to be repeated ("timeout", "html", …); None while nothing went wrong."""
    overrule: Mapped[bool] = mapped_column(default=False)
    """Faculty asked to send ours although a teacher had changed the grade in the course."""
    stamp: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Timestamp of the last attempt: whole seconds, strictly rising."""
    sent_version: Mapped[int] = mapped_column(default=0)
    accepted_value: Mapped[float | None]
    accepted_maximum: Mapped[float | None]
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    lease_token: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)

    line_item: Mapped[LineItem] = relationship()
    person: Mapped[Person] = relationship()
