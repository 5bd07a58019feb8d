"""What the demonstration LMS needs to know: where it is, where the tool is, where its data lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

LMS_PREFIX = "DEMO_LMS_"
CLIENT_ID = "demo-mentoring"
DEPLOYMENT_ID = "1"
# Names and roles come in pages of this size unless the tool asks for less, so that paging is always shown.
ROSTER_PAGE = 20
# Moodle's launch tokens live one minute (mod/lti/locallib.php, lti_sign_jwt); so do ours.
TOKEN_SECONDS = 60


@dataclass(frozen=True, slots=True)
class DemoConfig:
    """One demonstration. Addresses without a trailing slash; ``mails_url`` may be empty (no link shown).

    The LMS lives on 127.0.0.1 and the tool on localhost, so that a browser treats them as two sites.
    """

    data_dir: Path
    lms_url: str = "http://127.0.0.1:8080"
    tool_url: str = "http://localhost:8000"
    mails_url: str = ""
    locale: str = "en"

    @classmethod
    def on_ports(cls, data_dir: Path, lms_port: int, tool_url: str, mails_url: str = "") -> DemoConfig:
        """Return the usual demonstration: the LMS on this machine's ``lms_port``."""
        return cls(data_dir, f"http://127.0.0.1:{lms_port}", tool_url.rstrip("/"), mails_url)

    @classmethod
    def from_env(cls, environment: Mapping[str, str]) -> DemoConfig:
        """Return the demonstration that the environment tells of: FOLDER, PORT, TOOL_URL and MAILS_URL."""
        said = {name: environment[LMS_PREFIX + name] for name in ("FOLDER", "PORT", "TOOL_URL", "MAILS_URL")}
        return cls.on_ports(Path(said["FOLDER"]), int(said["PORT"]), said["TOOL_URL"], said["MAILS_URL"])

    @property
    def issuer(self) -> str:
        """The LMS's name in every message (Moodle's wwwroot: no trailing slash)."""
        return self.lms_url

    @property
    def auth_url(self) -> str:
        """Where the tool sends the authentication request."""
        return f"{self.lms_url}/auth"

    @property
    def token_url(self) -> str:
        """Where the tool asks for access tokens, and the audience of its assertions."""
        return f"{self.lms_url}/token"

    @property
    def jwks_url(self) -> str:
        """Where the LMS publishes its keys."""
        return f"{self.lms_url}/jwks.json"

    @property
    def login_url(self) -> str:
        """The tool's login initiation address."""
        return f"{self.tool_url}/lti/login"

    @property
    def launch_url(self) -> str:
        """The tool's only redirect address, and the target of every seeded link."""
        return f"{self.tool_url}/lti/launch"

    @property
    def tool_jwks_url(self) -> str:
        """Where the tool publishes its keys."""
        return f"{self.tool_url}/lti/jwks.json"

    @property
    def database(self) -> Path:
        """The one file with all the LMS's state, signing keys included (mode 600)."""
        return self.data_dir / "lms.db"


def origin(url: str) -> str:
    """Return scheme, host and port of ``url``, as Content-Security-Policy and postMessage want it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
