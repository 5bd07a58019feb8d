"""Platforms' public keys: fetched seldom, kept as long as the platform allows, refetched once for a key we do not know.

A platform may rotate its keys at any moment, answer nonsense, or be down; none of the three may lock a course out
while the keys that we hold are still good, and none may make us fetch more than once a minute.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import sleep
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

from lti_mentoring.errors import MentoringError
from lti_mentoring.lti.errors import unauthentic
from lti_mentoring.lti.registrations import Fetch, PlatformKeys, StoredKeySet
from lti_mentoring.lti.tokens import ALGORITHM, from_base64url

LEAST_AGE = timedelta(minutes=5)
USUAL_AGE = timedelta(hours=1)
MOST_AGE = timedelta(hours=24)
STALE_IF_ERROR = timedelta(hours=24)
COOL_DOWN = timedelta(seconds=60)
FETCHING = timedelta(seconds=15)
"""How long another process leaves the fetch to the one that began it."""
LOOK_AGAIN = 0.1
MOST_LOOKS = 100
"""Ten seconds, then the launch is refused: a person waits for it."""
LEAST_BITS = 2048
MOST_BITS = 8192
MOST_KEYS = 100
MAX_KID = 255

KeysByKid = Mapping[str, tuple[RSAPublicKey, ...]]


@dataclass(frozen=True, slots=True)
class _Held:
    """A key set with its keys read."""

    stored: StoredKeySet
    by_kid: KeysByKid

    def is_fresh(self, now: datetime) -> bool:
        return self.stored.fresh_until is not None and now < self.stored.fresh_until

    def is_usable(self, now: datetime) -> bool:
        return self.stored.fresh_until is not None and now < self.stored.fresh_until + STALE_IF_ERROR

    def may_try(self, now: datetime) -> bool:
        return now >= self.stored.tried_at + COOL_DOWN


@dataclass(slots=True)
class KeyMemory:
    """What this process remembers of platforms' keys. One for the whole process; safe between threads."""

    _held: dict[str, _Held] = field(default_factory=dict)
    _locks: dict[str, threading.Lock] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def recall(self, url: str) -> _Held | None:
        """Return the key set last used here."""
        return self._held.get(url)

    def remember(self, stored: StoredKeySet) -> _Held:
        """Read the keys of a set and keep them; the same set is not read twice."""
        old = self._held.get(stored.url)
        by_kid = old.by_kid if old is not None and old.stored.keys == stored.keys else read_keys(stored.keys)
        held = self._held[stored.url] = _Held(stored, by_kid)
        return held

    def lock_for(self, url: str) -> threading.Lock:
        """Return the lock under which one thread fetches from ``url`` while the others wait for its result."""
        with self._guard:
            return self._locks.setdefault(url, threading.Lock())


class KeyFinder:
    """Finds the keys that may have signed a message: in memory, in the store, at the platform."""

    def __init__(
        self, stored: PlatformKeys, fetch: Fetch, memory: KeyMemory, pause: Callable[[float], None] = sleep
    ) -> None:
        self._stored = stored
        self._fetch = fetch
        self._memory = memory
        self._pause = pause

    def candidates(self, url: str, kid: str, *, now: datetime) -> tuple[RSAPublicKey, ...]:
        """Return every key that the platform publishes under ``kid``; raise LaunchRefused when there is none.

        More than one is rare, yet allowed: a platform in the middle of a rotation that gives no kid of its own.
        """
        held = self._memory.recall(url)
        if held is not None and held.is_fresh(now) and (found := held.by_kid.get(kid)):
            return found
        lock = self._memory.lock_for(url)
        old = held is not None and held.is_usable(now) and kid in held.by_kid
        if lock.acquire(blocking=not old):
            try:
                held = self._current(url, kid, now)
            finally:
                lock.release()
        if held is None or not held.is_usable(now):
            fault = {"reason": "still_being_fetched", **(held.stored.fault if held is not None else {})}
            raise unauthentic("platform_keys_unavailable", jwks_url=url, **fault)
        found = held.by_kid.get(kid)
        if not found:
            raise unauthentic("kid_unknown", jwks_url=url, **held.stored.fault)
        return found

    def _current(self, url: str, kid: str, now: datetime) -> _Held | None:
        """Return the newest set that can be had; one of all processes fetches, while a key that is old still serves."""
        for _ in range(MOST_LOOKS):
            held = self._newest(url)
            if held is not None and (not held.may_try(now) or (held.is_fresh(now) and kid in held.by_kid)):
                return held
            if self._stored.begin(url):
                return self._refetch(url, held, now)
            if held is not None and held.is_usable(now) and kid in held.by_kid:
                return held
            self._pause(LOOK_AGAIN)
        return held

    def _newest(self, url: str) -> _Held | None:
        held = self._memory.recall(url)
        stored = self._stored.load(url)
        if stored is not None and (held is None or stored.tried_at > held.stored.tried_at):
            return self._memory.remember(stored)
        return held

    def _refetch(self, url: str, held: _Held | None, now: datetime) -> _Held:
        before = held.stored if held is not None else StoredKeySet(url, (), None, None, now)
        try:
            document, max_age = self._fetch.get_json(url)
        except MentoringError as failure:
            fresh = replace(before, tried_at=now, fault=_facts(failure))
        else:
            keys = published_keys(document)
            if read_keys(keys):
                fresh = StoredKeySet(url, keys, now, now + _age(max_age), now)
            else:
                fresh = replace(before, tried_at=now, fault={"reason": why_none(document)})
        self._stored.save(fresh)
        return self._memory.remember(fresh)


