"""Readers of single claims. What is optional and of the wrong type counts as absent; what we build upon is refused.

Everything that comes out can be stored and shown: no control characters, no lone surrogates, no endless texts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from lti_mentoring.domain.roles import Role, is_faculty, is_mentor_observer, is_platform_administrator
from lti_mentoring.lti.access import SCOPE_GROUPS, SCOPE_NOTICES
from lti_mentoring.lti.errors import forbidden, malformed
from lti_mentoring.lti.messages import (
    ContextClaims,
    DeepLinkingSettings,
    GradebookEndpoint,
    GroupsEndpoint,
    NoticeService,
    PersonClaims,
    PlatformInstance,
    Presentation,
    ResourceLinkClaims,
    RosterEndpoint,
)

Claims = Mapping[str, Any]

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
VERSION = CLAIM + "version"
MESSAGE_TYPE = CLAIM + "message_type"
DEPLOYMENT_ID = CLAIM + "deployment_id"
TARGET_LINK_URI = CLAIM + "target_link_uri"
ROLES = CLAIM + "roles"
ROLE_SCOPE_MENTOR = CLAIM + "role_scope_mentor"
LTI_1_1 = CLAIM + "lti1p1"
LEGACY_USER_ID = CLAIM + "lti11_legacy_user_id"
CONTEXT = CLAIM + "context"
RESOURCE_LINK = CLAIM + "resource_link"
CUSTOM = CLAIM + "custom"
PRESENTATION = CLAIM + "launch_presentation"
PLATFORM = CLAIM + "tool_platform"
FOR_USER = CLAIM + "for_user"
NOTICES = CLAIM + "platformnotificationservice"
ROSTER = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
GRADEBOOK = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
GROUPS = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"

MAX_ID = 255
MAX_NAME = 255
MAX_EMAIL = 254
MAX_TEXT = 2000
MAX_URL = 2048
MAX_CUSTOM = 8000
MAX_PIXELS = 100_000

_TARGETS = frozenset({"frame", "iframe", "window"})
_LOCALE = re.compile(r"[A-Za-z0-9]{1,8}(?:[-_][A-Za-z0-9]{1,8}){0,5}")
# A text is one line: what breaks it could end a header of a mail or the cell of a sheet.
_BREAKS = re.compile("[\t\n\x0b\x0c\r\x85\u2028\u2029]+")
# C0 and C1 controls, lone surrogates, and the marks that turn the direction of all text that follows them.
_UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
# An identifier or address with one of these cannot be stored, compared or requested faithfully.
_UNSTORABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# Neither a database nor an answer in UTF-8 can hold these.
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


def text(value: object, limit: int = MAX_NAME) -> str | None:
    """Return a text cleaned and cut to ``limit``; None for what is no text or blank."""
    if not isinstance(value, str):
        return None
    if not value.isprintable():
        value = _UNSHOWABLE.sub("", _BREAKS.sub(" ", value))
    return value.strip()[:limit].rstrip() or None


def identifier(value: object) -> str | None:
    """Return an identifier exactly as sent, 1 to 255 characters; None for anything else."""
    if not isinstance(value, str) or not 0 < len(value) <= MAX_ID or not value.strip():
        return None
    return None if _UNSTORABLE.search(value) else value


def needed_identifier(claims: Claims, claim: str, name: str) -> str:
    """Return an identifier exactly as sent; refuse a message without one, with a code that says what is wrong."""
    value = claims.get(claim)
    if value is None:
        raise malformed(f"{name}_missing")
    found = identifier(value)
    if found is None:
        raise malformed(f"{name}_{_why_no_identifier(value)}")
    return found


def _why_no_identifier(value: object) -> str:
    if not isinstance(value, str):
        return "not_text"
    if not value.strip():
        return "blank"
    return "too_long" if len(value) > MAX_ID else "malformed"


def web_address(value: object) -> str | None:
    """Return an absolute http(s) address exactly as sent; None for anything else."""
    return value if isinstance(value, str) and 0 < len(value) <= MAX_URL and _is_web_address(value) else None


@lru_cache(maxsize=512)  # most addresses of a platform are the same at every launch
def _is_web_address(value: str) -> bool:
    if _UNSTORABLE.search(value) or " " in value:
        return False
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return usable and parts.username is None and parts.password is None


def texts(value: object, limit: int = MAX_NAME) -> tuple[str, ...]:
    """Return the usable texts of a list, in order; nothing for what is no list."""
    if not isinstance(value, list):
        return ()
    return tuple(each for entry in value if (each := text(entry, limit)) is not None)


def flag(value: object) -> bool | None:
    """Return a truth value, also one sent as a word; None where there is none."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value.lower()) if isinstance(value, str) else None


