"""Checks of what every id_token must say, whoever is launched where: issuer, audience, times, nonce.

Each raises LaunchRefused with its own code, or returns what it read. LTI security framework 1.0, section 5.1.3.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import TYPE_CHECKING, Any, cast

from lti_mentoring.lti.claims import text
from lti_mentoring.lti.errors import malformed, unauthentic
from lti_mentoring.lti.login import is_nonce
from lti_mentoring.lti.tokens import ALGORITHM, ReceivedToken, TokenMalformed, take_apart

if TYPE_CHECKING:
    from lti_mentoring.lti.registrations import RegisteredPlatform

LTI_VERSION = "1.3.0"
MAX_TOKEN = 64 * 1024
MAX_KID = 255
# Platforms' clocks and ours differ; a token of Moodle lives for one minute only (mod/lti/locallib.php).
LEEWAY = timedelta(seconds=60)
OLDEST = timedelta(minutes=10)

Claims = Mapping[str, Any]


def read_token(raw: str) -> tuple[ReceivedToken, str]:
    """Take an id_token apart; return it with the name of the key that is said to have signed it."""
    if not raw:
        raise malformed("id_token_missing")
    if len(raw) > MAX_TOKEN:
        raise malformed("id_token_too_long")
    try:
        token = take_apart(raw)
    except TokenMalformed as broken:
        raise malformed("id_token_malformed") from broken
    if token.header.get("alg") != ALGORITHM:
        raise unauthentic("alg_not_allowed", alg=text(token.header.get("alg")))
    if "crit" in token.header:
        raise unauthentic("crit_not_supported")
    kid = token.header.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= MAX_KID:
        raise malformed("kid_missing")
    return token, kid


def read_claims(token: ReceivedToken) -> Claims:
    """Read the payload of a token whose signature is good."""
    try:
        return token.claims()
    except TokenMalformed as broken:
        raise malformed("claims_malformed") from broken


def check_issuer(claims: Claims, platform: RegisteredPlatform) -> None:
    """Refuse another issuer than the login's."""
    if "iss" not in claims:
        raise malformed("iss_missing")
    if claims["iss"] != platform.issuer:
        raise unauthentic("iss_wrong")


def check_audience(claims: Claims, platform: RegisteredPlatform) -> None:
    """Refuse a token that is not for us, or also for somebody whom the registration does not trust."""
    audience = claims.get("aud")
    if not audience:
        raise malformed("aud_missing")
    named = [audience] if isinstance(audience, str) else audience
    if not isinstance(named, list) or not all(isinstance(entry, str) for entry in named):
        raise malformed("aud_malformed")
    if platform.client_id not in named:
        raise unauthentic("aud_wrong")
    if not platform.trusted_audiences.issuperset(entry for entry in named if entry != platform.client_id):
        raise unauthentic("aud_untrusted")
    party = claims.get("azp")
    if party is None and len(named) > 1:
        raise malformed("azp_missing")
    if party is not None and party != platform.client_id:
        raise unauthentic("azp_wrong")


def check_times(claims: Claims, now: datetime, *, oldest: timedelta = OLDEST) -> datetime:
    """Refuse what is expired, too old, or from the future; return when the token was made."""
    moment, leeway = now.timestamp(), LEEWAY.total_seconds()
    if _seconds(claims, "exp") <= moment - leeway:
        raise unauthentic("exp_passed")
    issued_at = _seconds(claims, "iat")
    if issued_at > moment + leeway:
        raise unauthentic("iat_in_future")
    if issued_at < moment - leeway - oldest.total_seconds():
        raise unauthentic("iat_too_old")
    if claims.get("nbf") is not None and _seconds(claims, "nbf") > moment + leeway:
        raise unauthentic("nbf_in_future")
    return datetime.fromtimestamp(issued_at, UTC)


def _seconds(claims: Claims, name: str) -> float:
    value = claims.get(name)
    if value is None:
        raise malformed(f"{name}_missing")
    usable = isinstance(value, int) if not isinstance(value, float) else isfinite(value)
    if not usable or isinstance(value, bool):
        raise malformed(f"{name}_malformed")
    return cast("float", value)


def check_nonce(claims: Claims, expected: str, is_in_flight: Callable[[str], bool]) -> None:
    """Refuse another nonce than the one that the login sent.

    ``is_in_flight`` knows the nonces of logins that wait for their launch. Used ones are kept nowhere: one of our form
    that no login waits with was used or has run out, or somebody made it up in that form.
    """
    nonce = claims.get("nonce")
    if nonce is None or nonce == "":
        raise malformed("nonce_missing")
    if not isinstance(nonce, str):
        raise malformed("nonce_not_text")
    if hmac.compare_digest(_raw(nonce), _raw(expected)):
        return
    if not is_nonce(nonce):
        raise unauthentic("nonce_foreign")
    raise unauthentic("nonce_of_another_login" if is_in_flight(nonce) else "nonce_used")


def _raw(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")
