"""Awards: what was issued, how it is verified, what its holder has released, and whether it was withdrawn."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentoring.models.base import JSON, Model, OfInstitution, UTCDateTime
from lti_mentoring.models.context import Person
from lti_mentoring.models.sealed import EncryptedText


class IssuerKey(OfInstitution, Model):
    """The institution's Ed25519 key for signing awards; the private half is sealed."""

    __tablename__ = "issuer_key"

    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    """Names the issuer in addresses: /issuers/<public_id>."""
    did: Mapped[str] = mapped_column(Text, index=True)
    public_key: Mapped[str] = mapped_column(String(64))
    """The public half as Multikey text, so that checking a signature never opens the private one."""
    sealed_private: Mapped[str] = mapped_column(EncryptedText("public_id", place="{table}:{row}"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class StatusList(OfInstitution, Model):
    """One Bitstring Status List of an institution; a set bit means withdrawn."""

    __tablename__ = "status_list"

    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    next_index: Mapped[int] = mapped_column(default=0)
    bits: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Award(OfInstitution, Model):
    """One issued certificate of a student, or badge of a mentor."""

    __tablename__ = "award"
    __table_args__ = (
        UniqueConstraint("status_list_id", "status_index"),
        Index(
            "uq_award_live",
            "track_id",
            "person_id",
            "level",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    """At least 128 random bits, URL-safe."""
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    level: Mapped[str] = mapped_column(String(16), default="", server_default="")
    """The level of a mentor that a badge says (``domain.levels.Level``); blank: it is a student's certificate."""
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What was shown when it was issued (title, sentence, milestones, signers), whatever becomes of the track."""
    salt: Mapped[str] = mapped_column(String(44))
    status_list_id: Mapped[int] = mapped_column(ForeignKey("status_list.id"))
    status_index: Mapped[int]
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    released: Mapped[list[str]] = mapped_column(JSON, default=list)
    """What the holder lets the public page show: any of "name", "course", "milestones"."""
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The signed Open Badges 3.0 document, made anew when the holder changes what is released."""
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revoked_reason: Mapped[str | None] = mapped_column(Text)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
