"""Sealing: small secrets (private keys, access tokens) are encrypted before they reach a table.

AES-256-GCM; the place (table, column, row) is bound in as associated data, so that a sealed value cannot be moved.
"""

from __future__ import annotations

import base64
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = "s1:"
NONCE_BYTES = 12


class SealBroken(Exception):
    """A sealed value was altered, moved, or sealed with another secret."""


class Sealer:
    """Seals and opens texts with a key derived from the installation's secret."""

    def __init__(self, secret: str) -> None:
        derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"lti_mentoring sealing").derive(secret.encode())
        self._cipher = AESGCM(derived)

    def seal(self, text: str, place: str) -> str:
        """Encrypt ``text`` for ``place``."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return VERSION + base64.b64encode(nonce + self._cipher.encrypt(nonce, text.encode(), place.encode())).decode()

    def open(self, sealed: str, place: str) -> str:
        """Return what was sealed for ``place``; raise SealBroken otherwise."""
        try:
            raw = base64.b64decode(sealed.removeprefix(VERSION), validate=True)
            return self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()).decode()
        except (InvalidTag, ValueError) as broken:
            raise SealBroken(place) from broken
