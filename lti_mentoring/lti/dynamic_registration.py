"""LTI Dynamic Registration 1.0: read what a platform says of itself, ask it to register us, read what it granted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lti_mentoring.lti import fields
from lti_mentoring.lti.access import ALL_SCOPES
from lti_mentoring.lti.canvas import PRIVACY_LEVEL, TOOL_ID
from lti_mentoring.lti.errors import LTIError
from lti_mentoring.lti.messages import MessageType
from lti_mentoring.lti.paging import origin
from lti_mentoring.lti.quirks import quirks_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lti_mentoring.lti.http import PlatformClient

PLATFORM_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-platform-configuration"
TOOL_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"
CANVAS = "https://canvas.instructure.com/lti/"
CANVAS_CLOUD = ("instructure.com", "canvaslms.com")
# Moodle decides by these whether names and addresses are sent (registration_helper.php).
CLAIMS = ("iss", "sub", "name", "given_name", "family_name", "email", "locale")
# A configuration that names neither is an older one: both messages are part of the core.
MESSAGES = (MessageType.RESOURCE_LINK.value, MessageType.DEEP_LINKING.value)
_CREATED = frozenset({200, 201})


class RegistrationRefused(LTIError):
    """A registration that we do not go on with; ``code`` says what is wrong with the platform's side."""

    code = "registration_refused"


@dataclass(frozen=True, slots=True)
class ToolDescription:
    """What we say of ourselves. Addresses are absolute; ``custom`` is sent with every launch."""

    name: str
    description: str
    login_url: str
    launch_url: str
    jwks_url: str
    home_url: str
    logo_url: str | None = None
    policy_url: str | None = None
    terms_url: str | None = None
    contacts: tuple[str, ...] = ()
    custom: Mapping[str, str] = field(default_factory=dict)

    @property
    def domain(self) -> str:
        """The host of the launch address; Moodle compares the two, without a leading www."""
        return (urlsplit(self.launch_url).hostname or "").removeprefix("www.")


@dataclass(frozen=True, slots=True)
class PlatformConfiguration:
    """A platform's own description. Empty scopes or messages mean that it names none."""

    issuer: str
    auth_url: str
    token_url: str
    jwks_url: str
    registration_url: str
    product_family: str = ""
    version: str = ""
    institution_name: str | None = None
    scopes: frozenset[str] = frozenset()
    messages: tuple[str, ...] = ()
    claims: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Registered:
    """What a platform granted. Without a ``deployment_id`` (Canvas) it is learnt at the first launch.

    ``granted_scopes`` is what the answer repeats, or what we asked for where it repeats none.
    """

    client_id: str
    deployment_id: str | None
    granted_scopes: frozenset[str]


def fetch_configuration(client: PlatformClient, url: str, token: str | None) -> PlatformConfiguration:
    """Fetch and read the platform's description; the registration token goes with it, for Canvas asks for it."""
    answer = client.get(url, token=token or None)
    return read_configuration(answer.json_object(), url)


def read_configuration(document: Mapping[str, object], url: str) -> PlatformConfiguration:
    """Read an OpenID configuration that was fetched from ``url``; raise RegistrationRefused for a wrong one.

    The document must lie on the issuer's own host, or below it; Canvas's cloud, one issuer for every school, is held
    against Instructure's hosts instead.
    """
    issuer = _address(document, "issuer", issuer=True)
    extra = document.get(PLATFORM_CONFIGURATION)
    platform = extra if isinstance(extra, dict) else {}
    product = fields.text(platform, "product_family_code", limit=100) or ""
    found = PlatformConfiguration(
        issuer=issuer,
        auth_url=_address(document, "authorization_endpoint"),
        token_url=_address(document, "token_endpoint"),
        jwks_url=_address(document, "jwks_uri"),
        registration_url=_address(document, "registration_endpoint"),
        product_family=product,
        version=fields.text(platform, "version", limit=100) or "",
        institution_name=fields.text(platform, f"{CANVAS}account_name", limit=200),
        scopes=frozenset(fields.texts(document, "scopes_supported")),
        messages=_messages(platform),
        claims=frozenset(fields.texts(document, "claims_supported")),
    )
    _check_hosts(found, url)
    return found


def registration_request(configuration: PlatformConfiguration, tool: ToolDescription) -> dict[str, object]:
    """Return the body that asks the platform to register us: only for scopes and messages that it says it has."""
    claims = [claim for claim in CLAIMS if claim in configuration.claims or not configuration.claims]
    request: dict[str, object | None] = {
        "application_type": "web",
        "grant_types": ["client_credentials", "implicit"],
        "response_types": ["id_token"],
        "redirect_uris": [tool.launch_url],
        "initiate_login_uri": tool.login_url,
        "client_name": tool.name,
        "jwks_uri": tool.jwks_url,
        "logo_uri": tool.logo_url,
        "client_uri": tool.home_url,
        "policy_uri": tool.policy_url,
        "tos_uri": tool.terms_url,
        "contacts": list(tool.contacts) or None,
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(wanted_scopes(configuration)),
        TOOL_CONFIGURATION: {
            "domain": tool.domain,
            "target_link_uri": tool.launch_url,
            "description": tool.description,
            "custom_parameters": dict(tool.custom),
            "claims": claims,
            "messages": _wanted_messages(configuration, tool),
            **_extensions(configuration),
        },
    }
    return {name: value for name, value in request.items() if value is not None}


