"""The LMS's side of trust, on the package lti1p3platform: keys, access tokens, and what a tool signs.

The package (OpenLearning, MIT) brings the protocol; what it leaves open is closed here: keys that stay published
after a rotation, the tool's keys fetched again for an unknown key id, the audience, issuer and single use of what
a tool signs, scopes granted only where the tool has them, and an answer instead of a crash for broken tokens.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, cast

import jwt
import requests
from lti1p3platform.exceptions import LtiException, LtiServiceException, MissingRequiredClaim, UnsupportedGrantType
from lti1p3platform.ltiplatform import JWKS, LTI1P3PlatformConfAbstract
from lti1p3platform.registration import Registration

from lti_mentoring.demo.keys import loaded, signing_keys
from lti_mentoring.demo.tools import tool_by_client, use_once

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lti_mentoring.demo.config import DemoConfig
    from lti_mentoring.demo.store import Store
    from lti_mentoring.demo.tools import Tool

FETCH_SECONDS = 5
LEEWAY_SECONDS = 10
ONCE_SECONDS = 3600
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LTI = "https://purl.imsglobal.org/spec/lti/claim"


class TokenRefused(Exception):
    """A request for an access token that is answered with an OAuth error (RFC 6749 §5.2)."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error


class SignatureRefused(Exception):
    """Something that a tool signed and that cannot be taken; the message says why."""


class KeySets:
    """The tools' public keys, kept in memory until a key id is asked for that they do not hold."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[str, JWKS] = {}

    def get(self, url: str) -> JWKS:
        """Return the keys at ``url``, fetched when not known yet; raise LtiException when they cannot be had."""
        with self._lock:
            known = self._found.get(url)
        return known or self.fetch(url)

    def fetch(self, url: str) -> JWKS:
        """Fetch the keys now, whatever is known."""
        try:
            answer = requests.get(url, timeout=FETCH_SECONDS, allow_redirects=False)
            found = answer.json() if answer.status_code == requests.codes.ok else None
        except (requests.RequestException, ValueError) as error:
            raise LtiException(f"The tool's keys cannot be fetched from {url}") from error
        if not isinstance(found, dict) or not isinstance(found.get("keys"), list):
            raise LtiException(f"There are no keys at {url}")
        keys: JWKS = {"keys": [key for key in found["keys"] if _is_readable(key)]}
        with self._lock:
            self._found[url] = keys
        return keys


class OwnRegistration(Registration):
    """The package's registration, with a key that is ready to sign instead of its text."""

    def get_kid(self) -> str | None:
        """Return the id of the key that signs; the package would read it out of the private key's text."""
        return str(Registration.get_jwk(self.get_platform_public_key() or "")["kid"])


