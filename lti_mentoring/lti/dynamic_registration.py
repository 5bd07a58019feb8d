"""LTI Dynamic Registration 1.0: read what a platform says of itself, ask it to register us, read what it granted.

Which product it is shows only in the record of quirks that each function is handed.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from lti_mentoring.lti import fields
from lti_mentoring.lti.access import ALL_SCOPES, SCOPE_REGISTRATION
from lti_mentoring.lti.errors import LTIError
from lti_mentoring.lti.messages import OTHER_NAMES, MessageType
from lti_mentoring.lti.paging import origin
from lti_mentoring.lti.tokens import TokenMalformed, take_apart

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Self

    from lti_mentoring.lti.access import Access
    from lti_mentoring.lti.http import PlatformClient
    from lti_mentoring.lti.quirks import Catalogue, Joining

PLATFORM_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-platform-configuration"
TOOL_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"
# Platforms decide by these whether names and addresses are sent.
CLAIMS = ("iss", "sub", "name", "given_name", "family_name", "email", "locale")
# A configuration that names neither is an older one: both messages are part of the core.
MESSAGES = (MessageType.RESOURCE_LINK.value, MessageType.DEEP_LINKING.value)
PLACEMENTS = "placements"
FURTHER_MESSAGES = (MessageType.SUBMISSION_REVIEW.value, MessageType.DATA_PRIVACY.value, *OTHER_NAMES)
"""Asked for only where the platform names them; each comes to the launch address."""
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
    """A platform's own description. Empty scopes, messages or placements mean that it names none.

    ``token_audience`` is what a client assertion is made out to where that is not the token address.
    """

    issuer: str
    auth_url: str
    token_url: str
    jwks_url: str
    registration_url: str
    token_audience: str | None = None
    product_family: str = ""
    version: str = ""
    institution_name: str | None = None
    scopes: frozenset[str] = frozenset()
    messages: tuple[str, ...] = ()
    claims: frozenset[str] = frozenset()
    placements: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts that the description names: nothing else is called for it."""
        named = (self.issuer, self.auth_url, self.token_url, self.jwks_url, self.registration_url)
        return frozenset(origin(url)[1] for url in named)

    def packed(self) -> dict[str, Any]:
        """Return the description as JSON can hold it."""
        plain = asdict(self) | {"scopes": sorted(self.scopes), "claims": sorted(self.claims)}
        packed: dict[str, Any] = json.loads(json.dumps(plain | {"placements": dict(self.placements)}))
        return packed

    @classmethod
    def unpacked(cls, held: Mapping[str, Any]) -> Self:
        """Return the description that ``packed`` made."""
        placements = {kind: tuple(names) for kind, names in held["placements"].items()}
        restored = {
            **held,
            "scopes": frozenset(held["scopes"]),
            "claims": frozenset(held["claims"]),
            "messages": tuple(held["messages"]),
            "placements": placements,
        }
        return cls(**restored)


@dataclass(frozen=True, slots=True)
class Registered:
    """What a platform granted. Without a ``deployment_id`` it is learnt at the first launch.

    ``granted_scopes`` is what the answer repeats, or what we asked for where it repeats none. ``client_uri`` is where
    the registration may be read and mended later (RFC 7592), where the platform has such a place.
    """

    client_id: str
    deployment_id: str | None
    granted_scopes: frozenset[str]
    client_uri: str | None = None


def fetch_configuration(
    client: PlatformClient, url: str, token: str | None, catalogue: Catalogue
) -> PlatformConfiguration:
    """Fetch and read the platform's description; the registration token goes with it, for Canvas asks for it."""
    answer = client.get(url, token=token or None)
    return read_configuration(answer.json_object(), url, catalogue)


def read_configuration(document: Mapping[str, object], url: str, catalogue: Catalogue) -> PlatformConfiguration:
    """Read an OpenID configuration that was fetched from ``url``; raise RegistrationRefused for a wrong one.

    The document must lie on the issuer's own host, or below it. Where every school of a product is one issuer, the
    addresses that prove launches must be that product's own instead.
    """
    issuer = _address(document, "issuer", issuer=True)
    extra = document.get(PLATFORM_CONFIGURATION)
    platform = extra if isinstance(extra, dict) else {}
    product = fields.text(platform, "product_family_code", limit=100) or ""
    joining = catalogue.of(product).joining
    messages = _messages(platform)
    found = PlatformConfiguration(
        issuer=issuer,
        auth_url=_address(document, "authorization_endpoint"),
        token_url=_address(document, "token_endpoint"),
        jwks_url=_address(document, "jwks_uri"),
        registration_url=_address(document, "registration_endpoint"),
        token_audience=_audience(document, joining),
        product_family=product,
        version=fields.text(platform, "version", limit=100) or "",
        institution_name=fields.text(platform, joining.school_key, limit=200) if joining.school_key else None,
        scopes=frozenset(fields.texts(document, "scopes_supported")),
        messages=tuple(messages),
        claims=frozenset(fields.texts(document, "claims_supported")),
        placements={kind: names for kind, names in messages.items() if names},
    )
    _check_hosts(found, url, joining)
    return found


def registration_request(
    configuration: PlatformConfiguration, tool: ToolDescription, joining: Joining
) -> dict[str, object]:
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
            "custom_parameters": {**tool.custom, **joining.custom},
            "claims": claims,
            "messages": [_message(kind, configuration, tool, joining) for kind in wanted_messages(configuration)],
            **joining.tool,
        },
    }
    return {name: value for name, value in request.items() if value is not None}


