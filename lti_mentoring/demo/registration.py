"""Dynamic Registration, the LMS's side (LTI Dynamic Registration 1.0), with Moodle's rules where the text is open.

An administrator pastes the tool's address; the tool reads our configuration and registers itself with a token that
works once (mod/lti/openid-registration.php and classes/local/ltiopenid/registration_helper.php of Moodle).
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Blueprint, jsonify, request

from lti_mentoring.demo.course import Kind
from lti_mentoring.demo.messages import TOOL_PLATFORM, VARIABLES
from lti_mentoring.demo.notices import NoticeKind
from lti_mentoring.demo.site import site
from lti_mentoring.demo.tools import CLAIMS, SCOPES, Tool, save_tool, use_registration_token

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("registration", __name__)

TOOL_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"
PLATFORM_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-platform-configuration"
WEB = frozenset({"http", "https"})


class RegistrationRefused(Exception):
    """A registration that cannot be taken; the message is the error's code, as OpenID Connect registration has it."""


@blueprint.get("/.well-known/openid-configuration")
def configuration() -> ResponseReturnValue:
    """Tell a tool where everything is and what the LMS can do."""
    config = site().config
    return jsonify(
        {
            "issuer": config.issuer,
            "authorization_endpoint": config.auth_url,
            "token_endpoint": config.token_url,
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
            "jwks_uri": config.jwks_url,
            "registration_endpoint": f"{config.lms_url}/register",
            "scopes_supported": ["openid", *SCOPES],
            "response_types_supported": ["id_token"],
            "response_modes_supported": ["form_post"],
            "subject_types_supported": ["public", "pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": list(CLAIMS),
            PLATFORM_CONFIGURATION: {
                "product_family_code": TOOL_PLATFORM["product_family_code"],
                "version": TOOL_PLATFORM["version"],
                "messages_supported": [{"type": kind.value} for kind in Kind],
                "notice_types_supported": list(NoticeKind),
                "variables": [variable.removeprefix("$") for variable in VARIABLES],
            },
        }
    )


@blueprint.post("/register")
def register() -> ResponseReturnValue:
    """Register the tool that holds a registration token."""
    body = request.get_json(force=True, silent=True)
    sent = body if isinstance(body, dict) else {}
    try:
        tool = _checked(sent)
    except RegistrationRefused as refused:
        return {"error": str(refused)}, 400
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    # Used up last: a mistake in the request may be mended with the same token.
    if scheme.lower() != "bearer" or not use_registration_token(site().store, token.strip()):
        return {"error": "invalid_token"}, 401
    save_tool(site().store, tool)
    granted = {**sent, "client_id": tool.client_id, "scope": " ".join(tool.scopes)}
    own = {**sent[TOOL_CONFIGURATION], "deployment_id": tool.deployment_id, "claims": list(tool.claims)}
    return jsonify({**granted, TOOL_CONFIGURATION: own})


def _checked(sent: dict[str, Any]) -> Tool:
    own = sent.get(TOOL_CONFIGURATION)
    if not isinstance(own, dict):
        raise RegistrationRefused("missing_tool_configuration")
    login, keys, target = sent.get("initiate_login_uri"), sent.get("jwks_uri"), own.get("target_link_uri")
    redirects, name = sent.get("redirect_uris"), sent.get("client_name")
    if not isinstance(redirects, list) or not redirects or not all(map(_is_address, redirects)):
        raise RegistrationRefused("invalid_redirect_uri")
    if not (isinstance(name, str) and name.strip() and all(map(_is_address, (login, keys, target)))):
        raise RegistrationRefused("invalid_client_metadata")
    _check_protocol(sent)
    domain = urlsplit(str(target)).netloc
    if str(own.get("domain", "")).removeprefix("www.") not in {domain, domain.partition(":")[0]}:
        raise RegistrationRefused("domain_targetlinkuri_mismatch")
    return Tool(
        client_id=secrets.token_hex(8),
        deployment_id=secrets.token_hex(4),
        name=str(name).strip(),
        login_url=str(login),
        target_link_uri=str(target),
        jwks_url=str(keys),
        redirect_uris=tuple(redirects),
        scopes=tuple(scope for scope in SCOPES if scope in str(sent.get("scope", "")).split()),
        claims=tuple(claim for claim in CLAIMS if claim in (own.get("claims") or [])),
        deep_linking_url=_deep_linking_address(own, str(target)),
        custom=_custom(own),
    )


def _check_protocol(sent: dict[str, Any]) -> None:
    wanted = {
        "application_type": sent.get("application_type", "web") == "web",
        "response_types": "id_token" in (sent.get("response_types") or []),
        "grant_types": {"client_credentials", "implicit"} <= set(sent.get("grant_types") or []),
        "token_endpoint_auth_method": sent.get("token_endpoint_auth_method") == "private_key_jwt",
    }
    if not all(wanted.values()):
        raise RegistrationRefused("invalid_client_metadata")


def _deep_linking_address(own: dict[str, Any], target: str) -> str:
    for message in own.get("messages") or []:
        if isinstance(message, dict) and message.get("type") == Kind.PICKING:
            address = message.get("target_link_uri") or target
            return str(address) if _is_address(address) else target
    return ""


def _custom(own: dict[str, Any]) -> dict[str, str]:
    sent = own.get("custom_parameters")
    return {name: value for name, value in (sent if isinstance(sent, dict) else {}).items() if isinstance(value, str)}


def _is_address(value: object) -> bool:
    if not isinstance(value, str):
        return False
    parts = urlsplit(value)
    return parts.scheme in WEB and bool(parts.netloc)
