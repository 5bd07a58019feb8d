"""Tracks: what faculty configure for a course."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentoring.domain.grades import ColumnMode, GradeRule
from lti_mentoring.domain.levels import USUAL_MONTHS
from lti_mentoring.domain.mentor_roles import MentorRole, names_of, roles_of
from lti_mentoring.domain.milestones import Proof, Signer
from lti_mentoring.models.base import JSON, Model, OfInstitution, UTCDateTime, check_enum, enum_column, new_key
from lti_mentoring.models.context import Context
from lti_mentoring.models.test import Test


class TrackState(StrEnum):
    """A draft is seen by faculty only; a published track runs."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"


class Track(OfInstitution, Model):
    """A mentorship programme in one course."""

    __tablename__ = "track"
    __table_args__ = (
        Index("ix_track_context_key", "context_ref", "key", unique=True),
        Index("ix_track_key", "key"),
        check_enum("state", TrackState),
        check_enum("column_mode", ColumnMode),
        check_enum("grade_rule", GradeRule),
        CheckConstraint("points > 0", name="points"),
    )

    context_ref: Mapped[int] = mapped_column(ForeignKey("context.id"), index=True)
    key: Mapped[str] = mapped_column(String(32), default=new_key)
    """Names the track in links and gradebook columns; a copy in another course keeps it, for they were copied too."""
    template: Mapped[str] = mapped_column(String(40), default="")
    title: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(Text, default="")
    """One sentence for students: what they will be able to do at the end."""
    state: Mapped[TrackState] = enum_column(TrackState, default=TrackState.DRAFT)
    starts_on: Mapped[date]
    column_mode: Mapped[ColumnMode] = enum_column(ColumnMode, default=ColumnMode.ONE)
    grade_rule: Mapped[GradeRule] = enum_column(GradeRule, default=GradeRule.WEIGHTED)
    points: Mapped[int] = mapped_column(default=100)
    """Maximum of the track's one gradebook column, and the sum that weights are shares of."""
    certificate_title: Mapped[str] = mapped_column(String(200), default="")
    certificate_sentence: Mapped[str] = mapped_column(Text, default="")
    mentor_test: Mapped[str | None] = mapped_column(String(32))
    """Key of the test that mentors must have passed before they are given students; a copy keeps it."""
    student_test: Mapped[str | None] = mapped_column(String(32))
    """Key of the test that students must have passed before they are given a mentor; a copy keeps it."""
    applications_open: Mapped[bool] = mapped_column(default=False)
    """Whether people of the course may apply as mentors."""
    faculty_verify: Mapped[bool] = mapped_column(default=False)
    """Whether faculty check credentials of its mentors, where the institution leaves that to its tracks."""
    credential_needed: Mapped[bool] = mapped_column(default=False)
    """Whether only a mentor with a verified credential gets new students."""
    practising_months: Mapped[int] = mapped_column(default=USUAL_MONTHS)
    """How long a trained mentor has guided somebody who is called practising here."""
    mentor_roles: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")
    """The roles of its mentors, in order, as ``domain.mentor_roles`` reads them; none: one, without a name."""
    version: Mapped[int] = mapped_column(default=1)
    """Raised by each edit; a form that was opened on an older one is a conflict."""
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    context: Mapped[Context] = relationship()
    stages: Mapped[list[Stage]] = relationship(back_populates="track", order_by="Stage.position")
    milestones: Mapped[list[Milestone]] = relationship(back_populates="track", order_by="Milestone.position")

    @property
    def roles(self) -> tuple[MentorRole, ...]:
        """The roles that its mentors serve in now; one, without a name, where faculty told none apart."""
        return roles_of(self.mentor_roles or ())

    @property
    def role_names(self) -> dict[str, str]:
        """What each role is called beside a person; nothing where the track only ever had one."""
        return names_of(self.mentor_roles or ())

    @property
    def open_milestones(self) -> list[Milestone]:
        """The milestones that still count, in order."""
        return [milestone for milestone in self.milestones if milestone.retired_at is None]


class TrackCopy(OfInstitution, Model):
    """What became of the offer to copy a track's setup into a course: taken (once), or declined."""

    __tablename__ = "track_copy"
    __table_args__ = (UniqueConstraint("context_ref", "source_id"),)

    context_ref: Mapped[int] = mapped_column(ForeignKey("context.id"))
    source_id: Mapped[int] = mapped_column(ForeignKey("track.id"), index=True)
    track_id: Mapped[int | None] = mapped_column(ForeignKey("track.id"))
    """The copy; None: it was declined."""
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Stage(OfInstitution, Model):
    """A named stretch of a track."""

    __tablename__ = "stage"

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"), index=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))

    track: Mapped[Track] = relationship(back_populates="stages")


class Instrument(OfInstitution, Model):
    """A form, versioned: a filled assessment keeps the version that it was filled on."""

    __tablename__ = "instrument"
    __table_args__ = (Index("ix_instrument_key_version", "institution_id", "key", "version", unique=True),)

    key: Mapped[str] = mapped_column(String(60))
    version: Mapped[int] = mapped_column(default=1)
    title: Mapped[str] = mapped_column(String(200))
    definition: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Items, scales and credits, as ``domain.assessments.read_definition`` reads them."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Milestone(OfInstitution, Model):
    """One step of a track. A milestone that somebody has begun is retired, never deleted."""

    __tablename__ = "milestone"
    __table_args__ = (
        Index("ix_milestone_track_position", "track_id", "position"),
        Index("ix_milestone_track_key", "track_id", "key", unique=True),
        check_enum("proof", Proof),
        check_enum("signer", Signer),
        CheckConstraint("weight >= 0", name="weight"),
    )

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    key: Mapped[str] = mapped_column(String(32), default=new_key)
    """As a track's key."""
    stage_id: Mapped[int | None] = mapped_column(ForeignKey("stage.id"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    asked: Mapped[str] = mapped_column(Text, default="")
    """What the student is asked for, in faculty's words."""
    proof: Mapped[Proof] = enum_column(Proof, default=Proof.EVIDENCE)
    signer: Mapped[Signer] = enum_column(Signer, default=Signer.MENTOR)
    signer_role: Mapped[str | None] = mapped_column(String(40))
    """Of which role the mentor is who signs; None: any of the student's mentors."""
    due_after_days: Mapped[int | None]
    """Days from the start of the student's mentorship; None: no date."""
    weight: Mapped[int] = mapped_column(default=0)
    instrument_id: Mapped[int | None] = mapped_column(ForeignKey("instrument.id"))
    test_id: Mapped[int | None] = mapped_column(ForeignKey("test.id"), index=True)
    """The test that proves it."""
    activity_url: Mapped[str] = mapped_column(Text, default="", server_default="")
    """Where the activity of the course is that proves it; "": students find it there by its name."""
    needed_for_certificate: Mapped[bool] = mapped_column(default=True)
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    track: Mapped[Track] = relationship(back_populates="milestones")
    stage: Mapped[Stage | None] = relationship()
    instrument: Mapped[Instrument | None] = relationship()
    test: Mapped[Test | None] = relationship()
