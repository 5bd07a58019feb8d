"""What every table shares: keys, aware times, enumerations as checked text, and the institution on each row."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, DateTime, Dialect, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from lti_mentoring.db import Base, db

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model

__all__ = ["JSON", "Model", "OfInstitution", "UTCDateTime", "WithId", "check_enum", "enum_column", "new_key"]


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment; SQLite has no zones, so it is kept in UTC and given its zone back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment back in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class EnumText(TypeDecorator[StrEnum]):
    """A StrEnum kept as its text; reading gives the enumeration's member back."""

    impl = String(32)
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:
        """Store the text; an unknown one is a bug and raises ValueError."""
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: Any, dialect: Dialect) -> StrEnum | None:
        """Read the member."""
        return None if value is None else self.kind(value)


def enum_column(kind: type[StrEnum], **options: Any) -> Mapped[Any]:
    """Return a column for ``kind``; pair it with ``check_enum`` so that the database refuses other texts too."""
    return mapped_column(EnumText(kind), **options)


def check_enum(column: str, kind: type[StrEnum]) -> CheckConstraint:
    """Return the constraint that keeps ``column`` to the members of ``kind``."""
    members = ", ".join(f"'{member.value}'" for member in kind)
    return CheckConstraint(f"{column} IN ({members})", name=column)


def new_key() -> str:
    """Return a name that no other row has, and that a copy in another course may keep."""
    return secrets.token_urlsafe(12)


class WithId:
    """An own number as the key."""

    id: Mapped[int] = mapped_column(primary_key=True)


class OfInstitution(WithId):
    """A row that belongs to one institution; every query names it."""

    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
