"""Sealing: what must not be read in the database (private keys, tokens, licence numbers) is encrypted before.

AES-256-GCM. The place (table, column, row) is bound in as associated data, so that a sealed value cannot be moved; the
name of the key stands before it, so that keys can change while old values stay readable (docs/adr/0018-sealing.md).
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

DERIVED = "s1"
"""The name of the key that is derived from the installation's secret: what was sealed before there was a key file."""
KEY_BYTES = 32
NONCE_BYTES = 12
SEALED = re.compile(r"[a-z0-9]{1,16}:[A-Za-z0-9+/]{38,}={0,2}")
LINE = re.compile(r"([a-z0-9]{1,16}) ([A-Za-z0-9+/]{43}=)")
HEAD = (
    "# Keys that open what is stored sealed, one a line: its name and 32 bytes in base64. The last one seals.\n"
    "# Never take a line away: what it sealed would be lost. Keep a copy apart from the database's.\n"
)


class SealBroken(Exception):
    """A sealed value was altered, moved, or sealed with another secret."""


class KeyUnknown(SealBroken):
    """A value was sealed with a key that the key file does not hold (any more)."""

    def __init__(self, name: str, path: Path) -> None:
        super().__init__(f"sealed with the key {name!r}, which is not in {path}: put its line back into that file")
        self.name = name


class KeyFileUnreadable(Exception):
    """The key file is not what it should be; says where and what."""


class KeyFile:
    """The keys of the installation in a file of their own, outside the database."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def ensure(self) -> None:
        """Make the file with a first key where there is none; of two processes at once one makes it."""
        if self.path.exists():
            return
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        whole = self.path.with_name(f"{self.path.name}.{secrets.token_hex(4)}")
        self._append(whole, HEAD + _new_line())
        try:
            os.link(whole, self.path)  # fails where the other was quicker, and never shows half a file
        except FileExistsError:
            return
        finally:
            whole.unlink()

    def read(self) -> dict[str, bytes]:
        """Return the keys by name, in order; raise KeyFileUnreadable."""
        try:
            lines = self.path.read_text(encoding="ascii").splitlines()
        except (OSError, UnicodeDecodeError) as unreadable:
            raise KeyFileUnreadable(f"{self.path}: {unreadable}") from unreadable
        keys: dict[str, bytes] = {}
        for number, line in enumerate(lines, 1):
            if not line.strip() or line.startswith("#"):
                continue
            found = LINE.fullmatch(line.strip())
            if found is None or found[1] == DERIVED or found[1] in keys:
                raise KeyFileUnreadable(f"{self.path}, line {number}: not a name and 32 bytes in base64, or twice")
            keys[found[1]] = base64.b64decode(found[2])
        if not keys:
            raise KeyFileUnreadable(f"{self.path}: no key in it")
        return keys

    def add(self) -> str:
        """Add a key, which seals from now on, and return its name."""
        line = _new_line()
        self._append(self.path, line if self.path.read_bytes().endswith(b"\n") else f"\n{line}")
        return line.split()[0]

    def version(self) -> tuple[int, int]:
        """Return what changes whenever the file does; zeros while it cannot be looked at."""
        try:
            found = self.path.stat()
        except OSError:
            return (0, 0)
        return (found.st_mtime_ns, found.st_size)

    @property
    def is_private(self) -> bool:
        """Whether nobody but its owner may read it."""
        return not self.path.stat().st_mode & 0o077

    @staticmethod
    def _append(path: Path, text: str) -> None:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "wb") as out:
            out.write(text.encode("ascii"))
            out.flush()
            os.fsync(out.fileno())


class Sealer:
    """Seals with the newest key of the file and opens with whichever a value names; follows the file as it changes."""

    def __init__(self, secret: str, file: KeyFile) -> None:
        derived = HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=b"lti_mentoring sealing").derive(secret.encode())
        self._derived, self._file = derived, file
        self._seen: tuple[int, int] | None = None
        self._ciphers: dict[str, AESGCM] = {}
        self._look()

    @property
    def active(self) -> str:
        """The name of the key that seals."""
        self._look()
        return next(reversed(self._ciphers))

    def seal(self, text: str, place: str) -> str:
        """Encrypt ``text`` for ``place``."""
        name = self.active
        return f"{name}:{base64.b64encode(self._encrypt(name, text.encode(), place)).decode()}"

    def open(self, sealed: str, place: str) -> str:
        """Return what was sealed for ``place``; raise SealBroken otherwise, KeyUnknown where the key is missing."""
        name, _, rest = sealed.partition(":")
        try:
            return self._decrypt(name, base64.b64decode(rest, validate=True), place).decode()
        except ValueError as broken:
            raise SealBroken(place) from broken

    def seal_bytes(self, content: bytes, place: str) -> bytes:
        """Encrypt a file's content for ``place``."""
        name = self.active
        return name.encode() + b":" + self._encrypt(name, content, place)

    def open_bytes(self, sealed: bytes, place: str) -> bytes:
        """Return a file's content; raises as ``open`` does."""
        name, _, rest = sealed.partition(b":")
        return self._decrypt(name.decode("ascii", "replace"), rest, place)

    def _encrypt(self, name: str, content: bytes, place: str) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._ciphers[name].encrypt(nonce, content, place.encode())

    def _decrypt(self, name: str, raw: bytes, place: str) -> bytes:
        if name not in self._ciphers:
            self._look()
        if name not in self._ciphers:
            raise KeyUnknown(name, self._file.path)
        try:
            return self._ciphers[name].decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError) as broken:
            raise SealBroken(place) from broken

    def _look(self) -> None:
        """Read the file again where it changed: another process may have added a key."""
        version = self._file.version()
        if version == self._seen:
            return
        keys = {DERIVED: self._derived, **self._file.read()}
        self._ciphers, self._seen = {name: AESGCM(key) for name, key in keys.items()}, version


def is_sealed(text: str) -> bool:
    """Tell whether a text looks like something sealed, so that nothing else is stored by mistake."""
    return SEALED.fullmatch(text) is not None


def link_place(once_key: str) -> str:
    """Return the place for which a mail's one-time link is sealed, before the mail's row is there."""
    return f"mail:sealed_link:{once_key}"


def _new_line() -> str:
    """Return a key's line. Its name is by chance: two that are added at once must not be called the same."""
    key = binascii.b2a_base64(secrets.token_bytes(KEY_BYTES), newline=False).decode()
    return f"f{secrets.token_hex(4)} {key}\n"
