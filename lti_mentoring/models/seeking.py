"""What a student looks for in a mentor. Nobody but the student, and the matching, reads it; faculty read counts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_mentoring.domain.profiles import CareerStage
from lti_mentoring.models.base import JSON, Model, OfInstitution, UTCDateTime, check_enum, enum_column


class Seeking(OfInstitution, Model):
    """What one student of a track looks for; never searched by, so its lists are kept as they are."""

    __tablename__ = "seeking"
    __table_args__ = (UniqueConstraint("track_id", "person_id"), check_enum("career", CareerStage))

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    career: Mapped[CareerStage | None] = enum_column(CareerStage)
    timezone: Mapped[str] = mapped_column(String(60), default="")
    style: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    terms: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict)
    """By kind of term (domain/profiles.py) keys of domain/vocabularies.py, languages and parts of the week."""
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SeekingCount(OfInstitution, Model):
    """How many students of a track look for what, as it was told last (domain/demand.py)."""

    __tablename__ = "seeking_count"
    __table_args__ = (UniqueConstraint("track_id"),)

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id", ondelete="CASCADE"))
    students: Mapped[dict[str, dict[str, int]]] = mapped_column(JSON, default=dict)
    """By kind of term and by key, in steps of five; who are fewer are not in it."""
    counted_at: Mapped[datetime] = mapped_column(UTCDateTime)
