"""How a platform is being called at present, by all workers together (``domain.lanes``)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lti_mentoring.domain.lanes import BURST
from lti_mentoring.models.base import Model, OfInstitution, UTCDateTime


class PlatformLane(OfInstitution, Model):
    """One client id at one platform; its row is locked while a slot is given or given back, and never longer."""

    __tablename__ = "platform_lane"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), unique=True)
    failures: Mapped[int] = mapped_column(default=0)
    """In a row; a good answer sets it to 0."""
    rests: Mapped[int] = mapped_column(default=0)
    rests_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Until then nobody calls; afterwards one call looks. None while the platform is thought well."""
    pauses: Mapped[int] = mapped_column(default=0)
    paused_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """The platform asked us to wait (Retry-After, Canvas's throttling)."""
    good_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    scores_in_a_row: Mapped[int] = mapped_column(default=BURST)
    """Scores begun since the last course list; the first list, for which somebody waits, goes before."""


class LaneSlot(OfInstitution, Model):
    """One piece of work that calls the platform now; it holds the row until it is done, or until its lease ends."""

    __tablename__ = "lane_slot"

    lane_id: Mapped[int] = mapped_column(ForeignKey("platform_lane.id", ondelete="CASCADE"), index=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    lease_until: Mapped[datetime] = mapped_column(UTCDateTime)