def pixels(value: object) -> int | None:
    """Return a size, also one sent as digits; None where it is no sensible number."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= len(str(MAX_PIXELS)):
        value = int(value)
    sensible = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MAX_PIXELS
    return value if sensible and isinstance(value, int) else None


def locale(value: object) -> str | None:
    """Return a language tag such as ``pt-BR`` or ``en_us``."""
    return value if isinstance(value, str) and _LOCALE.fullmatch(value) else None


def _structure(claims: Claims, name: str) -> Claims:
    found = claims.get(name)
    return found if isinstance(found, dict) else {}


def read_person(claims: Claims) -> PersonClaims:
    """Read what the platform tells of the person. An overlong mail address is dropped: cut, it would be another's."""
    email = text(claims.get("email"), MAX_EMAIL + 1)
    return PersonClaims(
        name=text(claims.get("name")),
        given_name=text(claims.get("given_name")),
        family_name=text(claims.get("family_name")),
        email=email if email and len(email) <= MAX_EMAIL else None,
        locale=locale(claims.get("locale")),
        picture=web_address(claims.get("picture")),
        legacy_user_id=identifier(claims.get(LEGACY_USER_ID)) or identifier(_structure(claims, LTI_1_1).get("user_id")),
    )


def read_context(claims: Claims) -> ContextClaims | None:
    """Read the course; None where the launch has none. Refuse one that cannot be told apart from others."""
    found = claims.get(CONTEXT)
    if found is None or found == {}:
        return None
    if not isinstance(found, dict):
        raise malformed("context_malformed")
    return ContextClaims(
        id=needed_identifier(found, "id", "context_id"),
        label=text(found.get("label")),
        title=text(found.get("title")),
        types=texts(found.get("type")),
    )


def read_resource_link(claims: Claims) -> ResourceLinkClaims:
    """Read the link; refuse a message without one that can be told apart."""
    found = claims.get(RESOURCE_LINK)
    if found is None:
        raise malformed("resource_link_missing")
    if not isinstance(found, dict):
        raise malformed("resource_link_malformed")
    return ResourceLinkClaims(
        id=needed_identifier(found, "id", "resource_link_id"),
        title=text(found.get("title")),
        description=text(found.get("description"), MAX_TEXT),
    )


def read_observed(claims: Claims, roles: frozenset[Role], custom_name: str = "") -> frozenset[str]:
    """Read whom a Mentor may see. Without that role the list means nothing (LTI core, role_scope_mentor).

    ``custom_name``: the custom parameter that holds them as well, joined by commas, for products that have one; where
    nothing was put into it, it comes back as we wrote it ("$com...").
    """
    if not is_mentor_observer(roles):
        return frozenset()
    found = claims.get(ROLE_SCOPE_MENTOR, [])
    if not isinstance(found, list):
        raise malformed("role_scope_mentor_malformed")
    listed = _structure(claims, CUSTOM).get(custom_name)
    if isinstance(listed, str) and not listed.startswith("$"):
        found = [*found, *map(str.strip, listed[:MAX_CUSTOM].split(","))]
    return frozenset(subject for entry in found if (subject := identifier(entry)) is not None)


def read_roster(claims: Claims) -> RosterEndpoint | None:
    """Read where the roster is, if it is offered."""
    url = web_address(_structure(claims, ROSTER).get("context_memberships_url"))
    return RosterEndpoint(url) if url else None


def read_gradebook(claims: Claims) -> GradebookEndpoint | None:
    """Read where grades go, if anything usable is offered."""
    found = _structure(claims, GRADEBOOK)
    lineitems, lineitem = web_address(found.get("lineitems")), web_address(found.get("lineitem"))
    if lineitems is None and lineitem is None:
        return None
    return GradebookEndpoint(lineitems, lineitem, frozenset(texts(found.get("scope"))))


def read_groups_endpoint(claims: Claims) -> GroupsEndpoint | None:
    """Read where the course's groups are, if they are offered."""
    found = _structure(claims, GROUPS)
    url, scopes = web_address(found.get("context_groups_url")), texts(found.get("scope"))
    if url is None or (scopes and SCOPE_GROUPS not in scopes):
        return None
    return GroupsEndpoint(url, web_address(found.get("context_group_sets_url")))


