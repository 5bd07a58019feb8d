"""Notices of the Platform Notification Service 1.0: told without a person, so each proves itself by its signature.

A notice is a JWT like an id_token, minus the login: no state and no browser, and its nonce is the platform's own. Which
registration it is for can only be read from the token; nothing in it is believed before that registration's key signed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from lti_mentoring.lti import claims as read
from lti_mentoring.lti import id_token
from lti_mentoring.lti.errors import LTIError, forbidden, malformed, unauthentic
from lti_mentoring.lti.registrations import DeploymentState

if TYPE_CHECKING:
    from datetime import datetime

    from lti_mentoring.lti.messages import ContextClaims
    from lti_mentoring.lti.platform_keys import KeyFinder
    from lti_mentoring.lti.registrations import RegisteredPlatform, Registrations

NOTICE = read.CLAIM + "notice"
ORIGIN_CONTEXTS = read.CLAIM + "origin_contexts"
MOST_BYTES = 1024 * 1024
MOST_NOTICES = 500
MOST_ORIGINS = 50
MOST_AUDIENCES = 5
MAX_KIND = 100
MAX_NONCE = 1000
# A platform that found us down may send the same token again; what was used is remembered for longer than this.
OLDEST = timedelta(hours=24)


class NoticeKind(StrEnum):
    """The notices that we act upon; the value is the name that the standard gives them."""

    HELLO = "LtiHelloWorldNotice"
    CONTEXT_COPY = "LtiContextCopyNotice"


@dataclass(frozen=True, slots=True)
class ReceivedNotice:
    """One notice that proved itself. ``context`` and ``origins`` are those of a copied course, else None and ()."""

    registration: RegisteredPlatform
    deployment_id: str
    id: str
    kind: str
    nonce: str
    context: ContextClaims | None = None
    origins: tuple[str, ...] = ()


def read_tokens(body: bytes) -> list[object]:
    """Return what stands in a request's ``notices``, each to be judged by itself; refuse any other body."""
    if len(body) > MOST_BYTES:
        raise LTIError("notices_too_large", status=413)
    try:
        document = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as broken:
        raise LTIError("notices_not_json") from broken
    notices = document.get("notices") if isinstance(document, dict) else None
    if not isinstance(notices, list):
        raise LTIError("notices_missing")
    if len(notices) > MOST_NOTICES:
        raise LTIError("notices_too_many", status=413)
    return [notice.get("jwt") if isinstance(notice, dict) else None for notice in notices]


def validate_notice(raw: object, *, registrations: Registrations, keys: KeyFinder, now: datetime) -> ReceivedNotice:
    """Check one notice and return what it says; raise LaunchRefused with a code of its own."""
    if not isinstance(raw, str):
        raise malformed("jwt_missing")
    token, kid = id_token.read_token(raw)
    claims = id_token.read_claims(token)
    platform = _addressee(claims, registrations)
    if not token.is_signed_by(keys.candidates(platform.jwks_url, kid, now=now)):
        raise unauthentic("signature_wrong", registration_id=platform.id)
    id_token.check_issuer(claims, platform)
    id_token.check_audience(claims, platform)
    id_token.check_times(claims, now, oldest=OLDEST)
    nonce = _nonce(claims)
    deployment_id = _deployment(claims, platform, registrations)
    if claims.get(read.VERSION) != id_token.LTI_VERSION:
        raise malformed("version_wrong", registration_id=platform.id)
    notice_id, kind = _notice(claims)
    context, origins = _copy(claims) if kind == NoticeKind.CONTEXT_COPY else (None, ())
    return ReceivedNotice(platform, deployment_id, notice_id, kind, nonce, context, origins)


def _addressee(claims: id_token.Claims, registrations: Registrations) -> RegisteredPlatform:
    """Return the registration that the token names; whether it speaks for that one, its signature shows."""
    issuer, audience, party = claims.get("iss"), claims.get("aud"), claims.get("azp")
    named = [audience] if isinstance(audience, str) else audience
    if not isinstance(issuer, str) or not isinstance(named, list):
        raise malformed("addressee_missing")
    wanted = [party] if party in named else named[:MOST_AUDIENCES]
    for client_id in wanted:
        found = registrations.find(issuer, client_id) if isinstance(client_id, str) and client_id else None
        if found is not None:
            if found.closed:
                raise forbidden(found.closed, registration_id=found.id)
            return found
    raise unauthentic("platform_unknown")


def _nonce(claims: id_token.Claims) -> str:
    nonce = claims.get("nonce")
    if nonce is None or nonce == "":
        raise malformed("nonce_missing")
    if not isinstance(nonce, str) or len(nonce) > MAX_NONCE:
        raise malformed("nonce_malformed")
    return nonce


def _deployment(claims: id_token.Claims, platform: RegisteredPlatform, registrations: Registrations) -> str:
    deployment_id = read.identifier(claims.get(read.DEPLOYMENT_ID))
    if deployment_id is None:
        raise malformed("deployment_id_missing", registration_id=platform.id)
    state = registrations.deployment_state(platform.id, deployment_id)
    if state is not DeploymentState.APPROVED:
        raise forbidden(f"deployment_{state}", registration_id=platform.id)
    return deployment_id


def _notice(claims: id_token.Claims) -> tuple[str, str]:
    found = claims.get(NOTICE)
    if not isinstance(found, dict):
        raise malformed("notice_missing")
    notice_id, kind = read.identifier(found.get("id")), read.text(found.get("type"), MAX_KIND)
    if notice_id is None:
        raise malformed("notice_id_missing")
    if kind is None:
        raise malformed("notice_type_missing")
    return notice_id, kind


def _copy(claims: id_token.Claims) -> tuple[ContextClaims, tuple[str, ...]]:
    """Read which course was copied from which; Canvas leaves the origins out where it does not know them."""
    context = read.read_context(claims)
    if context is None:
        raise malformed("context_missing")
    said = claims.get(ORIGIN_CONTEXTS, [])
    if not isinstance(said, list):
        raise malformed("origin_contexts_malformed")
    origins = dict.fromkeys(origin for entry in said[:MOST_ORIGINS] if (origin := read.identifier(entry)) is not None)
    return context, tuple(origin for origin in origins if origin != context.id)
