"""Signed links: one that this installation never made is refused before anything is looked up.

The signature is HMAC-SHA256 by a key derived from the installation's secret. It says that the link is ours; whether it
may still be used, the database says.
"""

from __future__ import annotations

import hashlib
import secrets

from itsdangerous import BadSignature, Signer

SECRET_BYTES = 32


class LinkSigner:
    """Makes the secrets of links of one purpose, and knows its own."""

    def __init__(self, secret: str, purpose: str) -> None:
        self._signer = Signer(secret, salt=purpose, key_derivation="hmac", digest_method=hashlib.sha256)

    def make(self) -> str:
        """Return a new secret: 256 bits of chance, a dot, and the signature of these."""
        return self._signer.sign(secrets.token_urlsafe(SECRET_BYTES)).decode()

    def made(self, link_secret: str) -> bool:
        """Tell whether a secret carries our signature."""
        try:
            self._signer.unsign(link_secret.encode())
        except BadSignature:
            return False
        return True