def read_notice_service(claims: Claims) -> NoticeService | None:
    """Read where we say which notices we want, if the platform offers any and lets us ask."""
    found = _structure(claims, NOTICES)
    url = web_address(found.get("platform_notification_service_url"))
    kinds, scopes = texts(found.get("notice_types_supported")), texts(found.get("scope"))
    if url is None or not kinds or (scopes and SCOPE_NOTICES not in scopes):
        return None
    return NoticeService(url, kinds)


def read_deep_linking(claims: Claims, roles: frozenset[Role]) -> DeepLinkingSettings:
    """Read how to answer a request to pick; refuse people who may not pick, and settings without a way back."""
    if not (is_faculty(roles) or is_platform_administrator(roles)):
        raise forbidden("deep_linking_not_allowed")
    found = claims.get(DEEP_LINKING)
    if found is None:
        raise malformed("deep_linking_settings_missing")
    if not isinstance(found, dict):
        raise malformed("deep_linking_settings_malformed")
    return_url = web_address(found.get("deep_link_return_url"))
    if return_url is None:
        raise malformed("deep_link_return_url_missing")
    return DeepLinkingSettings(
        return_url=return_url,
        accept_types=texts(found.get("accept_types")),
        accept_targets=texts(found.get("accept_presentation_document_targets")),
        accept_multiple=flag(found.get("accept_multiple")) is True,
        accept_lineitem=flag(found.get("accept_lineitem")),
        auto_create=flag(found.get("auto_create")),
        title=text(found.get("title")),
        text=text(found.get("text"), MAX_TEXT),
        data=_opaque(found.get("data")),
        has_data=found.get("data") is not None,
    )


def read_reviewed(claims: Claims) -> str:
    """Read whose work is to be looked at, in which column and course; refuse a message that leaves one of them out."""
    found = claims.get(FOR_USER)
    if found is None:
        raise malformed("for_user_missing")
    reviewed = identifier(found.get("user_id")) if isinstance(found, dict) else None
    if reviewed is None:
        raise malformed("for_user_malformed")
    gradebook = read_gradebook(claims)
    if gradebook is None or gradebook.lineitem_url is None:
        raise malformed("line_item_missing")
    if read_context(claims) is None:
        raise malformed("context_missing")
    return reviewed


def _opaque(value: object) -> str | None:
    """Return what must go back unaltered; refuse what we could not give back as it came."""
    if value is None:
        return None
    if not isinstance(value, str) or _UNKEEPABLE.search(value):
        raise malformed("deep_linking_data_malformed")
    return value


def read_about(claims: Claims, subject: str, roles: frozenset[Role]) -> str:
    """Read whose data is asked for; refuse whoever asks for another's and whom the platform calls no administrator.

    Examples of the draft name the person by ``id``, submission review 1.0 by ``user_id``: either counts.
    """
    found = claims.get(FOR_USER)
    if found is None:
        raise malformed("for_user_missing")
    if not isinstance(found, dict):
        raise malformed("for_user_malformed")
    about = identifier(found.get("user_id")) or identifier(found.get("id"))
    if about is None:
        raise malformed("for_user_id_missing")
    if about != subject and not is_platform_administrator(roles):
        raise forbidden("data_privacy_not_allowed")
    return about


def read_custom(claims: Claims) -> Mapping[str, str]:
    """Read the custom parameters: texts only, blank ones too; what is null, nested or unusable is left out.

    Canvas sends null for a variable without a value, so that is no reason to refuse anybody (docs/lti-conformance.md).
    """
    return {
        name: text(entry, MAX_CUSTOM) or ""
        for key, entry in _structure(claims, CUSTOM).items()
        if (name := identifier(key)) and isinstance(entry, str)
    }


def read_presentation(claims: Claims) -> Presentation:
    """Read how the platform shows us."""
    found = _structure(claims, PRESENTATION)
    target = found.get("document_target")
    return Presentation(
        return_url=web_address(found.get("return_url")),
        document_target=target if isinstance(target, str) and target in _TARGETS else None,
        locale=locale(found.get("locale")),
        width=pixels(found.get("width")),
        height=pixels(found.get("height")),
    )


def read_platform(claims: Claims) -> PlatformInstance:
    """Read which installation of the platform speaks."""
    found = _structure(claims, PLATFORM)
    return PlatformInstance(
        guid=text(found.get("guid")),
        name=text(found.get("name")),
        version=text(found.get("version")),
        product_family_code=text(found.get("product_family_code")),
    )
