"""A student's way through the milestones: progress, evidence, files, and each step with its words."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentoring.domain.milestones import EvidenceKind, ProgressState, StepKind
from lti_mentoring.models.base import Model, OfInstitution, UTCDateTime, check_enum, enum_column
from lti_mentoring.models.context import Person
from lti_mentoring.models.track import Milestone


class MilestoneProgress(OfInstitution, Model):
    """Where one student stands with one milestone; made when something first happens (no row: not begun)."""

    __tablename__ = "milestone_progress"
    __table_args__ = (
        UniqueConstraint("milestone_id", "student_id"),
        Index("ix_milestone_progress_track_student", "track_id", "student_id"),
        check_enum("state", ProgressState),
    )

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestone.id"))
    student_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    mentorship_id: Mapped[int | None] = mapped_column(ForeignKey("mentorship.id"))
    """The mentorship in which it was last moved; evidence stays with the student when the mentor changes."""
    state: Mapped[ProgressState] = enum_column(ProgressState, default=ProgressState.OPEN)
    due_on: Mapped[date | None]
    """A date of this student's own (an extension); None: counted from the track."""
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    draft: Mapped[str] = mapped_column(Text, default="")
    """What the student has typed and not sent; nobody else reads it."""
    version: Mapped[int] = mapped_column(default=1)

    milestone: Mapped[Milestone] = relationship()
    student: Mapped[Person] = relationship(foreign_keys=[student_id])
    evidence: Mapped[list[Evidence]] = relationship(back_populates="progress", order_by="Evidence.number")
    steps: Mapped[list[MilestoneStep]] = relationship(back_populates="progress", order_by="MilestoneStep.id")


class StoredFile(OfInstitution, Model):
    """A file that somebody sent: its bytes lie in the file store under ``storage_key``."""

    __tablename__ = "stored_file"

    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(120))
    """Told by the content, not by the name."""
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    storage_key: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Evidence(OfInstitution, Model):
    """What a student sent for a milestone, one row for each sending; a withdrawn one loses its content at once."""

    __tablename__ = "evidence"
    __table_args__ = (UniqueConstraint("progress_id", "number"), check_enum("kind", EvidenceKind))

    progress_id: Mapped[int] = mapped_column(ForeignKey("milestone_progress.id"))
    number: Mapped[int]
    kind: Mapped[EvidenceKind] = enum_column(EvidenceKind)
    text: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str] = mapped_column(Text, default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    progress: Mapped[MilestoneProgress] = relationship(back_populates="evidence")
    file: Mapped[StoredFile | None] = relationship()


class MilestoneStep(OfInstitution, Model):
    """One thing that happened on the way: sent, returned with a reason, accepted, extended, appealed."""

    __tablename__ = "milestone_step"
    __table_args__ = (check_enum("kind", StepKind),)

    progress_id: Mapped[int] = mapped_column(ForeignKey("milestone_progress.id"), index=True)
    kind: Mapped[StepKind] = enum_column(StepKind)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    words: Mapped[str] = mapped_column(Text, default="")
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    progress: Mapped[MilestoneProgress] = relationship(back_populates="steps")
    by: Mapped[Person] = relationship()
