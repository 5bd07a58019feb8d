"""Meetings of a mentor and a student, and the notes that each keeps to themselves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentoring.domain.meetings import (
    LONGEST,
    LONGEST_AGENDA,
    LONGEST_LINK,
    LONGEST_PLACE,
    SHORTEST,
    MeetingState,
)
from lti_mentoring.models.base import JSON, Model, OfInstitution, UTCDateTime, check_enum, enum_column
from lti_mentoring.models.mentorship import Mentorship
from lti_mentoring.models.sealed import EncryptedText
from lti_mentoring.models.track import Milestone


class Meeting(OfInstitution, Model):
    """One meeting. The two of its mentorship read it; faculty only read how many were held (docs/adr/0028)."""

    __tablename__ = "meeting"
    __table_args__ = (
        check_enum("state", MeetingState),
        CheckConstraint(f"minutes >= {SHORTEST} AND minutes <= {LONGEST}", name="minutes"),
        CheckConstraint("place <> '' OR join_url <> ''", name="somewhere"),
        CheckConstraint("(state IN ('held', 'missed')) = (recorded_at IS NOT NULL)", name="recorded"),
        Index("ix_meeting_mentorship", "mentorship_id", "starts_at"),
    )

    key: Mapped[str] = mapped_column(String(32), unique=True)
    """What calendars know it by."""
    mentorship_id: Mapped[int] = mapped_column(ForeignKey("mentorship.id"))
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    """Who named the time last; the other side is asked."""
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    timezone: Mapped[str] = mapped_column(String(60), default="")
    """By whose clock it was named."""
    minutes: Mapped[int]
    place: Mapped[str] = mapped_column(String(LONGEST_PLACE), default="")
    join_url: Mapped[str] = mapped_column(String(LONGEST_LINK), default="")
    agenda: Mapped[str] = mapped_column(String(LONGEST_AGENDA), default="")
    milestone_id: Mapped[int | None] = mapped_column(ForeignKey("milestone.id"), index=True)
    """The milestone that it proves once it has taken place; None: it is for none."""
    domains: Mapped[list[str]] = mapped_column(JSON)
    """Members of MentoringDomain, in their order, so that equal ones are equal as text."""
    state: Mapped[MeetingState] = enum_column(MeetingState, default=MeetingState.PROPOSED)
    version: Mapped[int] = mapped_column(default=1)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    recorded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When it was first said whether the two met; the time for corrections is counted from then."""
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    mentorship: Mapped[Mentorship] = relationship()
    milestone: Mapped[Milestone | None] = relationship()


class MeetingNote(OfInstitution, Model):
    """What one of the two notes of a meeting for themselves: nobody else reads it, not even whoever gives the grade."""

    __tablename__ = "meeting_note"
    __table_args__ = (UniqueConstraint("meeting_id", "author_id"),)

    key: Mapped[str] = mapped_column(String(32), unique=True)
    """What its sealed text is bound to."""
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    sealed_text: Mapped[str] = mapped_column(EncryptedText("key"))
    version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
