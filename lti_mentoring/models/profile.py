"""What mentors say of themselves, and applications to become one."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentoring.domain.applications import ApplicationState
from lti_mentoring.domain.profiles import CareerStage, TermKind, Works
from lti_mentoring.models.base import JSON, Model, OfInstitution, UTCDateTime, check_enum, enum_column
from lti_mentoring.models.context import Person
from lti_mentoring.models.track import Track


class MentorProfile(OfInstitution, Model):
    """What one person says of themselves, in whatever tracks of the institution they mentor."""

    __tablename__ = "mentor_profile"
    __table_args__ = (
        UniqueConstraint("institution_id", "person_id"),
        check_enum("career", CareerStage),
        check_enum("works", Works),
        CheckConstraint("years >= 0", name="years"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    profession: Mapped[str] = mapped_column(String(40), default="")
    """A key of domain/vocabularies.py; so are the terms."""
    career: Mapped[CareerStage | None] = enum_column(CareerStage)
    years: Mapped[int | None]
    """Years in practice."""
    timezone: Mapped[str] = mapped_column(String(60), default="")
    works: Mapped[Works | None] = enum_column(Works)
    style: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    about: Mapped[str] = mapped_column(Text, default="")
    paused_until: Mapped[date | None]
    """No new students before this day."""
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship()
    terms: Mapped[list[ProfileTerm]] = relationship(order_by="ProfileTerm.id", cascade="all, delete-orphan")


class ProfileTerm(OfInstitution, Model):
    """One specialty, skill, kind of help, language or part of the week; a row each, so that they can be searched."""

    __tablename__ = "profile_term"
    __table_args__ = (
        UniqueConstraint("profile_id", "kind", "key"),
        Index("ix_profile_term_kind_key", "kind", "key", "profile_id"),
        check_enum("kind", TermKind),
    )

    profile_id: Mapped[int] = mapped_column(ForeignKey("mentor_profile.id"))
    kind: Mapped[TermKind] = enum_column(TermKind)
    key: Mapped[str] = mapped_column(String(40))


class MentorApplication(OfInstitution, Model):
    """Somebody of the course who would like to mentor in a track."""

    __tablename__ = "mentor_application"
    __table_args__ = (
        UniqueConstraint("track_id", "person_id"),
        Index("ix_mentor_application_track_state", "track_id", "state", "sent_at"),
        check_enum("state", ApplicationState),
    )

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[ApplicationState] = enum_column(ApplicationState, default=ApplicationState.DRAFT)
    words: Mapped[str] = mapped_column(Text, default="")
    """Why they would like to; the course team reads it."""
    places: Mapped[int] = mapped_column(default=2)
    """How many students they would take."""
    began_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text, default="")

    track: Mapped[Track] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
