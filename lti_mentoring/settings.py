"""Settings: one frozen value read once from the environment; every problem is reported at once.

What a teacher or an administrator may change is a table row, never a setting.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

PREFIX = "LTI_MENTORING_"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
LEAST_SECRET = 32
MEGABYTE = 1024 * 1024


class SettingsError(Exception):
    """The environment cannot be used; lists every problem, one a line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("Settings cannot be used:\n" + "\n".join(f"  - {problem}" for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that an installation decides. ``public_url`` has no trailing slash."""

    data_dir: Path
    database_url: str
    broker_url: str
    public_url: str
    secret_key: str = field(repr=False)
    upload_limit: int = 20 * MEGABYTE
    smtp_url: str = field(default="", repr=False)
    mail_from: str = "mentoring@localhost"
    show_mails: bool = False
    metrics_token: str = field(default="", repr=False)
    private_hosts: frozenset[str] = frozenset()
    trusted_proxies: int = 0
    plugins: tuple[str, ...] = ()
    demo_lms_url: str = ""
    translations_dir: Path | None = None
    """A folder with catalogues of the installation's own, beside those that come with the tool."""
    field_keys: Path | None = None
    """The file of the keys that open what is stored sealed; None: in the data folder."""
    key_days: int = 90
    """So long a key of ours signs before the next takes over by itself; 0: only by command."""
    queue: str = "mentoring"
    """The queue's name: several installations on one broker have one each."""

    @property
    def embedded(self) -> bool:
        """Whether this is the one-machine installation: a file as the database."""
        return self.database_url.startswith("sqlite")

    @property
    def has_file_broker(self) -> bool:
        """Whether messages are files of the data folder, and whoever works on them is on this machine."""
        return self.broker_url.startswith("filesystem:")

    @property
    def duty_folder(self) -> Path:
        """Where workers of this machine show that they are there."""
        return self.data_dir / "on_duty"

    @property
    def key_file(self) -> Path:
        """Where the keys of stored fields are."""
        return self.field_keys or self.data_dir / "field_keys"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the installation."""
        return (urlsplit(self.public_url).hostname or "") in LOOPBACK

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Read ``LTI_MENTORING_*``; raise SettingsError with all problems together."""
        value = {name.removeprefix(PREFIX): text.strip() for name, text in env.items() if name.startswith(PREFIX)}
        data_dir = Path(value.get("DATA_DIR") or "data").resolve()
        problems: list[str] = []
        settings = cls(
            data_dir=data_dir,
            database_url=value.get("DATABASE_URL") or f"sqlite:///{data_dir / 'mentoring.db'}",
            broker_url=value.get("BROKER_URL") or "filesystem://",
            public_url=(value.get("PUBLIC_URL") or "http://localhost:8000").rstrip("/"),
            secret_key=value.get("SECRET_KEY", ""),
            upload_limit=_number(value, "UPLOAD_LIMIT", 20 * MEGABYTE, problems),
            smtp_url=value.get("SMTP_URL", ""),
            mail_from=value.get("MAIL_FROM") or "mentoring@localhost",
            show_mails=value.get("SHOW_MAILS", "") == "1",
            metrics_token=value.get("METRICS_TOKEN", ""),
            private_hosts=frozenset(filter(None, value.get("PRIVATE_HOSTS", "").split(","))),
            trusted_proxies=_number(value, "TRUSTED_PROXIES", 0, problems),
            plugins=tuple(filter(None, value.get("PLUGINS", "").split(","))),
            demo_lms_url=value.get("DEMO_LMS_URL", "").rstrip("/"),
            translations_dir=Path(value["TRANSLATIONS_DIR"]).resolve() if value.get("TRANSLATIONS_DIR") else None,
            field_keys=Path(value["FIELD_KEYS"]).resolve() if value.get("FIELD_KEYS") else None,
            queue=value.get("QUEUE") or "mentoring",
            key_days=_number(value, "KEY_DAYS", 90, problems),
        )
        problems += settings.problems()
        if problems:
            raise SettingsError(problems)
        return settings if settings.secret_key else replace(settings, secret_key=own_secret(data_dir))

    def problems(self) -> list[str]:
        """Return what must be mended before the tool may start, as sentences."""
        found = []
        url = urlsplit(self.public_url)
        if url.scheme not in {"http", "https"} or not url.hostname or url.query or url.fragment:
            found.append(f"{PREFIX}PUBLIC_URL must be an http(s) address without a query: {self.public_url!r}")
        elif url.scheme == "http" and not self.is_loopback:
            found.append(f"{PREFIX}PUBLIC_URL must begin with https:// unless it is this machine")
        found += self._problems_of_secrets(production=not self.embedded or not self.is_loopback)
        if self.translations_dir and not self.translations_dir.is_dir():
            found.append(f"{PREFIX}TRANSLATIONS_DIR is not a folder: {str(self.translations_dir)!r}")
        if self.show_mails and not self.is_loopback:
            found.append(f"{PREFIX}SHOW_MAILS shows everybody's mails to each person: only on this machine")
        if self.upload_limit < MEGABYTE:
            found.append(f"{PREFIX}UPLOAD_LIMIT must be at least {MEGABYTE} bytes (1 MB)")
        if not self.database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
            found.append(f"{PREFIX}DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://")
        return found

    def _problems_of_secrets(self, *, production: bool) -> list[str]:
        found = []
        if production and not self.secret_key:
            found.append(f"{PREFIX}SECRET_KEY is needed with PostgreSQL or a public address")
        if production and not (self.field_keys and self.field_keys.is_file()):
            found.append(f"{PREFIX}FIELD_KEYS must name the file of the field keys; see docs/install/production.md")
        if self.secret_key and len(self.secret_key) < LEAST_SECRET:
            found.append(f"{PREFIX}SECRET_KEY must be at least {LEAST_SECRET} characters")
        return found


def own_secret(data_dir: Path) -> str:
    """Return the embedded installation's own secret, made at the first start (mode 600)."""
    path = data_dir / "secret_key"
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with path.open("x", encoding="ascii") as new:
            path.chmod(0o600)
            new.write(secrets.token_urlsafe(48))
    except FileExistsError:
        # Another process of the same installation made it first; both must use the one on disk.
        return path.read_text(encoding="ascii").strip()
    return path.read_text(encoding="ascii").strip()


def _number(value: Mapping[str, str], name: str, default: int, problems: list[str]) -> int:
    text = value.get(name, "")
    if not text:
        return default
    if text.isascii() and text.isdigit():
        return int(text)
    problems.append(f"{PREFIX}{name} must be a whole number: {text!r}")
    return default
