"""Deep Linking 2.0: our answer to a platform that asked a teacher to pick something of ours.

The answer is a JWT that the teacher's browser posts to the platform; the form's button needs no script.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lti_mentoring.lti.errors import LTIError
from lti_mentoring.lti.reviews import submission_review
from lti_mentoring.lti.scores import check_maximum, plain_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lti_mentoring.lti.access import Signer
    from lti_mentoring.lti.messages import DeepLinkingSettings
    from lti_mentoring.lti.registrations import RegisteredPlatform
    from lti_mentoring.lti.scores import Number

RESOURCE_LINK = "ltiResourceLink"
LIFE = timedelta(minutes=5)
_TARGETS = frozenset({"iframe", "frame", "window"})
_CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
_DL_CLAIM = "https://purl.imsglobal.org/spec/lti-dl/claim/"


class PickRefused(LTIError):
    """The platform asked for something that we cannot hand over."""

    code = "pick_refused"


@dataclass(frozen=True, slots=True)
class LinkColumn:
    """The gradebook column that the platform is asked to make with the link."""

    maximum: Number
    label: str | None = None
    resource_id: str | None = None
    tag: str | None = None
    review_url: str | None = None
    """Where the platform may open what stands behind a grade (Submission Review)."""

    def __post_init__(self) -> None:
        """Refuse a maximum that is no number above zero; raise ValueError."""
        check_maximum(self.maximum)

    def as_json(self) -> dict[str, object]:
        """Return the ``lineItem`` member, without what is not said."""
        said = {
            "label": self.label,
            "resourceId": self.resource_id,
            "tag": self.tag,
            "submissionReview": submission_review(self.review_url) if self.review_url else None,
        }
        return {"scoreMaximum": plain_number(self.maximum)} | {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class LinkItem:
    """One link to us for the course. ``custom`` comes back with every launch of it, also after a course copy."""

    url: str
    title: str | None = None
    text: str | None = None
    custom: Mapping[str, str] = field(default_factory=dict)
    column: LinkColumn | None = None
    new_window: bool = False
    available_from: datetime | None = None
    due_at: datetime | None = None

    def as_json(self, *, with_column: bool = True) -> dict[str, object]:
        """Return the content item; what is not said is left out, for null is not a value to some platforms."""
        item: dict[str, object] = {"type": RESOURCE_LINK, "url": self.url}
        item |= {name: value for name, value in {"title": self.title, "text": self.text}.items() if value}
        if self.custom:
            item["custom"] = dict(self.custom)
        if self.column is not None and with_column:
            item["lineItem"] = self.column.as_json()
        if self.new_window:  # in a frame is what platforms do unasked
            item["window"] = {"targetName": "_blank"}
        if self.available_from is not None:
            item["available"] = {"startDateTime": self.available_from.isoformat()}
        if self.due_at is not None:
            item["submission"] = {"endDateTime": self.due_at.isoformat()}
        return item


@dataclass(frozen=True, slots=True)
class Telling:
    """What goes along with the answer: words for the teacher, and for the platform's log."""

    message: str | None = None
    log: str | None = None
    error: str | None = None
    error_log: str | None = None

    def named(self) -> tuple[tuple[str, str | None], ...]:
        """Return each with its name in the answer (DL 2.0 §4.5.2)."""
        return (("msg", self.message), ("log", self.log), ("errormsg", self.error), ("errorlog", self.error_log))


@dataclass(frozen=True, slots=True)
class PickedForm:
    """What the teacher's browser posts: one field ``JWT`` to ``action``. The template escapes both."""

    action: str
    jwt: str = field(repr=False)


def window_choices(settings: DeepLinkingSettings) -> tuple[bool, ...]:
    """Return where the platform would open a link, its first wish first: False in its page, True in a new window."""
    wished = [target == "window" for target in settings.accept_targets if target in _TARGETS]
    return tuple(dict.fromkeys(wished)) or (False,)


def may_pick(settings: DeepLinkingSettings) -> bool:
    """Whether the platform takes links at all (some of Canvas's buttons take only pictures or HTML)."""
    return RESOURCE_LINK in settings.accept_types


def deep_linking_response(
    settings: DeepLinkingSettings,
    items: Sequence[LinkItem],
    *,
    platform: RegisteredPlatform,
    deployment_id: str,
    signer: Signer,
    now: datetime,
    told: Telling = Telling(),
) -> PickedForm:
    """Sign the answer; no items is a cancelled pick, which is answered too.

    Raises PickRefused for a return address that is none, several items where one is taken, or links where none are.
    """
    action = return_address(settings)
    if items and not may_pick(settings):
        raise PickRefused("links_not_accepted")
    if len(items) > 1 and not settings.accept_multiple:
        raise PickRefused("one_item_only")
    issued = int(now.timestamp())
    claims: dict[str, object] = {
        "iss": platform.client_id,
        "aud": platform.issuer,
        "iat": issued,
        "exp": issued + int(LIFE.total_seconds()),
        "nonce": secrets.token_urlsafe(24),
        f"{_CLAIM}deployment_id": deployment_id,
        f"{_CLAIM}message_type": "LtiDeepLinkingResponse",
        f"{_CLAIM}version": "1.3.0",
        # accept_lineitem false: the platform would refuse a column; unsaid: it may take one.
        f"{_DL_CLAIM}content_items": [
            item.as_json(with_column=settings.accept_lineitem is not False) for item in items
        ],
    }
    if settings.has_data:
        claims[f"{_DL_CLAIM}data"] = settings.data
    claims |= {f"{_DL_CLAIM}{name}": words for name, words in told.named() if words}
    return PickedForm(action, signer.sign(claims))


def return_address(settings: DeepLinkingSettings) -> str:
    """Return where the answer goes; anything but an http(s) address would run in the teacher's browser."""
    try:
        parts = urlsplit(settings.return_url)
    except ValueError:
        raise PickRefused("return_address_malformed") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise PickRefused("return_address_malformed")
    return settings.return_url
