"""The LMS's signing keys: the newest signs, the ones before it stay published so that a rotation breaks nothing."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

if TYPE_CHECKING:
    from lti_mentoring.demo.store import Store

KEY_BITS = 2048


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key pair, both halves as PEM."""

    private_pem: str
    public_pem: str


def new_key() -> SigningKey:
    """Make a key pair."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return SigningKey(private.decode(), public.decode())


@lru_cache(maxsize=4)
def loaded(private_pem: str) -> rsa.RSAPrivateKey:
    """Return a key ready to sign; reading and checking its PEM takes ten times as long as a signature."""
    key = serialization.load_pem_private_key(private_pem.encode(), None)
    return cast("rsa.RSAPrivateKey", key)


def signing_keys(store: Store) -> list[SigningKey]:
    """Return all keys, the one that signs first; make one where there is none yet."""
    found = _keys(store)
    if not found:
        with store.writing() as connection:
            # Two processes may start together: only the first one's key is kept.
            connection.execute(
                "INSERT OR IGNORE INTO signing_key VALUES (1, ?, ?, ?)", (*_columns(new_key()), time.time())
            )
        found = _keys(store)
    return found


def rotate(store: Store) -> None:
    """Sign with a new key from now on; the old ones stay published."""
    signing_keys(store)
    store.run(
        "INSERT INTO signing_key (private_pem, public_pem, made_at) VALUES (?, ?, ?)", *_columns(new_key()), time.time()
    )


def made_at(store: Store) -> list[float]:
    """Return when each key was made, in seconds since 1970, the one that signs first."""
    return [row["made_at"] for row in store.rows("SELECT made_at FROM signing_key ORDER BY number DESC")]


def _keys(store: Store) -> list[SigningKey]:
    found = store.rows("SELECT private_pem, public_pem FROM signing_key ORDER BY number DESC")
    return [SigningKey(row["private_pem"], row["public_pem"]) for row in found]


def _columns(key: SigningKey) -> tuple[str, str]:
    return key.private_pem, key.public_pem