class Platform(LTI1P3PlatformConfAbstract):
    """The LMS as one tool sees it."""

    def __init__(self, config: DemoConfig, store: Store, tool: Tool, key_sets: KeySets) -> None:
        self.config, self.store, self.tool, self.key_sets = config, store, tool, key_sets
        self.audience = config.issuer
        super().__init__()

    def init_platform_config(self, **_kwargs: object) -> None:
        """Set the registration: the package asks for it while it is built."""
        self._registration = self.get_registration_by_params()

    def get_registration_by_params(self, **_kwargs: object) -> Registration:
        """Return this tool's registration in the package's terms."""
        key = signing_keys(self.store)[0]
        tool = self.tool
        return (
            OwnRegistration()
            .set_iss(self.config.issuer)
            .set_client_id(tool.client_id)
            .set_deployment_id(tool.deployment_id)
            .set_oidc_login_url(tool.login_url)
            .set_launch_url(tool.target_link_uri)
            .set_deeplink_launch_url(tool.deep_linking_url or tool.target_link_uri)
            .set_tool_key_set_url(tool.jwks_url)
            .set_platform_private_key(cast("str", loaded(key.private_pem)))
            .set_platform_public_key(key.public_pem)
        )

    def get_tool_key_set(self) -> JWKS:
        """Return the tool's keys as last fetched."""
        return self.key_sets.get(self.tool.jwks_url)

    def get_tool_public_key(self) -> bytes:
        """Return the key that signed the token looked at; fetch the set again for an unknown key id."""
        try:
            return super().get_tool_public_key()
        except LtiException:
            if not self._jwt["header"].get("kid"):
                raise
            self.key_sets.fetch(self.tool.jwks_url)
            return super().get_tool_public_key()

    def tool_validate_and_decode(self, jwt_token_string: str) -> dict[str, Any]:
        """Return what the tool signed; raise SignatureRefused unless it is ours, fresh and used for the first time."""
        try:
            self.validate_jwt_format(jwt_token_string)
            claims: dict[str, Any] = jwt.decode(
                jwt_token_string,
                self.get_tool_public_key(),
                algorithms=["RS256"],
                audience=self.audience,
                issuer=self.tool.client_id,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "iss", "aud"]},
            )
        except (LtiException, jwt.PyJWTError, AttributeError, TypeError, ValueError) as error:
            # The package trusts a token's head and body to be objects; a list in their place ends as AttributeError.
            raise SignatureRefused(str(error) or "The token cannot be read") from error
        return claims

    def access_token(self, form: Mapping[str, str]) -> dict[str, Any]:
        """Answer a request for an access token; raise TokenRefused."""
        if form.get("client_assertion_type") != ASSERTION:
            raise TokenRefused("invalid_request", f"client_assertion_type must be {ASSERTION}")
        granted = [scope for scope in form.get("scope", "").split() if scope in self.tool.scopes]
        if not granted:
            raise TokenRefused("invalid_scope", "None of the scopes asked for is open to this tool")
        self.audience = self.config.token_url
        try:
            answer = self.get_access_token({**form, "scope": " ".join(granted)})
        except SignatureRefused as error:
            raise TokenRefused("invalid_client", str(error)) from error
        except UnsupportedGrantType as error:
            raise TokenRefused("unsupported_grant_type", "grant_type must be client_credentials") from error
        except MissingRequiredClaim as error:
            raise TokenRefused("invalid_request", str(error)) from error
        self._once_only()
        # The package leaves out of its token every scope that it has no service for.
        covered = " ".join(granted)
        whose = {"sub": self.tool.client_id, "iss": self.config.issuer, "scopes": covered}
        return {**answer, "access_token": self.sign(whose, answer["expires_in"]), "scope": covered}

    def _once_only(self) -> None:
        claims = self._jwt["body"]
        if claims.get("sub") != self.tool.client_id:
            raise TokenRefused("invalid_client", "sub must be the client id")
        name = claims.get("jti")
        if not isinstance(name, str) or not name:
            raise TokenRefused("invalid_client", "jti is needed")
        if not use_once(self.store, "jti", f"{self.tool.client_id} {name}", ONCE_SECONDS):
            raise TokenRefused("invalid_client", "This assertion has been used already")

    def validate_token(self, token: str, allowed_scopes: list[str] | None = None, audience: str | None = None) -> bool:
        """Say whether an access token is good here; raise LtiServiceException (403) where a scope is missing."""
        try:
            super().validate_token(token, None, audience)
            claims = jwt.decode(token, options={"verify_signature": False})
        except (LtiException, jwt.PyJWTError):
            return False
        if claims.get("sub") != self.tool.client_id:
            return False
        if not set(str(claims.get("scopes", "")).split()).intersection(allowed_scopes or ()):
            raise LtiServiceException("The access token does not cover this", 403)
        return True

    def admit(self, header: str, scope: str) -> None:
        """Let a request in that carries an access token for ``scope``; raise LtiServiceException (401 or 403)."""
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not self.validate_token(token, [scope]):
            raise LtiServiceException("A valid access token is needed", 401)

    def sign(self, claims: dict[str, Any], seconds: int) -> str:
        """Sign what the LMS says without anybody launching; it holds for ``seconds``."""
        return str(self.get_registration_by_params().platform_encode_and_sign(claims, seconds))

    def content_items(self, token: str) -> tuple[str, list[dict[str, Any]]]:
        """Return the ``data`` and the items of a deep linking response; raise SignatureRefused."""
        self.audience = self.config.issuer
        claims = self.tool_validate_and_decode(token)
        wanted = {
            f"{LTI}/message_type": "LtiDeepLinkingResponse",
            f"{LTI}/version": "1.3.0",
            f"{LTI}/deployment_id": self.tool.deployment_id,
        }
        for name, value in wanted.items():
            if claims.get(name) != value:
                raise SignatureRefused(f"{name} must be {value}")
        nonce = claims.get("nonce")
        if not isinstance(nonce, str) or not use_once(self.store, "nonce", nonce, ONCE_SECONDS):
            raise SignatureRefused("nonce is missing or used already")
        items = claims.get("https://purl.imsglobal.org/spec/lti-dl/claim/content_items", [])
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise SignatureRefused("content_items must be a list of objects")
        return str(claims.get("https://purl.imsglobal.org/spec/lti-dl/claim/data", "")), items


def _is_readable(key: object) -> bool:
    # The package hands keys to jwcrypto, whose own errors it does not catch.
    try:
        return isinstance(key, dict) and bool(jwt.PyJWK(key))
    except jwt.PyJWTError:
        return False


def public_keys(store: Store) -> dict[str, Any]:
    """Return all the LMS's public keys as a JWK set."""
    return {"keys": [Registration.get_jwk(key.public_pem) for key in signing_keys(store)]}


def platform_for_assertion(config: DemoConfig, store: Store, key_sets: KeySets, form: Mapping[str, str]) -> Platform:
    """Return the platform for whoever an assertion names as its issuer; raise TokenRefused for a stranger."""
    try:
        claims = jwt.decode(form.get("client_assertion", ""), options={"verify_signature": False})
    except jwt.PyJWTError as error:
        raise TokenRefused("invalid_request", "client_assertion is not a signed token") from error
    tool = tool_by_client(store, str(claims.get("iss", "")))
    if tool is None:
        raise TokenRefused("invalid_client", "No tool has this client id")
    return Platform(config, store, tool, key_sets)
