"""What the calls to a platform's services need, without a database: a registration, a key, a clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from time import sleep

from lti_mentoring.lti.access import ALL_SCOPES, Access, AccessToken, TokenKey
from lti_mentoring.lti.http import PlatformClient, Timeouts

NOON = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
PATIENT = Timeouts(connect=10, read=10, total=30)  # a loaded machine must not look like a slow platform
QUICK = Timeouts(connect=0.2, read=0.2, total=0.4)  # for tests of platforms that are slow


class MemoryTokenCache:
    """Tokens of this process only."""

    def __init__(self) -> None:
        self._tokens: dict[TokenKey, AccessToken] = {}
        self._asking: set[TokenKey] = set()
        self._lock = Lock()

    def load(self, key: TokenKey) -> AccessToken | None:
        return self._tokens.get(key)

    def save(self, key: TokenKey, token: AccessToken) -> None:
        with self._lock:
            self._tokens[key] = token
            self._asking.discard(key)

    def drop(self, key: TokenKey, token: AccessToken) -> None:
        with self._lock:
            if self._tokens.get(key) == token:
                del self._tokens[key]

    def begin(self, key: TokenKey) -> bool:
        with self._lock:
            mine = key not in self._asking
            self._asking.add(key)
            return mine

    def give_up(self, key: TokenKey) -> None:
        with self._lock:
            self._asking.discard(key)


@dataclass(frozen=True)
class Registration:
    """What ``Access`` asks of a registered platform."""

    token_url: str
    id: int = 1
    client_id: str = "client-1"
    token_audience: str | None = None
    issuer: str = "https://lms.test"


class RecordingSigner:
    """Signs nothing; keeps the claims and returns a text that stands for the JWT."""

    def __init__(self):
        self.claims = []

    def sign(self, claims, headers=None):
        self.claims.append(dict(claims))
        return f"signed-{len(self.claims)}"


class Clock:
    """A clock that a test moves."""

    def __init__(self, now=NOON):
        self.now = now

    def __call__(self):
        return self.now

    def pass_seconds(self, seconds):
        self.now += timedelta(seconds=seconds)


def client_for(lms, **options):
    """Make a client that may call this fake and nothing else on this machine; patient unless told otherwise."""
    return PlatformClient(allowed_private_hosts={lms.host}, **({"timeouts": PATIENT} | options))


def access_for(lms, client, *, scopes=ALL_SCOPES, signer=None, cache=None, clock=None, registration=None, pause=sleep):
    """Authorise calls to the fake as a stored registration would."""
    return Access(
        client,
        registration or Registration(lms.token_url),
        "deployment-1",
        scopes,
        signer=signer or RecordingSigner(),
        cache=cache or MemoryTokenCache(),
        clock=clock or Clock(),
        pause=pause,
    )
