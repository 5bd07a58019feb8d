"""Registrations of platforms, their deployments, invitations to register, and keys and tokens of both sides."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentoring.models.base import JSON, Model, OfInstitution, UTCDateTime, WithId, check_enum, enum_column
from lti_mentoring.models.institution import Institution
from lti_mentoring.models.sealed import EncryptedText


class RegistrationState(StrEnum):
    """Whether launches are let in."""

    ACTIVE = "active"
    DISABLED = "disabled"


class DeploymentApproval(StrEnum):
    """A deployment that we did not know waits until an administrator says yes."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"


class KeyState(StrEnum):
    """Life of one of our signing keys; all three are published."""

    NEXT = "next"
    ACTIVE = "active"
    RETIRED = "retired"


class Registration(OfInstitution, Model):
    """One platform (issuer + client id) as it was registered with us."""

    __tablename__ = "registration"
    __table_args__ = (UniqueConstraint("issuer", "client_id"), check_enum("state", RegistrationState))

    name: Mapped[str]
    issuer: Mapped[str] = mapped_column(String(500))
    client_id: Mapped[str] = mapped_column(String(255))
    auth_url: Mapped[str]
    token_url: Mapped[str]
    jwks_url: Mapped[str]
    token_audience: Mapped[str | None]
    product_family: Mapped[str] = mapped_column(default="")
    trusted_audiences: Mapped[list[str]] = mapped_column(JSON, default=list)
    granted_scopes: Mapped[list[str]] = mapped_column(JSON, default=list)
    frame_origins: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Origins that may frame our pages, besides those of issuer and auth_url (Canvas vanity domains)."""
    client_uri: Mapped[str | None]
    """Where the platform lets the registration be read and mended later (RFC 7592); None where it told no place."""
    state: Mapped[RegistrationState] = enum_column(RegistrationState, default=RegistrationState.ACTIVE)
    waits_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Typed by an administrator at an issuer that others share, and let in only once the operator has confirmed it."""
    last_error: Mapped[str | None]
    last_error_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    institution: Mapped[Institution] = relationship()
    deployments: Mapped[list[Deployment]] = relationship(back_populates="registration")


class Deployment(OfInstitution, Model):
    """One installation of the tool inside a platform."""

    __tablename__ = "deployment"
    __table_args__ = (
        UniqueConstraint("registration_id", "deployment_id"),
        UniqueConstraint("id", "institution_id"),
        check_enum("state", DeploymentApproval),
    )

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    deployment_id: Mapped[str] = mapped_column(String(255))
    state: Mapped[DeploymentApproval] = enum_column(DeploymentApproval, default=DeploymentApproval.PENDING)
    platform_guid: Mapped[str | None]
    first_seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    registration: Mapped[Registration] = relationship(back_populates="deployments")


class Invitation(OfInstitution, Model):
    """A one-time invitation to register a platform by Dynamic Registration; only the hash of it is kept."""

    __tablename__ = "invitation"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    offered: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What the platform showed of itself, held (sealed registration token included) until the button is pressed."""
    confirm_hash: Mapped[str | None] = mapped_column(String(64))
    """Hash of the secret in the confirming form: the page works in a frame without any cookie."""
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"))


class LoginTransaction(OfInstitution, Model):
    """One login on its way to a launch; taken out exactly once (DELETE … RETURNING)."""

    __tablename__ = "login_transaction"

    state_hash: Mapped[str] = mapped_column(String(64), unique=True)
    nonce: Mapped[str]
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    target_link_uri: Mapped[str] = mapped_column(Text)
    lti_deployment_id: Mapped[str | None]
    browser_secret_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    kept_secret_hash: Mapped[str | None] = mapped_column(String(64))
    """Of what a page of ours keeps in place of a cookie; None: only the cookie binds this login to its browser."""
    storage_target: Mapped[str | None]
    """The platform's frame that keeps it (``lti_storage_target``), where the platform offers one."""


class PlatformKeySet(WithId, Model):
    """A platform's published keys as last fetched (shared by all processes)."""

    __tablename__ = "platform_key_set"

    url: Mapped[str] = mapped_column(Text, unique=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Its ``keys``; beside them the ``fault`` of the last attempt, where that brought none."""
    fetched_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """None while no fetch has succeeded."""
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    tried_at: Mapped[datetime] = mapped_column(UTCDateTime)
    """The last attempt, failed ones too: the cool-down of refetching is counted from it."""
    asking_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """A process is fetching them; the others wait, but not beyond this."""


class AccessToken(OfInstitution, Model):
    """A service token of a platform, sealed."""

    __tablename__ = "access_token"
    __table_args__ = (UniqueConstraint("registration_id", "deployment_id", "scopes"),)

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    deployment_id: Mapped[str] = mapped_column(String(255))
    scopes: Mapped[str] = mapped_column(String(700))
    """Asked scopes, sorted, joined by a blank."""
    granted: Mapped[str]
    sealed: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    asking_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """A process is asking for a new one; the others wait for it, but not beyond this."""


class ToolKey(WithId, Model):
    """One of our RSA keys; the private half is sealed."""

    __tablename__ = "tool_key"
    __table_args__ = (check_enum("state", KeyState),)

    kid: Mapped[str] = mapped_column(String(64), unique=True)
    """RFC 7638 thumbprint."""
    public_jwk: Mapped[dict[str, Any]] = mapped_column(JSON)
    sealed_private: Mapped[str] = mapped_column(EncryptedText("kid", place="{table}:{row}"))
    state: Mapped[KeyState] = enum_column(KeyState)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    activated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