def register(
    client: PlatformClient, configuration: PlatformConfiguration, body: Mapping[str, object], token: str | None
) -> Registered:
    """Send the request and read the answer; Bearer only where a token came (Brightspace sends none)."""
    answer = client.send_json("POST", configuration.registration_url, body, token=token or None, good=_CREATED)
    return read_registration_response(answer.json_object(), asked=str(body.get("scope", "")).split())


def fetch_registration(client: PlatformClient, configuration: PlatformConfiguration, token: str) -> Registered:
    """Read the registration that a token for mending stands for, as it is now."""
    answer = client.get(configuration.registration_url, token=token)
    return read_registration_response(answer.json_object())


def look_up(client: PlatformClient, access: Access, client_uri: str) -> Registered:
    """Read our registration where the platform keeps it (RFC 7592; Canvas takes a service token for it)."""
    return read_registration_response(
        access.authorised(lambda token: client.get(client_uri, token=token)).json_object()
    )


def is_for_mending(token: str | None, joining: Joining) -> bool:
    """Whether a registration token says of itself that it mends a registration; the platform alone can prove it."""
    if not token or not joining.update_token_scope:
        return False
    try:
        claims = take_apart(token).claims()
    except TokenMalformed:
        return False
    return claims.get("scope") == joining.update_token_scope


def read_registration_response(document: Mapping[str, object], *, asked: Iterable[str] = ()) -> Registered:
    """Read what was granted; an answer without a client id is no registration."""
    client_id = fields.identifier(document, "client_id")
    if client_id is None:
        raise RegistrationRefused("client_id_missing")
    extra = document.get(TOOL_CONFIGURATION)
    inner = extra if isinstance(extra, dict) else {}
    # The standard has it inside; Canvas writes it beside (dynamic_registration_controller.rb, render_registration).
    deployment_id = fields.identifier(inner, "deployment_id") or fields.identifier(document, "deployment_id")
    said = frozenset(scope for part in fields.texts(document, "scope") for scope in part.split())
    granted = said if "scope" in document else frozenset(asked)
    return Registered(client_id, deployment_id, granted, fields.web_address(document, "registration_client_uri"))


def wanted_scopes(configuration: PlatformConfiguration) -> list[str]:
    """Return our scopes that the platform has; where it does not say, all that services need."""
    more = [SCOPE_REGISTRATION] if SCOPE_REGISTRATION in configuration.scopes else []
    return [scope for scope in ALL_SCOPES if scope in configuration.scopes or not configuration.scopes] + more


def wanted_messages(configuration: PlatformConfiguration) -> list[str]:
    """Return our messages that the platform has; those of the core where it does not say."""
    core = [kind for kind in MESSAGES if kind in configuration.messages or not configuration.messages]
    return core + [kind for kind in FURTHER_MESSAGES if kind in configuration.messages]


def _message(
    kind: str, configuration: PlatformConfiguration, tool: ToolDescription, joining: Joining
) -> dict[str, object]:
    extra = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in joining.messages.get(kind, {}).items()
    }
    offered = configuration.placements.get(kind)
    if offered and isinstance(wanted := extra.get(PLACEMENTS), list):
        extra[PLACEMENTS] = [place for place in wanted if place in offered]
    return {"type": kind, "target_link_uri": tool.launch_url, "label": tool.name, **extra}


def _audience(document: Mapping[str, object], joining: Joining) -> str | None:
    said = (
        fields.text(document, "authorization_server", limit=255) if joining.authorization_server_is_audience else None
    )
    return said or joining.token_audience


def _messages(platform: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """Read ``messages_supported`` with their placements: objects with a type, or (Moodle) the bare names."""
    said = platform.get("messages_supported")
    found: dict[str, tuple[str, ...]] = {}
    for message in said if isinstance(said, list) else []:
        kind = message.get("type") if isinstance(message, dict) else message
        if isinstance(kind, str):
            found[kind] = fields.texts(message, PLACEMENTS) if isinstance(message, dict) else ()
    return found


def _address(document: Mapping[str, object], name: str, *, issuer: bool = False) -> str:
    value = fields.web_address(document, name)
    if value is None or origin(value)[1] == "":
        raise RegistrationRefused("configuration_incomplete", missing=name)
    if issuer and (urlsplit(value).query or urlsplit(value).fragment):
        raise RegistrationRefused("issuer_malformed")
    return value


def _check_hosts(found: PlatformConfiguration, url: str, joining: Joining) -> None:
    """Hold the document against where it came from: nobody registers in another platform's name."""
    asked = origin(url)
    addresses = (found.auth_url, found.token_url, found.jwks_url, found.registration_url)
    if asked[0] == "https" and any(urlsplit(part).scheme != "https" for part in (found.issuer, *addresses)):
        raise RegistrationRefused("address_not_https")
    issuer = origin(found.issuer)[1]
    proofs = (found.issuer, found.auth_url, found.token_url, found.jwks_url)
    shared = all(within_any(origin(proof)[1], joining.shared_hosts) for proof in proofs)
    if not (within(asked[1], issuer) or shared):
        raise RegistrationRefused("issuer_foreign", issuer=issuer, host=asked[1])


def within(host: str, domain: str) -> bool:
    """Whether ``host`` is ``domain`` or lies below it (Blackboard's description lies below its issuer)."""
    return host == domain or host.endswith(f".{domain}")


def within_any(host: str, domains: Iterable[str]) -> bool:
    """Whether ``host`` lies in one of the domains."""
    return any(within(host, domain) for domain in domains)
