"""What the border to the platforms asks to be kept, in our tables: registrations, logins, platforms' keys, tokens.

Registrations are read at every launch and change once a year, so each process remembers them for some seconds; what
must hold at once everywhere (switched off, not approved) is read again in the launch's own transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from lti_mentoring.db import database_now
from lti_mentoring.lti.access import ASKING, AccessToken, TokenKey
from lti_mentoring.lti.platform_keys import FETCHING
from lti_mentoring.lti.registrations import DeploymentState, LoginTransaction, RegisteredPlatform, StoredKeySet
from lti_mentoring.models import AccessToken as TokenRow
from lti_mentoring.models import Deployment, DeploymentApproval, PlatformKeySet
from lti_mentoring.models import LoginTransaction as LoginRow
from lti_mentoring.prepared import Prepared
from lti_mentoring.queries.registrations import (
    KnownRegistration,
    deployment_row,
    find_registration,
    registration_by_id,
    registrations_of,
)
from lti_mentoring.services.upserting import take_turn, upsert

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Table
    from sqlalchemy.engine import Engine

    from lti_mentoring.sealing import Sealer

REMEMBERED = timedelta(seconds=10)
NO_TOKEN = ""
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_TOKEN_KEY = ("registration_id", "deployment_id", "scopes")
Work = Callable[[], AbstractContextManager[Session]]
"""Opens one short unit of work; for what must be saved whatever becomes of the rest."""

_LOGIN = cast("Table", LoginRow.__table__)
_KEEP = Prepared(
    insert(_LOGIN).inline().values({column.name: bindparam(column.name) for column in _LOGIN.c if column.name != "id"})
)
_TAKE = Prepared(
    delete(_LOGIN)
    .where(_LOGIN.c.state_hash == bindparam("hashed"))
    .returning(*(column for column in _LOGIN.c if column.name not in {"id", "state_hash"}))
)


@dataclass(slots=True)
class RegistrationMemory:
    """What one process remembers of registrations, each with the moment until which it holds."""

    named: dict[tuple[str, str], tuple[datetime, int]] = field(default_factory=dict)
    numbered: dict[int, tuple[datetime, KnownRegistration]] = field(default_factory=dict)
    approved: dict[tuple[int, str], datetime] = field(default_factory=dict)

    def forget(self) -> None:
        """Forget everything, after a change made here."""
        self.named.clear()
        self.numbered.clear()
        self.approved.clear()


class StoredRegistrations:
    """Registrations and deployments from their tables, by way of the process's memory."""

    def __init__(self, session: Session, memory: RegistrationMemory, *, now: datetime) -> None:
        self._session, self._memory, self._now = session, memory, now

    def find(self, issuer: str, client_id: str | None) -> RegisteredPlatform | None:
        """Return the registration; without a client id only if the issuer has exactly one."""
        until, number = self._memory.named.get((issuer, client_id or ""), (self._now, 0))
        if until > self._now and (known := self._recall(number)):
            return known.platform
        return self._keep(find_registration(self._session, issuer, client_id))

    def all_of(self, issuer: str) -> tuple[RegisteredPlatform, ...]:
        """Return every registration of an issuer, switched off ones included."""
        return tuple(known.platform for known in registrations_of(self._session, issuer))

    def by_id(self, registration_id: int) -> RegisteredPlatform | None:
        """Return the registration with this number."""
        known = self._recall(registration_id)
        return known.platform if known else self._keep(registration_by_id(self._session, registration_id))

    def deployment_state(self, registration_id: int, deployment_id: str) -> DeploymentState:
        """Say whether this deployment may launch; only a yes is remembered."""
        key = (registration_id, deployment_id)
        if self._memory.approved.get(key, self._now) > self._now:
            return DeploymentState.APPROVED
        row = deployment_row(self._session, registration_id, deployment_id)
        if row is None:
            return DeploymentState.UNKNOWN
        if row[1] is DeploymentApproval.APPROVED:
            self._memory.approved[key] = self._now + REMEMBERED
        return DeploymentState(row[1].value)

    def frame_origins(self, registration_id: int) -> tuple[str, ...] | None:
        """Return who may frame our pages for a registration that this process remembers."""
        known = self._recall(registration_id)
        return known.frame_origins if known else None

    def _recall(self, registration_id: int) -> KnownRegistration | None:
        until, known = self._memory.numbered.get(registration_id, (self._now, None))
        return known if until > self._now else None

    def _keep(self, known: KnownRegistration | None) -> RegisteredPlatform | None:
        if known is None:
            return None
        platform, until = known.platform, self._now + REMEMBERED
        self._memory.numbered[platform.id] = (until, known)
        self._memory.named[platform.issuer, platform.client_id] = (until, platform.id)
        return platform


