"""Signed tokens (RFC 7515) in their compact form: read once, and checked with RSA and SHA-256 only.

The algorithm is ours, never the token's: a token only may agree with it. Keys come from the registration, so ``jku``,
``jwk``, ``x5u`` and ``x5c`` in a header are not even looked at.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

ALGORITHM = "RS256"
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")
_PADDING = padding.PKCS1v15()
_SHA256 = hashes.SHA256()
_PARTS = 3


class TokenMalformed(ValueError):
    """This is no signed token in compact form."""


@dataclass(frozen=True, slots=True)
class ReceivedToken:
    """A token taken apart; nothing in it is to be believed before ``is_signed_by`` said yes."""

    header: Mapping[str, Any]
    payload: bytes
    signing_input: bytes
    signature: bytes

    def is_signed_by(self, keys: Iterable[RSAPublicKey]) -> bool:
        """Say whether one of the keys made the signature."""
        for key in keys:
            try:
                key.verify(self.signature, self.signing_input, _PADDING, _SHA256)
            except InvalidSignature:
                continue
            return True
        return False

    def claims(self) -> dict[str, Any]:
        """Read the payload; raise TokenMalformed when it is no JSON object."""
        return _json_object(self.payload)


def take_apart(token: str) -> ReceivedToken:
    """Split a token and read its header; raise TokenMalformed."""
    parts = token.split(".")
    if len(parts) != _PARTS:
        raise TokenMalformed("not three parts")
    header, payload, signature = parts
    return ReceivedToken(
        header=_json_object(from_base64url(header)),
        payload=from_base64url(payload),
        signing_input=f"{header}.{payload}".encode("ascii"),
        signature=from_base64url(signature),
    )


def sign(claims: Mapping[str, Any], key: RSAPrivateKey, kid: str, headers: Mapping[str, str] | None = None) -> str:
    """Make a signed token of ``claims``; further headers never change the algorithm or the key's name."""
    header = {"typ": "JWT", **(headers or {}), "alg": ALGORITHM, "kid": kid}
    signing_input = f"{_encoded(header)}.{_encoded(claims)}"
    return f"{signing_input}.{to_base64url(key.sign(signing_input.encode('ascii'), _PADDING, _SHA256))}"


def to_base64url(raw: bytes) -> str:
    """Encode without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def from_base64url(encoded: str) -> bytes:
    """Decode without padding; raise TokenMalformed for any other character."""
    if not _BASE64URL.fullmatch(encoded) or len(encoded) % 4 == 1:
        raise TokenMalformed("not base64url")
    return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))


def _encoded(part: Mapping[str, Any]) -> str:
    return to_base64url(json.dumps(part, separators=(",", ":")).encode())


def _json_object(raw: bytes) -> dict[str, Any]:
    """Read JSON strictly: UTF-8, no NaN; deep nesting and endless numbers count as malformed, too."""
    try:
        found = json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as broken:
        raise TokenMalformed("not JSON") from broken
    if not isinstance(found, dict):
        raise TokenMalformed("not a JSON object")
    return found


def _refuse_constant(name: str) -> None:
    raise TokenMalformed(f"{name} is not JSON")
