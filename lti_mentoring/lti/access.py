"""Access tokens: client credentials proved with our key (LTI security framework 1.0, section 4; RFC 7523).

A token is asked for once, by one of all processes; kept until a minute before it ends; and asked for again exactly once
when a service says 401.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import sleep
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
# LTI Dynamic Registration 1.0: to read and mend our own registration; asked for only where the platform names it.
SCOPE_REGISTRATION = "https://purl.imsglobal.org/spec/lti-reg/scope/registration"

DEPLOYMENT_CLAIM = "https://purl.imsglobal.org/spec/lti/claim/deployment_id"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_LIFE = timedelta(minutes=5)
NO_SCOPE = "invalid_scope"
"""The platform knows us and gives none of the scopes."""
NOT_GRANTED = "scope_not_granted"
TOKEN_REFUSED = "token_refused"  # noqa: S105  # a reason, no token
# RFC 6749 section 5.2. Moodle puts the text of exceptions into `error`: nothing else is repeated.
KNOWN_ERRORS = frozenset(
    {
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        NO_SCOPE,
    }
)
UNWELCOME = (KNOWN_ERRORS | {TOKEN_REFUSED}) - {NO_SCOPE}
"""Reasons that mean us as a whole: the tool was switched off there, or does not get by with its keys."""
MARGIN = 60
UNSAID_LIFE = 300
LONGEST_LIFE = 86_400
ASKING = timedelta(seconds=40)
"""How long others wait for the one who asks, should it be killed: longer than a call may take."""
LOOK_AGAIN = 0.1
"""Seconds between two looks for the token that another process is asking for."""


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

    def drop(self, key: TokenKey, token: AccessToken) -> None:
        """Forget this token; quiet when there is none or when another has come meanwhile."""
        ...

    def begin(self, key: TokenKey) -> bool:
        """Say whether the caller shall ask for a token now: one at a time of all processes, for ASKING at most."""
        ...

    def give_up(self, key: TokenKey) -> None:
        """Let another ask: no token came."""
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
        pause: Callable[[float], None] = sleep,
    ) -> None:
        """Ask for nothing yet; ``clock`` gives aware UTC times."""
        self._client, self._platform, self._deployment_id = client, platform, deployment_id
        self._key = TokenKey.of(platform.id, deployment_id, scopes)
        self._signer, self._cache, self._clock, self._pause = signer, cache, clock, pause

    def token(self) -> AccessToken:
        """Return a token that has not ended, kept or new; one of all processes asks while the others wait for it."""
        while True:
            kept = self._cache.load(self._key)
            if kept is not None and kept.expires_at > self._clock():
                return kept
            if self._cache.begin(self._key):
                return self._ask()
            self._pause(LOOK_AGAIN)

    def _ask(self) -> AccessToken:
        fresh = None
        try:
            fresh = request_token(
                self._client,
                self._platform,
                self._deployment_id,
                self._key.scopes,
                signer=self._signer,
                now=self._clock(),
            )
        finally:
            if fresh is None:
                self._cache.give_up(self._key)
        self._cache.save(self._key, fresh)
        return fresh

    def granted(self) -> frozenset[str]:
        """Return which of the scopes the platform gives: an administrator may have cut some."""
        return self.token().scopes

    def authorised(self, send: Callable[[str], Answer], *one_of: str) -> Answer:
        """Call ``send`` with a token; after a 401 once more with a new one, and then never again.

        Where the platform has given us none of the scopes ``one_of`` it is not asked at all: PlatformRefused.
        """
        token = self.token()
        if one_of and token.scopes.isdisjoint(one_of):
            raise PlatformRefused(None, NOT_GRANTED)
        try:
            return send(token.value)
        except PlatformRefused as refused:
            if refused.platform_status != 401:
                raise
        self._cache.drop(self._key, token)
        return send(self.token().value)


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
    return said if said in KNOWN_ERRORS else TOKEN_REFUSED


def read_token(answer: PlatformAnswer, wanted: frozenset[str], *, now: datetime) -> AccessToken:
    """Read what was given: the scopes may be fewer than asked for, and unsaid means all of them."""
    body = answer.json_object()
    value = fields.text(body, "access_token", limit=20_000)
    if value is None:
        raise answer.unreadable("no_access_token")
    said = {scope for part in fields.texts(body, "scope") for scope in part.split()}
    seconds = fields.number(body, "expires_in")
    said_life = UNSAID_LIFE + MARGIN if seconds is None else max(min(seconds, LONGEST_LIFE), 0)
    life = said_life - min(MARGIN, said_life / 2)
    return AccessToken(value, (wanted & said) if said else wanted, now + timedelta(seconds=life))
