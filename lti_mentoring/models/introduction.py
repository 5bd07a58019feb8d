"""Introductions of students to somebody, by a mentor of theirs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lti_mentoring.domain.introductions import IntroductionState
from lti_mentoring.models.base import Model, OfInstitution, UTCDateTime, check_enum, enum_column

LONGEST_NAME = 120
LONGEST_DOES = 160
LONGEST_PURPOSE = 200


class Introduction(OfInstitution, Model):
    """One student whom a mentor brings together with another mentor of the track, or with somebody outside.

    The student, the mentor and the other mentor read it; faculty only read how many there are.
    """

    __tablename__ = "introduction"
    __table_args__ = (
        check_enum("state", IntroductionState),
        CheckConstraint("(to_mentor_id IS NULL) = (name <> '')", name="to"),
        Index("ix_introduction_student", "track_id", "student_id"),
    )

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    student_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    mentor_id: Mapped[int] = mapped_column(ForeignKey("mentor.id"), index=True)
    """Who introduces."""
    to_mentor_id: Mapped[int | None] = mapped_column(ForeignKey("mentor.id"), index=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME), default="")
    """Of somebody outside, who is no person of the institution: the name, and below what they do."""
    does: Mapped[str] = mapped_column(String(LONGEST_DOES), default="")
    purpose: Mapped[str] = mapped_column(String(LONGEST_PURPOSE))
    state: Mapped[IntroductionState] = enum_column(IntroductionState, default=IntroductionState.OPEN)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
