"""Where a product differs from the specification: data, so that no other file asks which product it talks to.

A record's defaults are the specification. The records lie in ``lti/products``, one file each, and come in by the door
``lti_mentoring.quirks``; each difference there names its source.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from lti_mentoring.domain.lanes import MOST_AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


def frozen(value: Mapping[str, object]) -> Mapping[str, object]:
    """Return a mapping that nobody can change, nor what lies in it."""
    return MappingProxyType(
        {name: frozen(inner) if isinstance(inner, dict) else inner for name, inner in value.items()}
    )


class Ours(StrEnum):
    """A value of ours that somebody pastes into an LMS."""

    NAME = "name"
    DESCRIPTION = "description"
    DOMAIN = "domain"
    LOGIN = "login"
    LAUNCH = "launch"
    REDIRECT = "redirect"
    PICKER = "picker"
    KEYS = "keys"
    CUSTOM = "custom"
    CONFIGURATION = "configuration"


class Theirs(StrEnum):
    """A value of an LMS that somebody brings to us; each is a field of our form."""

    ISSUER = "issuer"
    CLIENT_ID = "client_id"
    AUTH = "auth_url"
    TOKEN = "token_url"  # noqa: S105  # the name of a field
    KEYS = "jwks_url"
    AUDIENCE = "token_audience"
    DEPLOYMENT = "deployments"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses that do not depend on the school; blank where they do. ``{client_id}`` stands for the client ID."""

    name: str
    issuer: str = ""
    auth_url: str = ""
    token_url: str = ""
    jwks_url: str = ""
    token_audience: str = ""


@dataclass(frozen=True, slots=True)
class ByHand:
    """How a registration is typed, in the LMS's own (English) words for its screens and fields."""

    give_on: str
    """The screen that takes our values."""
    give: tuple[tuple[Ours, str], ...]
    """Our values with that screen's names for them, in its order."""
    find_on: str
    """The screen that shows the LMS's values."""
    find: Mapping[Theirs, str]
    choose: tuple[tuple[str, str], ...] = ()
    """What else to set on the first screen: its name for it, and the choice."""
    places: tuple[Addresses, ...] = ()
    """Addresses that are the same for every school, to fill the form with; the first is the usual one."""


@dataclass(frozen=True, slots=True)
class Joining:
    """What differs in Dynamic Registration."""

    paste_on: str = ""
    """The screen, and its field, that takes an invitation."""
    switch_on: str = ""
    """Where the tool waits after the registration until somebody switches it on."""
    decides_later: str = ""
    """Where the LMS's administrator decides, after the registration, what we may do."""
    tool: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    """Sent in the tool's configuration beside the fields of the specification."""
    messages: Mapping[str, Mapping[str, object]] = field(default_factory=lambda: MappingProxyType({}))
    """Sent with a message of this type beside the fields of the specification."""
    custom: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Custom parameters to be sent with every launch, beside those of every product."""
    shared_hosts: tuple[str, ...] = ()
    """Domains whose hosts speak for one issuer, whatever host a school has."""
    school_key: str = ""
    """Where in the platform's configuration the school's name stands."""
    authorization_server_is_audience: bool = True
    """Whether ``authorization_server`` is what a client assertion is made out to (LTI Dynamic Registration 1.0)."""
    token_audience: str | None = None
    """The audience where the configuration names none and it is not the token address."""
    update_token_scope: str = ""
    """``scope`` in a registration token that is for mending a registration and lets its present state be read."""


@dataclass(frozen=True, slots=True)
class Quirks:
    """What differs for one product. ``families`` are the product_family_codes that mean it, the first is written."""

    product: str = ""
    name: str = ""
    families: tuple[str, ...] = ()
    roster_limit: int | None = None
    """``limit`` to ask the roster with; None sends none."""
    roster_tells_custom: bool = False
    """Whether the roster, asked with a link, fills custom values in for each member as that member's launch would."""
    line_items_limit: int | None = None
    """``limit`` to ask line items with; None sends none. Results are never asked with one."""
    score_extra: Mapping[str, Mapping[str, object]] = field(default_factory=lambda: MappingProxyType({}))
    """Sent in every score beside the fields of the specification."""
    bad_request_may_be_old_score: bool = True
    """Whether a 400 that speaks of the timestamp means what 409 means in the specification.

    True also for products that we do not know by name: Open edX answers so without naming itself, and being wrong
    costs one look at the result.
    """
    calls_at_once: int = MOST_AT_ONCE
    """How many calls of one client id may be under way, all workers together."""
    observees: str = ""
    """The custom parameter that names whom an observer observes; "" where there is only the claim.

    Only for a product whose teachers cannot write custom parameters: the list gives somebody a view of others.
    """
    variables: tuple[str, ...] = ()
    """How the names of the substitution variables begin that only this product knows."""
    joining: Joining = Joining()
    by_hand: ByHand | None = None


# The words of the standards (LTI 1.3 core, security framework 1.0): what an LMS that we do not know probably says.
SPECIFICATION = Quirks(
    by_hand=ByHand(
        give_on="",
        give=(
            (Ours.NAME, "Tool name"),
            (Ours.DOMAIN, "Domain"),
            (Ours.LAUNCH, "Target link URI (tool URL)"),
            (Ours.REDIRECT, "Redirect URI"),
            (Ours.LOGIN, "Initiate login URL"),
            (Ours.KEYS, "Public keyset URL (JWKS)"),
            (Ours.PICKER, "Deep linking URL (content selection)"),
            (Ours.CUSTOM, "Custom parameters"),
        ),
        find_on="",
        find=MappingProxyType(
            {
                Theirs.ISSUER: "Issuer (platform ID)",
                Theirs.CLIENT_ID: "Client ID",
                Theirs.AUTH: "Authentication request URL (OIDC)",
                Theirs.TOKEN: "Access token URL (OAuth 2)",
                Theirs.KEYS: "Public keyset URL (JWKS)",
                Theirs.AUDIENCE: "Audience, only where it is not the access token URL",
                Theirs.DEPLOYMENT: "Deployment ID",
            }
        ),
    ),
)


class Catalogue:
    """All records of an installation. A later record takes over the families of an earlier one."""

    def __init__(self, records: Iterable[Quirks] = ()) -> None:
        self._by_product = {record.product: record for record in records}
        self._by_family = {family.lower(): record for record in self._by_product.values() for family in record.families}

    def __iter__(self) -> Iterator[Quirks]:
        """Return the records in the order of their names, as a list to choose from shows them."""
        return iter(sorted(self._by_product.values(), key=lambda record: record.name.lower()))

    @property
    def shared_issuers(self) -> frozenset[str]:
        """The issuers that do not depend on the school: many institutions come in under each."""
        places = (place for record in self if record.by_hand for place in record.by_hand.places)
        return frozenset(place.issuer for place in places if place.issuer)

    def of(self, product_family_code: str | None) -> Quirks:
        """Return the record for a platform's ``product_family_code``; for an unknown one the specification."""
        return self._by_family.get((product_family_code or "").strip().lower(), SPECIFICATION)

    def understood(self, record: Quirks, custom: Mapping[str, str]) -> dict[str, str]:
        """Return the custom parameters without those whose variables only other products know."""
        foreign = tuple(start for other in self if other is not record for start in other.variables)
        return {name: value for name, value in custom.items() if not value.startswith(foreign)}

    def named(self, product: str) -> Quirks:
        """Return the record of this name; for an unknown one the specification."""
        return self._by_product.get(product, SPECIFICATION)