def _facts(failure: MentoringError) -> dict[str, Any]:
    """Return what the log says of a fetch that failed: why, and the status with which the platform answered."""
    reason = failure.facts.get("reason") or failure.facts.get("reason_code") or failure.code
    return {"reason": reason, "platform_status": failure.facts.get("platform_status")}


def published_keys(document: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """Return the key objects of a key set (RFC 7517, section 5); nothing for any other document."""
    keys = document.get("keys")
    return tuple(key for key in keys[:MOST_KEYS] if isinstance(key, dict)) if isinstance(keys, list) else ()


def why_none(document: Mapping[str, Any]) -> str:
    """Say of a document without one usable key what it lacks."""
    if "keys" not in document:
        return "keys_missing"
    keys = document["keys"]
    if not isinstance(keys, list):
        return "keys_not_list"
    if not keys:
        return "keys_empty"
    return "keys_unusable" if published_keys(document) else "keys_not_objects"


def read_keys(keys: Iterable[Mapping[str, Any]]) -> KeysByKid:
    """Read the RSA keys that can check a signature; one that is broken takes no other with it."""
    found: dict[str, tuple[RSAPublicKey, ...]] = {}
    for kid, key in _usable(keys):
        if key not in found.get(kid, ()):
            found[kid] = (*found.get(kid, ()), key)
    return found


def _usable(keys: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, RSAPublicKey]]:
    for jwk in keys:
        kid = jwk.get("kid")
        if not isinstance(kid, str) or not 0 < len(kid) <= MAX_KID or not _may_verify(jwk):
            continue
        key = _public_key(jwk)
        if key is not None:
            yield kid, key


def _may_verify(jwk: Mapping[str, Any]) -> bool:
    """Say whether a key is meant for our signatures; ``alg``, ``use`` and ``key_ops`` may all be left out."""
    operations = jwk.get("key_ops", ["verify"])
    return (
        jwk.get("kty") == "RSA"
        and jwk.get("use", "sig") == "sig"
        and jwk.get("alg", ALGORITHM) == ALGORITHM
        and isinstance(operations, list)
        and "verify" in operations
    )


def _public_key(jwk: Mapping[str, Any]) -> RSAPublicKey | None:
    modulus, exponent = _number(jwk.get("n")), _number(jwk.get("e"))
    if not LEAST_BITS <= modulus.bit_length() <= MOST_BITS or exponent.bit_length() > 64:
        return None
    try:
        return RSAPublicNumbers(exponent, modulus).public_key()
    except ValueError:
        return None


def _number(value: object) -> int:
    """Read a number of a key (RFC 7518, section 2); 0 for anything else."""
    if not isinstance(value, str) or len(value) > MOST_BITS:
        return 0
    try:
        return int.from_bytes(from_base64url(value.rstrip("=")), "big")
    except ValueError:
        return 0


def _age(max_age: int | None) -> timedelta:
    if max_age is None:
        return USUAL_AGE
    return min(max(timedelta(seconds=min(max_age, 10**6)), LEAST_AGE), MOST_AGE)
