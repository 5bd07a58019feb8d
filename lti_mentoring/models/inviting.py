"""Invitations to mentors from outside the course."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentoring.models.base import Model, OfInstitution, UTCDateTime
from lti_mentoring.models.context import Person
from lti_mentoring.models.mentorship import Mentor
from lti_mentoring.models.track import Track


class MentorInvitation(OfInstitution, Model):
    """Faculty ask somebody without an LMS account to mentor in a track; only the hash of the link's secret is kept."""

    __tablename__ = "mentor_invitation"
    __table_args__ = (Index("ix_mentor_invitation_track", "track_id", "sent_at"),)

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(254))
    note: Mapped[str] = mapped_column(default="")
    """A line of the inviter's own."""
    places: Mapped[int]
    field: Mapped[str] = mapped_column(default="")
    locale: Mapped[str | None] = mapped_column(String(35))
    """The inviter's language, until the invited person says their own."""
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    mailed: Mapped[bool]
    """Whether the secret went to the address alone; a link that faculty handed over proves no address."""
    times: Mapped[int] = mapped_column(default=1)
    """How often a link was made; only the newest is good."""
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    declined_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decline_reason: Mapped[str] = mapped_column(default="")
    taken_back_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    mentor_id: Mapped[int | None] = mapped_column(ForeignKey("mentor.id"))

    track: Mapped[Track] = relationship()
    invited_by: Mapped[Person] = relationship()
    mentor: Mapped[Mentor | None] = relationship()
