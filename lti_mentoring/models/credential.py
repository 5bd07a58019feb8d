"""Credentials: a mentor's licences and degrees, their documents, and every step of their verification."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentoring.domain.credentials import CredentialKind, CredentialState, CredentialStepKind, Method
from lti_mentoring.models.base import JSON, Model, OfInstitution, UTCDateTime, check_enum, enum_column
from lti_mentoring.models.context import Person
from lti_mentoring.models.milestone import StoredFile
from lti_mentoring.models.sealed import EncryptedText


class Credential(OfInstitution, Model):
    """One licence, degree or other proof of a person; a removed one keeps its steps and loses what it says."""

    __tablename__ = "credential"
    __table_args__ = (
        Index("ix_credential_person", "institution_id", "person_id", "state"),
        Index("ix_credential_until", "state", "verified_until"),
        check_enum("kind", CredentialKind),
        check_enum("state", CredentialState),
    )

    key: Mapped[str] = mapped_column(String(32), unique=True)
    """What its sealed number is bound to."""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[CredentialKind] = enum_column(CredentialKind)
    title: Mapped[str] = mapped_column(String(120))
    register: Mapped[str] = mapped_column(String(20))
    """A key of domain/registers.py."""
    sealed_number: Mapped[str | None] = mapped_column(EncryptedText("key"))
    holder: Mapped[str] = mapped_column(String(200), default="")
    """The name on it, where it is another than here."""
    issued_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    """As its holder says; ``verified_until`` is what somebody checked."""
    state: Mapped[CredentialState] = enum_column(CredentialState, default=CredentialState.DECLARED)
    verified_until: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship()
    steps: Mapped[list[CredentialStep]] = relationship(order_by="CredentialStep.id")
    documents: Mapped[list[CredentialDocument]] = relationship(order_by="CredentialDocument.id")


class CredentialStep(OfInstitution, Model):
    """One thing that happened to a credential: who, when, how, until when."""

    __tablename__ = "credential_step"
    __table_args__ = (check_enum("kind", CredentialStepKind), check_enum("method", Method))

    credential_id: Mapped[int] = mapped_column(ForeignKey("credential.id"), index=True)
    kind: Mapped[CredentialStepKind] = enum_column(CredentialStepKind)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    account_ref: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    """Who signed in without an LMS; neither of the two: the calendar."""
    by_role: Mapped[str] = mapped_column(String(20), default="")
    method: Mapped[Method | None] = enum_column(Method)
    until: Mapped[date | None]
    since: Mapped[int | None]
    """The year since which its holder practises, as whoever verified it has seen."""
    specialties: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    """Which of the holder's subjects were seen with it; keys of domain/vocabularies.py."""
    words: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class CredentialDocument(OfInstitution, Model):
    """A scan of a credential; the bytes in the file store are sealed."""

    __tablename__ = "credential_document"

    credential_id: Mapped[int] = mapped_column(ForeignKey("credential.id"), index=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    """What the sealed bytes are bound to."""
    sealed_with: Mapped[str] = mapped_column(String(16))
    """The name of the key that sealed them."""
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))

    file: Mapped[StoredFile] = relationship()
