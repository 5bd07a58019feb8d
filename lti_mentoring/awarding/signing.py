"""Ed25519 keys as DIDs, and Data Integrity proofs of the cryptosuite eddsa-rdfc-2022.

W3C VC Data Integrity 1.0 and Data Integrity EdDSA Cryptosuites 1.0, section 3.2.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import base58
import jwt
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lti_mentoring.awarding.canonical import canonical_form
from lti_mentoring.awarding.failures import UnsignableDocumentError

if TYPE_CHECKING:
    from collections.abc import Mapping

# The multicodec prefix of an Ed25519 public key, as an unsigned varint (multiformats table: 0xed).
ED25519_PREFIX = b"\xed\x01"
SIGNATURE_BYTES = 64

Document = dict[str, Any]


@dataclass(frozen=True)
class SigningKey:
    """A private key together with the DID of the issuer that it speaks for."""

    private: Ed25519PrivateKey
    did: str

    @property
    def verification_method(self) -> str:
        """The DID URL under which the public half is found."""
        return f"{self.did}#{multikey(self.private.public_key())}"


def new_private_pem() -> bytes:
    """Make a new key; returns unencrypted PKCS#8 PEM, for the caller to seal before it is stored."""
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def private_key_from_pem(pem: bytes) -> Ed25519PrivateKey:
    """Read a key that ``new_private_pem`` made; raise ValueError for any other kind."""
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("not an Ed25519 key")  # noqa: TRY004 - the PEM has the wrong content, not the wrong type
    return key


def multikey(public: Ed25519PublicKey) -> str:
    """Write a public key as Multikey text, ``z6Mk...``."""
    return "z" + base58.b58encode(ED25519_PREFIX + public.public_bytes_raw()).decode("ascii")


def public_key_from_multikey(text: str) -> Ed25519PublicKey:
    """Read ``z6Mk...``; raise ValueError for anything else."""
    raw = base58.b58decode(text[1:]) if text.startswith("z") and len(text) < 64 else b""
    if not raw.startswith(ED25519_PREFIX):
        raise ValueError("not an Ed25519 Multikey")
    return Ed25519PublicKey.from_public_bytes(raw.removeprefix(ED25519_PREFIX))


def did_key(public: Ed25519PublicKey) -> str:
    """Name a key by itself: the DID that needs no server (the demo's)."""
    return f"did:key:{multikey(public)}"


def did_web(public_url: str, issuer_id: str) -> str:
    """Name the issuer whose DID document is served at ``{public_url}/issuers/{issuer_id}/did.json``."""
    parts = urlsplit(public_url)
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        raise ValueError("did:web needs an https address without a user name")
    path = [segment for segment in parts.path.split("/") if segment]
    return ":".join(["did:web", *(quote(piece, safe="") for piece in [parts.netloc, *path, "issuers", issuer_id])])


def issuer_did(public_url: str, issuer_id: str, public: Ed25519PublicKey) -> str:
    """Choose the issuer's DID: did:web where https can serve it, did:key elsewhere."""
    return did_web(public_url, issuer_id) if urlsplit(public_url).scheme == "https" else did_key(public)


def sign(document: Mapping[str, Any], key: SigningKey, *, now: datetime) -> Document:
    """Return the document with its proof; raise UnsignableDocumentError when a term would not be signed."""
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    proof: Document = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": instant(now),
        "verificationMethod": key.verification_method,
        "proofPurpose": "assertionMethod",
    }
    signature = key.private.sign(_hash_data(unsigned, proof))
    return {**unsigned, "proof": {**proof, "proofValue": "z" + base58.b58encode(signature).decode("ascii")}}


def signature_holds(document: Mapping[str, Any], public: Ed25519PublicKey) -> bool:
    """Tell whether the document's one proof is this key's, over all of the document as it stands."""
    proof = document.get("proof")
    if not isinstance(proof, dict) or not _is_our_suite(proof):
        return False
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    try:
        signature = _signature_of(proof)
        public.verify(signature, _hash_data(unsigned, {k: v for k, v in proof.items() if k != "proofValue"}))
    except (InvalidSignature, UnsignableDocumentError, ValueError):
        return False
    return True


def sign_jwt(document: Mapping[str, Any], key: SigningKey, *, now: datetime) -> str:
    """Secure the same document as a compact JWT (VC-JOSE-COSE), for readers that know no Data Integrity."""
    issuer = document["issuer"]
    claims = {name: value for name, value in document.items() if name != "proof"} | {
        "iss": issuer["id"] if isinstance(issuer, dict) else issuer,
        "jti": document["id"],
        "nbf": int(now.timestamp()),
    }
    return jwt.encode(claims, key.private, algorithm="EdDSA", headers={"typ": "vc+jwt", "kid": key.verification_method})


def instant(moment: datetime) -> str:
    """Write a moment as XSD dateTime in UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _is_our_suite(proof: Mapping[str, Any]) -> bool:
    return (
        proof.get("type") == "DataIntegrityProof"
        and proof.get("cryptosuite") == "eddsa-rdfc-2022"
        and proof.get("proofPurpose") == "assertionMethod"
    )


def _signature_of(proof: Mapping[str, Any]) -> bytes:
    value = proof.get("proofValue")
    # 64 bytes are at most 88 digits in base 58; a longer text is refused before the quadratic decoding.
    if not isinstance(value, str) or not value.startswith("z") or len(value) > 89:
        raise ValueError("proofValue is not base58btc")
    signature = base58.b58decode(value[1:])
    if len(signature) != SIGNATURE_BYTES:
        raise ValueError("proofValue is not an Ed25519 signature")
    return signature


def _hash_data(unsigned: Document, proof: Document) -> bytes:
    # Section 3.2.4: the proof's options are read in the document's own context, and their hash goes first.
    options = {**proof, "@context": unsigned.get("@context")}
    return _digest(options) + _digest(unsigned)


def _digest(document: Document) -> bytes:
    return hashlib.sha256(canonical_form(document).encode("utf-8")).digest()