def register(
    client: PlatformClient, configuration: PlatformConfiguration, body: Mapping[str, object], token: str | None
) -> Registered:
    """Send the request and read the answer; Bearer only where a token came (Brightspace sends none)."""
    answer = client.send_json("POST", configuration.registration_url, body, token=token or None, good=_CREATED)
    return read_registration_response(answer.json_object(), asked=frozenset(str(body.get("scope", "")).split()))


def read_registration_response(document: Mapping[str, object], *, asked: frozenset[str] = frozenset()) -> Registered:
    """Read what was granted; an answer without a client id is no registration."""
    client_id = fields.identifier(document, "client_id")
    if client_id is None:
        raise RegistrationRefused("client_id_missing")
    extra = document.get(TOOL_CONFIGURATION)
    deployment_id = fields.identifier(extra, "deployment_id") if isinstance(extra, dict) else None
    said = frozenset(scope for part in fields.texts(document, "scope") for scope in part.split())
    return Registered(client_id, deployment_id, said if "scope" in document else asked)


def wanted_scopes(configuration: PlatformConfiguration) -> list[str]:
    """Return our scopes that the platform has; all of them where it does not say."""
    return [scope for scope in ALL_SCOPES if scope in configuration.scopes or not configuration.scopes]


def _wanted_messages(configuration: PlatformConfiguration, tool: ToolDescription) -> list[dict[str, object]]:
    offered = [kind for kind in MESSAGES if kind in configuration.messages or not configuration.messages]
    messages: list[dict[str, object]] = [
        {"type": kind, "target_link_uri": tool.launch_url, "label": tool.name} for kind in offered
    ]
    if not quirks_for(configuration.product_family).canvas_registration:
        return messages
    return [_canvas_message(message) for message in messages]


def _canvas_message(message: dict[str, object]) -> dict[str, object]:
    # canvas-lms doc/api/registration.md: a message appears only where a placement says so.
    if message["type"] == MessageType.DEEP_LINKING.value:
        return message | {"placements": ["assignment_selection", "link_selection"]}
    return message | {
        "placements": ["course_navigation"],
        f"{CANVAS}course_navigation/default_enabled": False,
        f"{CANVAS}visibility": "members",
    }


def _extensions(configuration: PlatformConfiguration) -> dict[str, object]:
    if not quirks_for(configuration.product_family).canvas_registration:
        return {}
    return {f"{CANVAS}privacy_level": PRIVACY_LEVEL, f"{CANVAS}tool_id": TOOL_ID}


def _messages(platform: Mapping[str, object]) -> tuple[str, ...]:
    """Read ``messages_supported``: objects with a type, or, in older platforms, the bare names."""
    said = platform.get("messages_supported")
    found = []
    for message in said if isinstance(said, list) else []:
        kind = message.get("type") if isinstance(message, dict) else message
        if isinstance(kind, str):
            found.append(kind)
    return tuple(found)


def _address(document: Mapping[str, object], name: str, *, issuer: bool = False) -> str:
    value = fields.web_address(document, name)
    if value is None or origin(value)[1] == "":
        raise RegistrationRefused("configuration_incomplete", missing=name)
    if issuer and (urlsplit(value).query or urlsplit(value).fragment):
        raise RegistrationRefused("issuer_malformed")
    return value


def _check_hosts(found: PlatformConfiguration, url: str) -> None:
    """Hold the document against where it came from: nobody registers in another platform's name."""
    asked = origin(url)
    addresses = (found.auth_url, found.token_url, found.jwks_url, found.registration_url)
    if asked[0] == "https" and any(urlsplit(part).scheme != "https" for part in (found.issuer, *addresses)):
        raise RegistrationRefused("address_not_https")
    issuer = origin(found.issuer)[1]
    if not (within(asked[1], issuer) or _is_canvas_cloud(found)):
        raise RegistrationRefused("issuer_foreign", issuer=issuer, host=asked[1])


def within(host: str, domain: str) -> bool:
    """Whether ``host`` is ``domain`` or lies below it (Blackboard's description lies below its issuer)."""
    return host == domain or host.endswith(f".{domain}")


def _is_canvas_cloud(found: PlatformConfiguration) -> bool:
    # Every school on Instructure's cloud is one issuer, whatever host the school has (canvas-lms,
    # lti/ims/dynamic_registration_controller.rb): what proves launches must then be Instructure's own.
    proofs = (found.issuer, found.auth_url, found.token_url, found.jwks_url)
    return all(any(within(origin(url)[1], domain) for domain in CANVAS_CLOUD) for url in proofs)
