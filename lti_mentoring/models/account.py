"""Signing in without an LMS: accounts, their passkeys, one-time links, sessions, and challenges under way."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentoring.domain.accounts import AccountKind
from lti_mentoring.models.base import JSON, Model, UTCDateTime, WithId, check_enum, enum_column
from lti_mentoring.models.institution import Institution


class ChallengeUse(StrEnum):
    """What a challenge was made for; it is good for nothing else."""

    SIGN_IN = "sign_in"
    CHECK = "check"
    ENROL = "enrol"


class LinkUse(StrEnum):
    """What a one-time link is for: to make a passkey, or to come in by mail."""

    PASSKEY = "passkey"
    SIGN_IN = "sign_in"


class MaybeOfInstitution(WithId):
    """A row of an account: an administrator's belongs to the institution, an operator's to the installation."""

    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)


class Account(MaybeOfInstitution, Model):
    """An operator, an administrator of one institution, or an outside mentor, who signs in without an LMS."""

    __tablename__ = "account"
    __table_args__ = (
        check_enum("kind", AccountKind),
        CheckConstraint("(kind = 'operator') = (institution_id IS NULL)", name="operators_have_none"),
        CheckConstraint("(kind = 'mentor') = (person_id IS NOT NULL)", name="mentors_are_persons"),
        Index("uq_account_person", "person_id", unique=True),
    )

    kind: Mapped[AccountKind] = enum_column(AccountKind)
    name: Mapped[str] = mapped_column(String(120))
    user_handle: Mapped[str] = mapped_column(String(64), unique=True)
    """What passkeys know the account by: chance, nothing of the person (WebAuthn Level 3 §14.6.1)."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Whom an outside mentor's account stands for; others are no persons of any course."""

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
    """A one-time link: to make a passkey with, or to come in by mail; only its hash is kept."""

    __tablename__ = "sign_in_link"
    __table_args__ = (check_enum("use", LinkUse),)

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    use: Mapped[LinkUse] = enum_column(LinkUse, default=LinkUse.PASSKEY)
    browser_hash: Mapped[str | None] = mapped_column(String(64))
    """Which browser asked for the mail: in that one the link needs no second button."""
    back: Mapped[str | None] = mapped_column(Text)
    """The page of ours to go on with."""


class SignInRequest(MaybeOfInstitution, Model):
    """Somebody asked for a link by mail. Whether the address is known is looked up later, not while they wait."""

    __tablename__ = "sign_in_request"
    __table_args__ = (
        Index("ix_sign_in_request_address", "address_hash", "created_at"),
        Index("ix_sign_in_request_source", "source_hash", "created_at"),
    )

    address: Mapped[str | None] = mapped_column(String(254))
    """Until it has been looked up."""
    address_hash: Mapped[str] = mapped_column(String(64))
    """Keyed: requests are counted by it and by the network address, and both are deleted after a day."""
    source_hash: Mapped[str] = mapped_column(String(64))
    browser_hash: Mapped[str] = mapped_column(String(64))
    back: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


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
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id", ondelete="SET NULL"), index=True)
    """Where an outside mentor sits in this browser; the seat opens nothing without the session."""

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
