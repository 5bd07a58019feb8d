"""Access tokens: client credentials proved with our key (LTI security framework 1.0, section 4; RFC 7523).

A token is asked for once, kept until a minute before it ends, and asked for again exactly once when a service says 401.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Protocol, TypeVar

from lti_mentoring.lti import fields
from lti_mentoring.lti.faults import PlatformAnswerUnreadable, PlatformRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from lti_mentoring.lti.http import PlatformAnswer, PlatformClient

Answer = TypeVar("Answer")

SCOPE_ROSTER = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
SCOPE_LINE_ITEM = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
SCOPE_LINE_ITEM_READ = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"
SCOPE_RESULT = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
SCOPE_SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
SCOPE_NOTICES = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"
SCOPE_GROUPS = "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"
# Older Moodle asks for the read-only scope beside the full one when line items are read.
GRADE_SCOPES = (SCOPE_LINE_ITEM, SCOPE_LINE_ITEM_READ, SCOPE_RESULT, SCOPE_SCORE)
ALL_SCOPES = (*GRADE_SCOPES, SCOPE_ROSTER, SCOPE_NOTICES, SCOPE_GROUPS)

DEPLOYMENT_CLAIM = "https://purl.imsglobal.org/spec/lti/claim/deployment_id"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_LIFE = timedelta(minutes=5)
# RFC 6749 section 5.2. Moodle puts the text of exceptions into `error`: nothing else is repeated.
KNOWN_ERRORS = frozenset(
    {
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
    }
)
MARGIN = 60
UNSAID_LIFE = 300
LONGEST_LIFE = 86_400


class Signer(Protocol):
    """Our private key. ``sign`` adds ``alg`` and ``kid`` to the header."""

    def sign(self, claims: Mapping[str, object], headers: Mapping[str, str] | None = None) -> str:
        """Return the claims as a compact JWT."""
        ...


class TokenPlatform(Protocol):
    """What this file needs to know of a registered platform."""

    @property
    def id(self) -> int:
        """The registration's key."""
        ...

    @property
    def client_id(self) -> str:
        """Our name at the platform."""
        ...

    @property
    def token_url(self) -> str:
        """Where tokens are given."""
        ...

    @property
    def token_audience(self) -> str | None:
        """The audience of the assertion where it is not the token address (Brightspace)."""
        ...


@dataclass(frozen=True, slots=True)
class TokenKey:
    """Whose token it is: never shared between registrations, even of one issuer (all of Canvas is one)."""

    registration_id: int
    deployment_id: str
    scopes: tuple[str, ...]

    @classmethod
    def of(cls, registration_id: int, deployment_id: str, scopes: Iterable[str]) -> TokenKey:
        """Return the key with the scopes in one order."""
        return cls(registration_id, deployment_id, tuple(sorted(set(scopes))))


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token, what it allows, and until when we use it."""

    value: str = field(repr=False)
    scopes: frozenset[str]
    expires_at: datetime


class TokenCache(Protocol):
    """Keeps tokens between calls; the database's or this process's."""

    def load(self, key: TokenKey) -> AccessToken | None:
        """Return the kept token, ended or not, or None."""
        ...

    def save(self, key: TokenKey, token: AccessToken) -> None:
        """Keep the token."""
        ...

    def drop(self, key: TokenKey) -> None:
        """Forget the token; quiet when there is none."""
        ...


class Access:
    """Authorises calls to one deployment's services with one set of scopes."""

    def __init__(
        self,
        client: PlatformClient,
        platform: TokenPlatform,
        deployment_id: str,
        scopes: Iterable[str],
        *,
        signer: Signer,
        cache: TokenCache,
        clock: Callable[[], datetime],
    ) -> None:
        """Ask for nothing yet; ``clock`` gives aware UTC times."""
        self._client, self._platform, self._deployment_id = client, platform, deployment_id
        self._key = TokenKey.of(platform.id, deployment_id, scopes)
        self._signer, self._cache, self._clock = signer, cache, clock

    def token(self) -> AccessToken:
        """Return a token that has not ended, kept or new; one thread asks while the others of this key wait."""
        with _flight(self._key):
            kept = self._cache.load(self._key)
            if kept is not None and kept.expires_at > self._clock():
                return kept
            fresh = request_token(
                self._client,
                self._platform,
                self._deployment_id,
                self._key.scopes,
                signer=self._signer,
                now=self._clock(),
            )
            self._cache.save(self._key, fresh)
            return fresh

    def granted(self) -> frozenset[str]:
        """Return which of the scopes the platform gives: an administrator may have cut some."""
        return self.token().scopes

    def authorised(self, send: Callable[[str], Answer]) -> Answer:
        """Call ``send`` with a token; after a 401 once more with a new one, and then never again."""
        token = self.token()
        try:
            return send(token.value)
        except PlatformRefused as refused:
            if refused.platform_status != 401:
                raise
        self._forget(token)
        return send(self.token().value)

    def _forget(self, token: AccessToken) -> None:
        # Another worker may have brought a new token meanwhile; that one stays.
        with _flight(self._key):
            kept = self._cache.load(self._key)
            if kept is not None and kept.value == token.value:
                self._cache.drop(self._key)


def request_token(
    client: PlatformClient,
    platform: TokenPlatform,
    deployment_id: str,
    scopes: Iterable[str],
    *,
    signer: Signer,
    now: datetime,
) -> AccessToken:
    """Ask the platform for a token; PlatformRefused says with an RFC 6749 code why there is none."""
    wanted = tuple(sorted(set(scopes)))
    answer = client.post_form(
        platform.token_url,
        {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": signer.sign(assertion(platform, deployment_id, now=now)),
            "scope": " ".join(wanted),
        },
    )
    if answer.status >= 400:
        raise PlatformRefused(answer.status, refusal(answer), host=answer.host)
    return read_token(answer, frozenset(wanted), now=now)


def assertion(platform: TokenPlatform, deployment_id: str, *, now: datetime) -> dict[str, object]:
    """Return the claims that prove who we are; the audience exactly as configured (Canvas: no slash added)."""
    issued = int(now.timestamp())
    return {
        "iss": platform.client_id,
        "sub": platform.client_id,
        "aud": platform.token_audience or platform.token_url,
        "iat": issued,
        "exp": issued + int(ASSERTION_LIFE.total_seconds()),
        "jti": secrets.token_urlsafe(24),
        DEPLOYMENT_CLAIM: deployment_id,
    }


def refusal(answer: PlatformAnswer) -> str:
    """Return the token endpoint's reason, if it is one that the specification knows."""
    try:
        said = fields.text(answer.json_object(), "error")
    except PlatformAnswerUnreadable:
        said = None
    return said if said in KNOWN_ERRORS else "token_refused"


def read_token(answer: PlatformAnswer, wanted: frozenset[str], *, now: datetime) -> AccessToken:
    """Read what was given: the scopes may be fewer than asked for, and unsaid means all of them."""
    body = answer.json_object()
    value = fields.text(body, "access_token", limit=20_000)
    if value is None:
        raise answer.unreadable("no_access_token")
    said = {scope for part in fields.texts(body, "scope") for scope in part.split()}
    seconds = fields.number(body, "expires_in")
    life = UNSAID_LIFE if seconds is None else min(seconds, LONGEST_LIFE) - MARGIN
    return AccessToken(value, (wanted & said) if said else wanted, now + timedelta(seconds=max(life, 0)))


_FLIGHTS = tuple(Lock() for _ in range(32))


def _flight(key: TokenKey) -> Lock:
    return _FLIGHTS[hash(key) % len(_FLIGHTS)]
