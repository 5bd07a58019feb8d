"""Mentors' public pages: what each shows, and the address under which it is shared."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_mentoring.models.base import JSON, Model, OfInstitution, UTCDateTime


class MentorPage(OfInstitution, Model):
    """One mentor's public page; an address that was given up is kept nowhere."""

    __tablename__ = "mentor_page"
    __table_args__ = (UniqueConstraint("institution_id", "person_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    shows: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Any of domain/mentor_pages.py's parts; at first none."""
    address: Mapped[str | None] = mapped_column(String(32), unique=True)
    """192 random bits, URL-safe; None: the page is off."""
    shared_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
