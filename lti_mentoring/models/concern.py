"""Concerns: who handles them, what was written, sealed, and who opened it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_mentoring.domain.concerns import ConcernState
from lti_mentoring.models.base import Model, OfInstitution, UTCDateTime, check_enum, enum_column
from lti_mentoring.models.sealed import EncryptedText


class ConcernHandler(OfInstitution, Model):
    """Somebody whom an institution's administrator named to read concerns, those that are raised from then on."""

    __tablename__ = "concern_handler"
    __table_args__ = (UniqueConstraint("institution_id", "person_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    named_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Concern(OfInstitution, Model):
    """One confidential word about a mentor or a student of a track; its text stands in its entries."""

    __tablename__ = "concern"
    __table_args__ = (
        check_enum("state", ConcernState),
        Index("ix_concern_raised_by", "institution_id", "raised_by_id"),
        Index("ix_concern_state", "institution_id", "state", "raised_at"),
    )

    key: Mapped[str] = mapped_column(String(32), unique=True)
    """What addresses name it by: of numbers in a row a handler would miss the one about themselves."""
    context_ref: Mapped[int] = mapped_column(ForeignKey("context.id"))
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    raised_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    about_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    mentor_id: Mapped[int | None] = mapped_column(ForeignKey("mentor.id"))
    """Which of the two mentors, where the other is a student; None between two mentors."""
    state: Mapped[ConcernState] = enum_column(ConcernState, default=ConcernState.OPEN)
    version: Mapped[int] = mapped_column(default=1)
    """Raised by all that is written and decided, so that nobody closes over words they have not seen."""
    raised_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ConcernEntry(OfInstitution, Model):
    """Something written in a concern, by whoever raised it or by one of its handlers."""

    __tablename__ = "concern_entry"

    concern_id: Mapped[int] = mapped_column(ForeignKey("concern.id"), index=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    """What its sealed text is bound to."""
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    sealed_text: Mapped[str] = mapped_column(EncryptedText("key"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class ConcernReading(OfInstitution, Model):
    """A handler opened a concern and read what was there, up to an entry."""

    __tablename__ = "concern_reading"

    concern_id: Mapped[int] = mapped_column(ForeignKey("concern.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    upto_id: Mapped[int] = mapped_column(ForeignKey("concern_entry.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
