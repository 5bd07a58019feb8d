"""Our own signing keys in their table, the private halves sealed; each process keeps them read for a minute.

After a rotation elsewhere a process may sign with the former key for that minute: it stays published for a week.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, text

from lti_mentoring.lti import keys as border
from lti_mentoring.lti.keys import KeyRing, SigningKey
from lti_mentoring.models import Institution, KeyState, ToolKey
from lti_mentoring.models.sealed import place_of
from lti_mentoring.services import auditing

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.accounts import Actor
    from lti_mentoring.sealing import Sealer
    from lti_mentoring.services.registrations import Work

REMEMBERED = timedelta(minutes=1)
# Any number that nothing else in this database locks with.
LOCK_NUMBER = 5_117_301


def ensure_keys(session: Session, sealer: Sealer, *, now: datetime) -> KeyRing:
    """Return the keys; at the very first use make two, one to sign with and one to be seen before it signs."""
    ring = read_ring(session, sealer)
    if ring.keys:
        return ring
    _alone(session)
    ring = read_ring(session, sealer)
    if not ring.keys:
        ring = KeyRing(border.first_keys(now=now))
        _store(session, sealer, ring)
    return ring


def rotate(
    session: Session, sealer: Sealer, *, now: datetime, at_once: bool = False, by: Actor | None = None
) -> KeyRing:
    """Let the next key sign and make a new next one; raise KeyTooNew when platforms may not have seen it yet.

    ``at_once`` is for a key that leaked: it is dropped now. Written into every institution's audit trail.
    """
    _alone(session)
    before = ensure_keys(session, sealer, now=now)
    ring = KeyRing(border.rotate(before.keys, now=now, at_once=at_once))
    _store(session, sealer, ring)
    _record_rotation(session, ring, by, now=now, at_once=at_once)
    return ring


def tend(session: Session, sealer: Sealer, *, now: datetime, life: timedelta) -> KeyRing:
    """Rotate when the active key is ``life`` old, and publish no longer what was retired a week ago."""
    _alone(session)
    before = ensure_keys(session, sealer, now=now)
    ring = KeyRing(border.tended(before.keys, now=now, life=life))
    if ring != before:
        _store(session, sealer, ring)
    if ring.active.kid != before.active.kid:
        _record_rotation(session, ring, None, now=now, at_once=False)
    return ring


def _record_rotation(session: Session, ring: KeyRing, by: Actor | None, *, now: datetime, at_once: bool) -> None:
    for institution_id in session.scalars(select(Institution.id)):
        auditing.record(
            session, by, "tool_key.rotated", "tool_key", None, now=now, institution_id=institution_id,
            kid=ring.active.kid, at_once=at_once,
        )  # fmt: skip


def read_ring(session: Session, sealer: Sealer) -> KeyRing:
    """Return the keys as stored, oldest first."""
    rows = session.scalars(select(ToolKey).order_by(ToolKey.id))
    return KeyRing(
        tuple(
            SigningKey(
                kid=row.kid,
                state=border.KeyState(row.state.value),
                public_jwk=row.public_jwk,
                private_pem=sealer.open(row.sealed_private, place_of(row, "sealed_private")),
                created_at=row.created_at,
                activated_at=row.activated_at,
                retired_at=row.retired_at,
            )
            for row in rows
        )
    )


def _store(session: Session, sealer: Sealer, ring: KeyRing) -> None:
    """Make the table say exactly what the ring holds."""
    rows = {row.kid: row for row in session.scalars(select(ToolKey))}
    session.execute(delete(ToolKey).where(ToolKey.kid.not_in([key.kid for key in ring.keys])))
    for key in ring.keys:
        row = rows.get(key.kid)
        if row is None:
            row = ToolKey(kid=key.kid, public_jwk=dict(key.public_jwk), created_at=key.created_at)
            row.sealed_private = sealer.seal(key.private_pem, place_of(row, "sealed_private"))
            session.add(row)
        row.state = KeyState(key.state.value)
        row.activated_at, row.retired_at = key.activated_at, key.retired_at
    session.flush()


def _alone(session: Session) -> None:
    """Let one process at a time change the keys; on SQLite every unit of work is alone already."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": LOCK_NUMBER})


@dataclass(slots=True)
class StoredSigner:
    """Signs with the active key and shows all public halves; one for a process, safe between threads."""

    work: Work
    sealer: Sealer
    clock: Callable[[], datetime]
    _ring: KeyRing | None = None
    _until: datetime | None = None

    def ring(self) -> KeyRing:
        """Return the keys, read again once a minute."""
        now = self.clock()
        if self._ring is None or self._until is None or now >= self._until:
            with self.work() as session:
                self._ring = ensure_keys(session, self.sealer, now=now)
            self._until = now + REMEMBERED
        return self._ring

    def sign(self, claims: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> str:
        """Make a token that platforms can check with our published keys. Call it outside any unit of work."""
        return self.ring().sign(claims, headers)

    def forget(self) -> None:
        """Read the keys anew at the next use."""
        self._ring = None
