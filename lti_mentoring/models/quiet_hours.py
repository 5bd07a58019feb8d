"""Hours in which a person is sent no mail. Nobody but the person reads them."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_mentoring.models.base import Model, OfInstitution, UTCDateTime


class QuietHours(OfInstitution, Model):
    """One person's, in all courses of the institution; whoever has no row has none."""

    __tablename__ = "quiet_hours"
    __table_args__ = (
        UniqueConstraint("person_id"),
        CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name="whole"),
        CheckConstraint("starts_at <> ends_at", name="hours_left"),
        CheckConstraint("days >= 0 AND days < 127", name="day_left"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    timezone: Mapped[str] = mapped_column(String(60))
    starts_at: Mapped[time | None]
    """By the clock of the zone; after ``ends_at``: over midnight."""
    ends_at: Mapped[time | None]
    days: Mapped[int] = mapped_column(default=0)
    """Whole days of each week as bits, Monday the lowest."""
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
