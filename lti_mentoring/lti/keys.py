"""Our own signing keys: a ring of RSA keys that all are published, one of which signs.

A key is shown to platforms a day before it signs and a week after it did, because they cache our key set; its name is
the RFC 7638 thumbprint, so no name is ever used for two keys.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from lti_mentoring.lti.errors import LTIError
from lti_mentoring.lti.tokens import ALGORITHM, sign, to_base64url

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

KEY_BITS = 2048
PUBLIC_EXPONENT = 65537
SHOWN_BEFORE_USE = timedelta(hours=24)
SHOWN_AFTER_USE = timedelta(days=7)


class KeyState(StrEnum):
    """Where a key is in its life; it is published in all three."""

    NEXT = "next"
    ACTIVE = "active"
    RETIRED = "retired"


class NoActiveKey(LTIError):
    """We hold no key that may sign."""

    code = "no_active_key"
    status = 503


class KeyTooNew(LTIError):
    """The next key has not been shown to platforms for long enough. Facts: ``kid``, ``usable_at``."""

    code = "key_too_new"
    status = 409


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key of ours; ``private_pem`` is PKCS#8, unencrypted, and only ever in memory like this."""

    kid: str
    state: KeyState
    public_jwk: Mapping[str, Any]
    private_pem: str = field(repr=False)
    created_at: datetime
    activated_at: datetime | None = None
    retired_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys that we publish."""

    keys: tuple[SigningKey, ...]

    @property
    def active(self) -> SigningKey:
        """The key that signs now; raise NoActiveKey."""
        for key in self.keys:
            if key.state is KeyState.ACTIVE:
                return key
        raise NoActiveKey

    def public_jwks(self) -> dict[str, Any]:
        """Return the key set to publish (RFC 7517); public halves only."""
        return {"keys": [dict(key.public_jwk) for key in self.keys]}

    def sign(self, claims: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> str:
        """Make a token that platforms can check with our published keys."""
        key = self.active
        return sign(claims, _private_key(key.private_pem), key.kid, headers)


def generate_key(*, now: datetime, state: KeyState = KeyState.NEXT, bits: int = KEY_BITS) -> SigningKey:
    """Make a new key."""
    private = rsa.generate_private_key(public_exponent=PUBLIC_EXPONENT, key_size=bits)
    jwk = public_jwk(private.public_key())
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
    activated_at = now if state is KeyState.ACTIVE else None
    return SigningKey(jwk["kid"], state, jwk, pem, created_at=now, activated_at=activated_at)


def first_keys(*, now: datetime) -> tuple[SigningKey, SigningKey]:
    """Make the keys of a new installation: nobody has cached anything, so one signs at once; the next is shown too."""
    return generate_key(now=now, state=KeyState.ACTIVE), generate_key(now=now)


def rotate(keys: Iterable[SigningKey], *, now: datetime, at_once: bool = False) -> tuple[SigningKey, ...]:
    """Let the next key sign, retire the active one, add a new next, drop what was retired a week ago.

    Raise KeyTooNew when platforms may not have seen the next key yet. ``at_once`` is for an active key that leaked: it
    is not waited for, and the leaked key is published no longer.
    """
    held = tuple(key for key in keys if not is_forgotten(key, now) and not (at_once and key.state is KeyState.ACTIVE))
    coming = min((key for key in held if key.state is KeyState.NEXT), key=lambda key: key.created_at, default=None)
    if coming is None:
        raise KeyTooNew(kid=None, usable_at=now + SHOWN_BEFORE_USE)
    if not at_once and now < coming.created_at + SHOWN_BEFORE_USE:
        raise KeyTooNew(kid=coming.kid, usable_at=coming.created_at + SHOWN_BEFORE_USE)
    return (*(_moved_on(key, coming.kid, now) for key in held), generate_key(now=now))


def tended(keys: Iterable[SigningKey], *, now: datetime, life: timedelta) -> tuple[SigningKey, ...]:
    """Return the keys as they should be now: rotated when the active one is ``life`` old, without forgotten ones."""
    held = tuple(key for key in keys if not is_forgotten(key, now))
    old = any(
        key.activated_at is not None and key.activated_at + life <= now for key in held if key.state is KeyState.ACTIVE
    )
    seen = any(key.created_at + SHOWN_BEFORE_USE <= now for key in held if key.state is KeyState.NEXT)
    return rotate(held, now=now) if old and seen else held


def is_forgotten(key: SigningKey, now: datetime) -> bool:
    """Whether nothing signed with a key can still be on its way, so that it need not be published."""
    return key.retired_at is not None and now >= key.retired_at + SHOWN_AFTER_USE


def _moved_on(key: SigningKey, coming: str, now: datetime) -> SigningKey:
    if key.kid == coming:
        return replace(key, state=KeyState.ACTIVE, activated_at=now)
    if key.state is KeyState.ACTIVE:
        return replace(key, state=KeyState.RETIRED, retired_at=now)
    return key


def public_jwk(key: rsa.RSAPublicKey) -> dict[str, Any]:
    """Return the public half as a JSON Web Key, named by its thumbprint."""
    numbers = key.public_numbers()
    members = {"e": _base64url_number(numbers.e), "kty": "RSA", "n": _base64url_number(numbers.n)}
    return {**members, "kid": thumbprint(members), "alg": ALGORITHM, "use": "sig"}


def thumbprint(members: Mapping[str, str]) -> str:
    """Return the RFC 7638 name of an RSA key, from its ``e``, ``kty`` and ``n``."""
    needed = {name: members[name] for name in ("e", "kty", "n")}
    return to_base64url(hashlib.sha256(json.dumps(needed, sort_keys=True, separators=(",", ":")).encode()).digest())


def _base64url_number(number: int) -> str:
    return to_base64url(number.to_bytes((number.bit_length() + 7) // 8, "big"))


@lru_cache(maxsize=16)
def _private_key(pem: str) -> rsa.RSAPrivateKey:
    """Read a private key; kept, for reading checks it anew each time."""
    return cast("rsa.RSAPrivateKey", load_pem_private_key(pem.encode("ascii"), password=None))
