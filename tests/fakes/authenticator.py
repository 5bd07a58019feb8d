"""A device that holds passkeys, in software: what a browser would send, honest or with one thing wrong.

Written from WebAuthn Level 3 (§5.8.1 client data, §6.1 authenticator data, §6.5.4 "none" attestation, RFC 9053 keys).
"""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, CHECKED, HAS_KEY = 0x01, 0x04, 0x40


def encoded(data):
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text):
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Passkey:
    def __init__(self, host, user):
        self.host, self.user = host, user
        self.id, self.key, self.count = secrets.token_bytes(32), ec.generate_private_key(ec.SECP256R1()), 0

    @property
    def cose(self):
        numbers = self.key.public_key().public_numbers()
        point = {-2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        return cbor2.dumps({1: 2, 3: -7, -1: 1, **point})


class Authenticator:
    """``create`` and ``get`` take what the server asked and return the credential's JSON text.

    ``origin``: the page that asks; ``checks``: whether it checks its holder; ``counts``: whether it counts its uses.
    """

    def __init__(self, origin="https://localhost", *, checks=True, counts=True):
        self.origin, self.checks, self.counts = origin, checks, counts
        self.passkeys = []

    def create(self, asked, *, origin=None, host=None, fmt="none", statement=None):
        passkey = Passkey(asked["rp"]["id"], decoded(asked["user"]["id"]))
        self.passkeys.append(passkey)
        cose = passkey.cose
        described = bytes(16) + len(passkey.id).to_bytes(2, "big") + passkey.id + cose
        data = self._data(host or passkey.host, HAS_KEY, 0) + described
        attestation = cbor2.dumps({"fmt": fmt, "attStmt": statement or {}, "authData": data})
        said = self._said("webauthn.create", asked, origin)
        return self._answer(passkey, {
            "clientDataJSON": encoded(said), "attestationObject": encoded(attestation), "transports": ["internal"],
        })  # fmt: skip

    def get(self, asked, *, origin=None, host=None, count=None, passkey=None, user=None, type_=None):
        passkey = passkey or self.passkeys[-1]
        passkey.count = passkey.count + 1 if count is None else count
        data = self._data(host or asked["rpId"], 0, passkey.count if self.counts else 0)
        said = self._said(type_ or "webauthn.get", asked, origin)
        signature = passkey.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        return self._answer(passkey, {
            "clientDataJSON": encoded(said), "authenticatorData": encoded(data), "signature": encoded(signature),
            "userHandle": encoded(user or passkey.user),
        })  # fmt: skip

    def _data(self, host, more, count):
        flags = PRESENT | (CHECKED if self.checks else 0) | more
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + count.to_bytes(4, "big")

    def _said(self, type_, asked, origin):
        said = {"type": type_, "challenge": asked["challenge"], "origin": origin or self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _answer(self, passkey, response):
        return json.dumps(
            {"id": encoded(passkey.id), "rawId": encoded(passkey.id), "type": "public-key", "response": response}
        )
