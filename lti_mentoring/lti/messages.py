"""What a validated launch says, as frozen values; after this nobody sees a claim's address.

Texts are never blank: an empty one is None. Addresses are http(s) only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from lti_mentoring.domain.roles import Role
    from lti_mentoring.lti.registrations import DeploymentState, RegisteredPlatform


class MessageType(StrEnum):
    """The messages that we answer; the value is the name that LTI gives them."""

    RESOURCE_LINK = "LtiResourceLinkRequest"
    DEEP_LINKING = "LtiDeepLinkingRequest"
    SUBMISSION_REVIEW = "LtiSubmissionReviewRequest"
    DATA_PRIVACY = "DataPrivacyLaunchRequest"


# The name that Sakai and Tsugi write in later sources.
OTHER_NAMES = {"LtiDataPrivacyLaunchRequest": MessageType.DATA_PRIVACY.value}


@dataclass(frozen=True, slots=True)
class PersonClaims:
    """What the platform tells of the person; all of it may be withheld. ``picture`` is an http(s) address.

    ``legacy_user_id`` is what the platform calls the person in LTI 1.1.
    """

    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    email: str | None = None
    locale: str | None = None
    picture: str | None = None
    legacy_user_id: str | None = None


@dataclass(frozen=True, slots=True)
class ContextClaims:
    """The course that the launch comes from; ``types`` as sent (addresses or Moodle's short names)."""

    id: str
    label: str | None = None
    title: str | None = None
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResourceLinkClaims:
    """The link that was followed."""

    id: str
    title: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class RosterEndpoint:
    """Where the course's people can be read (names and roles service)."""

    url: str


@dataclass(frozen=True, slots=True)
class GradebookEndpoint:
    """Where columns and scores go (assignment and grade services); ``lineitem_url`` is this link's own column."""

    lineitems_url: str | None
    lineitem_url: str | None
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class GroupsEndpoint:
    """Where the course's groups, and their sets, can be read (course groups service)."""

    url: str
    sets_url: str | None


@dataclass(frozen=True, slots=True)
class NoticeService:
    """Where the platform is told which notices to send us (Platform Notification Service), and which it has."""

    url: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeepLinkingSettings:
    """How to answer a request to pick. ``data`` goes back unaltered exactly when it was sent (``has_data``).

    ``accept_lineitem`` and ``auto_create`` are None where the platform does not say.
    """

    return_url: str
    accept_types: tuple[str, ...] = ()
    accept_targets: tuple[str, ...] = ()
    accept_multiple: bool = False
    accept_lineitem: bool | None = None
    auto_create: bool | None = None
    title: str | None = None
    text: str | None = None
    data: str | None = None
    has_data: bool = False


@dataclass(frozen=True, slots=True)
class Presentation:
    """How the platform shows us: ``document_target`` is frame, iframe or window; sizes in pixels."""

    return_url: str | None = None
    document_target: str | None = None
    locale: str | None = None
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class PlatformInstance:
    """Which installation of the platform speaks (Canvas cloud shares one issuer over all schools)."""

    guid: str | None = None
    name: str | None = None
    version: str | None = None
    product_family_code: str | None = None


@dataclass(frozen=True, slots=True)
class Launch:
    """One launch that proved itself. ``roles`` are those that a vocabulary holds, ``role_uris`` all as sent.

    ``observed`` are the subjects that a Mentor of the platform may see: of this launch only, replace what was before.
    ``subject`` identifies the person within the registration's issuer; so does ``about`` the one whose data somebody
    asks to see (a data-privacy launch, which comes from no course).
    """

    registration: RegisteredPlatform
    deployment_id: str
    deployment_state: DeploymentState
    message_type: MessageType
    subject: str
    target_link_uri: str
    issued_at: datetime
    roles: frozenset[Role] = frozenset()
    role_uris: tuple[str, ...] = ()
    observed: frozenset[str] = frozenset()
    person: PersonClaims = PersonClaims()
    context: ContextClaims | None = None
    resource_link: ResourceLinkClaims | None = None
    roster: RosterEndpoint | None = None
    gradebook: GradebookEndpoint | None = None
    groups: GroupsEndpoint | None = None
    notices: NoticeService | None = None
    deep_linking: DeepLinkingSettings | None = None
    reviewed: str | None = None
    """Whose work is to be looked at (Submission Review); the column is the gradebook's own."""
    about: str | None = None
    custom: Mapping[str, str] = field(default_factory=dict)
    presentation: Presentation = Presentation()
    platform: PlatformInstance = PlatformInstance()
