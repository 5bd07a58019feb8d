"""The institution: the tenant that owns registrations and everything below them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_mentoring.domain.credentials import Checkers
from lti_mentoring.models.base import Model, OfInstitution, UTCDateTime, WithId, check_enum, enum_column


class Institution(WithId, Model):
    """A university, hospital or school; its own data only, ever."""

    __tablename__ = "institution"
    __table_args__ = (check_enum("credential_checkers", Checkers),)

    name: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True)
    credential_checkers: Mapped[Checkers] = enum_column(
        Checkers, default=Checkers.NOBODY, server_default=Checkers.NOBODY.value
    )
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Administrator(OfInstitution, Model):
    """A person whom the operator or another administrator has confirmed; an LTI role alone makes nobody one."""

    __tablename__ = "administrator"
    __table_args__ = (UniqueConstraint("institution_id", "person_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    confirmed_by: Mapped[str | None]
    """The name of who confirmed: an administrator's, or "operator"."""
