"""What this border needs to know of the rest: plain values in and out, stated as Protocols for the services to keep."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class DeploymentState(StrEnum):
    """How far a deployment of a registration has come."""

    APPROVED = "approved"
    PENDING = "pending"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RegisteredPlatform:
    """One registration: a platform (issuer) that knows us by a client id, and its addresses.

    ``trusted_audiences`` are further audiences that an id_token may name beside our client id. ``waits``: the operator
    has yet to confirm it; nobody is let in before.
    """

    id: int
    institution_id: int
    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    jwks_url: str
    token_audience: str | None = None
    product_family: str = ""
    active: bool = True
    waits: bool = False
    trusted_audiences: frozenset[str] = frozenset()

    @property
    def closed(self) -> str | None:
        """Why nobody is let in; None where people are."""
        if not self.active:
            return "registration_disabled"
        return "registration_waiting" if self.waits else None


@dataclass(frozen=True, slots=True)
class LoginTransaction:
    """A login that we began and that one launch may end. Secrets are SHA-256 in hex.

    Its cookie binds it to its browser. Where our page began it (``kept_secret_hash``), a secret that the page keeps
    without a cookie binds it as well: in the platform's storage, in its frame ``storage_target``, or in our own.
    """

    state: str
    nonce: str
    institution_id: int
    registration_id: int
    target_link_uri: str
    lti_deployment_id: str | None
    browser_secret_hash: str
    created_at: datetime
    expires_at: datetime
    kept_secret_hash: str | None = None
    storage_target: str | None = None


@dataclass(frozen=True, slots=True)
class StoredKeySet:
    """A platform's published keys as last fetched; ``keys`` are its JWKs, unread.

    ``fetched_at`` is None while no fetch has succeeded; ``tried_at`` is the last attempt, good or bad. ``fault`` is
    what the log says of a last attempt that brought nothing: its ``reason`` and, of a call, the ``platform_status``.
    """

    url: str
    keys: tuple[Mapping[str, Any], ...]
    fetched_at: datetime | None
    fresh_until: datetime | None
    tried_at: datetime
    fault: Mapping[str, Any] = field(default_factory=dict)


class Registrations(Protocol):
    """Look-up of registrations and of their deployments."""

    def find(self, issuer: str, client_id: str | None) -> RegisteredPlatform | None:
        """Return the registration; without a client id only if the issuer has exactly one."""

    def all_of(self, issuer: str) -> tuple[RegisteredPlatform, ...]:
        """Return every registration of an issuer, switched off ones included."""

    def by_id(self, registration_id: int) -> RegisteredPlatform | None:
        """Return the registration with this id."""

    def deployment_state(self, registration_id: int, deployment_id: str) -> DeploymentState:
        """Say whether this deployment of the registration may launch."""


class LoginTransactions(Protocol):
    """Keeps logins between the redirect and the launch, in one place for all web processes."""

    def keep(self, transaction: LoginTransaction) -> None:
        """Store a login that has just begun."""

    def take(self, state: str) -> LoginTransaction | None:
        """Remove the login for good and return it; the second call for one state returns None, also of two at once.

        It must be gone whatever becomes of the launch, and no transaction may be open when this returns.
        """

    def is_in_flight(self, nonce: str) -> bool:
        """Say whether a login that waits for its launch was begun with this nonce."""


class PlatformKeys(Protocol):
    """Keeps platforms' key sets for all web processes."""

    def load(self, url: str) -> StoredKeySet | None:
        """Return the key set last stored for this address."""

    def save(self, key_set: StoredKeySet) -> None:
        """Store a key set so that it outlives this request, also one that ends in a refusal; whoever waits may look."""

    def begin(self, url: str) -> bool:
        """Say whether the caller shall fetch now: one of all processes at a time."""


class Fetch(Protocol):
    """Fetches JSON from a platform: time limits, size cap, no redirects, no private addresses."""

    def get_json(self, url: str) -> tuple[dict[str, Any], int | None]:
        """Return the JSON object and its ``max-age`` in seconds (None: not said); raise MentoringError otherwise."""