class StoredLogins:
    """Logins in flight, one row each, found by the hash of their state."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keep(self, transaction: LoginTransaction) -> None:
        """Store a login that has just begun."""
        _KEEP.run(self._session, _columns(transaction))

    def take(self, state: str) -> LoginTransaction | None:
        """Delete the login and return it; of two that ask at once the database lets one have it."""
        row = _TAKE.row(self._session, {"hashed": _hash(state)})
        return LoginTransaction(state=state, **row._asdict()) if row else None

    def is_in_flight(self, nonce: str) -> bool:
        """Say whether a login that waits was begun with this nonce; asked only of what a platform has signed."""
        return self._session.scalar(select(LoginRow.id).where(LoginRow.nonce == nonce).limit(1)) is not None


class LoneLogins(StoredLogins):
    """Stores a login as a transaction of its own: nothing else is written when one begins.

    ``end_reading`` gives up the connection of what was read before, so that nobody holds two.
    """

    def __init__(self, session: Session, engine: Engine, end_reading: Callable[[], None]) -> None:
        super().__init__(session)
        self._engine, self._end_reading = engine, end_reading

    def keep(self, transaction: LoginTransaction) -> None:
        """Store a login that has just begun, for good."""
        self._end_reading()
        _KEEP.run_alone(self._engine, _columns(transaction))


class StoredPlatformKeys:
    """Platforms' key sets for all processes; each is saved in a unit of its own, for a refusal must not undo it."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def load(self, url: str) -> StoredKeySet | None:
        """Return the key set last stored for this address."""
        with self._work() as session:
            row = session.scalar(select(PlatformKeySet).where(PlatformKeySet.url == url))
            if row is None or row.tried_at == LONG_AGO:
                return None
            keys, fault = tuple(row.document["keys"]), row.document.get("fault", {})
            return StoredKeySet(url, keys, row.fetched_at, row.expires_at, row.tried_at, fault)

    def save(self, key_set: StoredKeySet) -> None:
        """Store a key set."""
        with self._work() as session:
            upsert(
                session,
                PlatformKeySet,
                {
                    "url": key_set.url,
                    "document": {"keys": [dict(key) for key in key_set.keys], "fault": dict(key_set.fault)},
                    "fetched_at": key_set.fetched_at,
                    "expires_at": key_set.fresh_until,
                    "tried_at": key_set.tried_at,
                    "asking_until": None,
                },
                by=("url",),
            )

    def begin(self, url: str) -> bool:
        """Take the turn to fetch, under a lease by the database's clock."""
        with self._work() as session:
            clock = database_now(session)
            first = {"document": {"keys": []}, "tried_at": LONG_AGO}
            return take_turn(session, PlatformKeySet, {"url": url}, clock=clock, lease=FETCHING, **first)


class StoredTokens:
    """Access tokens for all processes, sealed; each in a unit of its own, outside any other."""

    def __init__(self, work: Work, sealer: Sealer) -> None:
        self._work, self._sealer = work, sealer

    def load(self, key: TokenKey) -> AccessToken | None:
        """Return the kept token, ended or not, or None."""
        with self._work() as session:
            row = session.scalar(select(TokenRow).where(*_same(key)))
            if row is None or row.sealed == NO_TOKEN:
                return None
            value = self._sealer.open(row.sealed, _place(key))
            return AccessToken(value, frozenset(row.granted.split()), row.expires_at)

    def save(self, key: TokenKey, token: AccessToken) -> None:
        """Keep the token."""
        with self._work() as session:
            upsert(
                session,
                TokenRow,
                {
                    "registration_id": key.registration_id,
                    "deployment_id": key.deployment_id,
                    "scopes": _scopes(key),
                    "granted": " ".join(sorted(token.scopes)),
                    "sealed": self._sealer.seal(token.value, _place(key)),
                    "expires_at": token.expires_at,
                    "asking_until": None,
                },
                by=_TOKEN_KEY,
                first={"institution_id": _owner(session, key)},
            )

    def drop(self, key: TokenKey, token: AccessToken) -> None:
        """Forget this token; quiet when there is none or when another has come meanwhile."""
        with self._work() as session:
            row = session.scalar(select(TokenRow).where(*_same(key)).with_for_update())
            if row is not None and row.sealed and self._sealer.open(row.sealed, _place(key)) == token.value:
                row.sealed, row.expires_at = NO_TOKEN, LONG_AGO

    def begin(self, key: TokenKey) -> bool:
        """Take the turn to ask for a token, under a lease by the database's clock."""
        with self._work() as session:
            clock = database_now(session)
            return take_turn(
                session,
                TokenRow,
                {"registration_id": key.registration_id, "deployment_id": key.deployment_id, "scopes": _scopes(key)},
                clock=clock,
                lease=ASKING,
                institution_id=_owner(session, key),
                granted="",
                sealed=NO_TOKEN,
                expires_at=LONG_AGO,
            )

    def give_up(self, key: TokenKey) -> None:
        """Give the turn back: no token came."""
        with self._work() as session:
            session.execute(update(TokenRow).where(*_same(key)).values(asking_until=None))


def _same(key: TokenKey) -> tuple[ColumnElement[bool], ...]:
    return (
        TokenRow.registration_id == key.registration_id,
        TokenRow.deployment_id == key.deployment_id,
        TokenRow.scopes == _scopes(key),
    )


def _owner(session: Session, key: TokenKey) -> int:
    """Return whose token it is: the deployment's institution, which may be another than the registration's."""
    owner = select(Deployment.institution_id).where(
        Deployment.registration_id == key.registration_id, Deployment.deployment_id == key.deployment_id
    )
    return session.execute(owner).scalar_one()


def _scopes(key: TokenKey) -> str:
    return " ".join(key.scopes)


def _place(key: TokenKey) -> str:
    return f"access_token:{key.registration_id}:{key.deployment_id}:{_scopes(key)}"


def _columns(transaction: LoginTransaction) -> dict[str, object]:
    return {
        "state_hash": _hash(transaction.state),
        "nonce": transaction.nonce,
        "institution_id": transaction.institution_id,
        "registration_id": transaction.registration_id,
        "target_link_uri": transaction.target_link_uri,
        "lti_deployment_id": transaction.lti_deployment_id,
        "browser_secret_hash": transaction.browser_secret_hash,
        "created_at": transaction.created_at,
        "expires_at": transaction.expires_at,
        "kept_secret_hash": transaction.kept_secret_hash,
        "storage_target": transaction.storage_target,
    }


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
