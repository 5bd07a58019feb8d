"""Signing in without an LMS: accounts, their passkeys, one-time links, sessions, and challenges under way."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentoring.domain.accounts import AccountKind
from lti_mentoring.models.base import JSON, Model, UTCDateTime, WithId, check_enum, enum_column
from lti_mentoring.models.institution import Institution


class ChallengeUse(StrEnum):
    """What a challenge was made for; it is good for nothing else."""

    SIGN_IN = "sign_in"
    CHECK = "check"
    ENROL = "enrol"


class MaybeOfInstitution(WithId):
    """A row of an account: an administrator's belongs to the institution, an operator's to the installation."""

    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)


class Account(MaybeOfInstitution, Model):
    """An operator, or an administrator of one institution, who signs in by passkey."""

    __tablename__ = "account"
    __table_args__ = (
        check_enum("kind", AccountKind),
        CheckConstraint("(kind = 'operator') = (institution_id IS NULL)", name="operators_have_none"),
    )

    kind: Mapped[AccountKind] = enum_column(AccountKind)
    name: Mapped[str] = mapped_column(String(120))
    user_handle: Mapped[str] = mapped_column(String(64), unique=True)
    """What passkeys know the account by: chance, nothing of the person (WebAuthn Level 3 §14.6.1)."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    institution: Mapped[Institution | None] = relationship()


class Passkey(MaybeOfInstitution, Model):
    """One passkey of an account; the private half never leaves its holder's device."""

    __tablename__ = "passkey"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    """Base64url, at most 1,023 bytes."""
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    """COSE."""
    sign_count: Mapped[int] = mapped_column(BigInteger)
    transports: Mapped[list[Any]] = mapped_column(JSON, default=list)
    name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class SignInLink(MaybeOfInstitution, Model):
    """A one-time link to make a passkey with: the first one, or one after all were lost; only its hash is kept."""

    __tablename__ = "sign_in_link"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class SignInSession(MaybeOfInstitution, Model):
    """An account signed in in one browser; found by the hash of the browser's secret."""

    __tablename__ = "sign_in_session"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    passkey_id: Mapped[int | None] = mapped_column(ForeignKey("passkey.id", ondelete="SET NULL"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    checked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    account: Mapped[Account] = relationship()


class PasskeyChallenge(MaybeOfInstitution, Model):
    """A challenge for one browser; used once. Before anybody has signed in it belongs to nobody."""

    __tablename__ = "passkey_challenge"
    __table_args__ = (
        Index("ix_passkey_challenge_source", "source_hash", "created_at"),
        check_enum("use", ChallengeUse),
    )

    challenge_hash: Mapped[str] = mapped_column(String(64), unique=True)
    browser_hash: Mapped[str] = mapped_column(String(64))
    source_hash: Mapped[str] = mapped_column(String(64))
    """Keyed hash of the network address: attempts are counted by it, and it is deleted after a day."""
    use: Mapped[ChallengeUse] = enum_column(ChallengeUse)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
