"""Students who ask a mentor, one at a time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from lti_mentoring.domain.mentor_requests import RequestState
from lti_mentoring.models.base import Model, OfInstitution, UTCDateTime, check_enum, enum_column

LONGEST_MESSAGE = 600
LONGEST_REASON = 300


class MentorRequest(OfInstitution, Model):
    """One student's question to one mentor, and what became of it. A student has one open question for a role."""

    __tablename__ = "mentor_request"
    __table_args__ = (
        check_enum("state", RequestState),
        CheckConstraint("position >= 1", name="position"),
        Index(
            "uq_mentor_request_open_student",
            "track_id",
            "student_id",
            "mentor_role",
            unique=True,
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
        Index("ix_mentor_request_mentor", "mentor_id", "state"),
        Index("ix_mentor_request_due", "state", "reply_by"),
    )

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    student_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    mentor_id: Mapped[int] = mapped_column(ForeignKey("mentor.id"))
    mentor_role: Mapped[str] = mapped_column(String(40), default="", server_default="")
    state: Mapped[RequestState] = enum_column(RequestState, default=RequestState.ASKED)
    position: Mapped[int]
    """The how manieth of the student's wishes this was."""
    message: Mapped[str] = mapped_column(String(LONGEST_MESSAGE), default="")
    """The student's words; only the mentor reads them."""
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reply_by: Mapped[datetime] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON), default="")
    """The mentor's words on saying no; the student never reads them."""
