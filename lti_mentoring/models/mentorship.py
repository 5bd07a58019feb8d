"""Mentors, their places, and mentorships."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentoring.domain.mentorships import EndCause, MentorshipState
from lti_mentoring.models.base import Model, OfInstitution, UTCDateTime, check_enum, enum_column
from lti_mentoring.models.context import Person
from lti_mentoring.models.track import Track


class AssignedBy(StrEnum):
    """How a pair came about."""

    HAND = "hand"
    CSV = "csv"
    AUTOMATIC = "automatic"
    REQUEST = "request"
    """The student asked, and the mentor said yes."""
    ROUND = "round"


class Mentor(OfInstitution, Model):
    """A person of the roster whom faculty have ticked as mentor in a track. ``taken`` never exceeds ``places``."""

    __tablename__ = "mentor"
    __table_args__ = (
        UniqueConstraint("track_id", "person_id"),
        CheckConstraint("places >= 0", name="places"),
        CheckConstraint("taken >= 0 AND taken <= places", name="taken"),
    )

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    places: Mapped[int] = mapped_column(default=5)
    taken: Mapped[int] = mapped_column(default=0)
    """Raised by a guarded UPDATE … WHERE taken < places, so that two browsers never share the last place."""
    field: Mapped[str] = mapped_column(default="")
    """What the mentor does, in a few words: "Internal medicine"."""
    active: Mapped[bool] = mapped_column(default=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    trained_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When faculty said that the mentor is trained; a track with a test for mentors asks the test."""
    trained_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lead_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lead_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    track: Mapped[Track] = relationship()


class ServedRole(OfInstitution, Model):
    """A role that a mentor serves in. Rows are kept only where a track has several: else everybody serves the one."""

    __tablename__ = "served_role"
    __table_args__ = (UniqueConstraint("mentor_id", "role"),)

    mentor_id: Mapped[int] = mapped_column(ForeignKey("mentor.id"))
    role: Mapped[str] = mapped_column(String(40))


class Mentorship(OfInstitution, Model):
    """One mentor–student relationship in a track, in one role."""

    __tablename__ = "mentorship"
    __table_args__ = (
        check_enum("state", MentorshipState),
        check_enum("assigned_by", AssignedBy),
        check_enum("end_cause", EndCause),
        Index(
            "uq_mentorship_open_student",
            "track_id",
            "student_id",
            "role",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_mentorship_mentor", "mentor_id", "ended_at"),
    )

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    mentor_id: Mapped[int] = mapped_column(ForeignKey("mentor.id"))
    student_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(String(40), default="", server_default="")
    """Key of the track's role in which the mentor serves; blank: the one that needed no name."""
    state: Mapped[MentorshipState] = enum_column(MentorshipState, default=MentorshipState.ACTIVE)
    assigned_by: Mapped[AssignedBy] = enum_column(AssignedBy, default=AssignedBy.HAND)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    contact_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When one of the two last did something that the other could see."""
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    end_reason: Mapped[str | None]
    end_cause: Mapped[EndCause | None] = enum_column(EndCause)
    """None: it goes on, or ended before causes were kept."""

    track: Mapped[Track] = relationship()
    mentor: Mapped[Mentor] = relationship()
    student: Mapped[Person] = relationship()
