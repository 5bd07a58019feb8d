"""Assessments: one filled instrument each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentoring.domain.assessments import AssessmentState
from lti_mentoring.models.base import JSON, Model, OfInstitution, UTCDateTime, check_enum, enum_column
from lti_mentoring.models.context import Person
from lti_mentoring.models.track import Instrument, Milestone


class Assessment(OfInstitution, Model):
    """A mentor's judgement of one occasion, on one version of an instrument."""

    __tablename__ = "assessment"
    __table_args__ = (
        check_enum("state", AssessmentState),
        Index("ix_assessment_student", "track_id", "student_id"),
        Index("ix_assessment_milestone_student", "milestone_id", "student_id"),
    )

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestone.id"))
    student_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorship.id"))
    assessor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instrument.id"))
    state: Mapped[AssessmentState] = enum_column(AssessmentState, default=AssessmentState.DRAFT)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Item key → text or level; an item not observed is absent, never zero."""
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)

    instrument: Mapped[Instrument] = relationship()
    milestone: Mapped[Milestone] = relationship()
    student: Mapped[Person] = relationship(foreign_keys=[student_id])
    assessor: Mapped[Person] = relationship(foreign_keys=[assessor_id])
