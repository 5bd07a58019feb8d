"""The file store: bytes under a random key, in the data folder; the row in the database knows the rest."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Protocol


class FileStore(Protocol):
    """Keeps bytes; a key once given is never used again."""

    def put(self, content: bytes) -> str:
        """Keep ``content`` and return its key."""
        ...

    def read(self, key: str) -> bytes:
        """Return what was kept; raise FileNotFoundError when it was erased."""
        ...

    def erase(self, key: str) -> None:
        """Forget the bytes; erasing twice is fine."""
        ...


class LocalFiles:
    """Files below one folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Write beside and rename, so that a full disk leaves no half file under a key."""
        key = secrets.token_hex(16)
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        half = path.with_suffix(".half")
        try:
            with half.open("wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            half.rename(path)
        finally:
            half.unlink(missing_ok=True)
        return key

    def read(self, key: str) -> bytes:
        """Return the bytes of ``key``."""
        return self._path(key).read_bytes()

    def erase(self, key: str) -> None:
        """Remove the file."""
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        if not key.isalnum():
            raise ValueError("not a key of this store")
        return self._folder / key[:2] / key
