"""What tools want to be told without anybody launching, and the telling (Platform Notification Service 1.0)."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import requests

from lti_mentoring.demo.activity import Call, now, record_call
from lti_mentoring.demo.addresses import notice_handlers_address
from lti_mentoring.demo.checks import ServiceRefused
from lti_mentoring.demo.config import origin
from lti_mentoring.demo.tools import NOTICE_HANDLERS

if TYPE_CHECKING:
    from lti_mentoring.demo.config import DemoConfig
    from lti_mentoring.demo.course import Course
    from lti_mentoring.demo.platform import Platform
    from lti_mentoring.demo.store import Store
    from lti_mentoring.demo.tools import Tool

LTI = "https://purl.imsglobal.org/spec/lti/claim"
SEND_SECONDS = 5
# As Canvas gives them (doc/api/pns.md): a notice may wait longer than somebody who launches.
NOTICE_SECONDS = 3600
UNREACHED = 0


class NoticeKind(StrEnum):
    """The notices that the LMS has; the value is the standard's name."""

    HELLO = "LtiHelloWorldNotice"
    COPY = "LtiContextCopyNotice"


def notices_claim(config: DemoConfig, tool: Tool) -> dict[str, Any]:
    """Return what a launch says of the service."""
    return {
        "platform_notification_service_url": notice_handlers_address(config.lms_url, tool.id),
        "service_versions": ["1.0"],
        "scope": [NOTICE_HANDLERS],
        "notice_types_supported": [kind.value for kind in NoticeKind],
    }


def handlers(store: Store, tool: Tool) -> dict[str, str]:
    """Return where each kind of notice goes that a tool wants."""
    return {row["kind"]: row["url"] for row in store.rows("SELECT * FROM notice_handler WHERE tool_id = ?", tool.id)}


def set_handler(store: Store, tool: Tool, sent: dict[str, Any]) -> tuple[NoticeKind, str]:
    """Keep where a tool wants one kind of notice, "" for nowhere; raise ServiceRefused (400) naming the bad field."""
    kind, url = sent.get("notice_type"), sent.get("handler")
    if kind not in list(NoticeKind):
        raise ServiceRefused(f"notice_type must be one of {', '.join(NoticeKind)}", 400)
    if not isinstance(url, str) or (url and origin(url) != origin(tool.target_link_uri)):
        raise ServiceRefused("handler must be an address of the tool, or empty", 400)
    if url:
        store.run("INSERT OR REPLACE INTO notice_handler VALUES (?, ?, ?)", tool.id, kind, url)
    else:
        store.run("DELETE FROM notice_handler WHERE tool_id = ? AND kind = ?", tool.id, kind)
    return NoticeKind(kind), url


def tell_hello(platform: Platform) -> None:
    """Greet a tool, so that both sides see that notices arrive."""
    _send(platform, NoticeKind.HELLO, {}, "")


def tell_copy(platform: Platform, copy: Course) -> None:
    """Tell a tool that wants to know it which course was copied from which."""
    said = {
        f"{LTI}/context": {"id": copy.id, "label": copy.label, "title": copy.title},
        f"{LTI}/origin_contexts": [copy.origins[0]],
    }
    _send(platform, NoticeKind.COPY, said, copy.title)


def _send(platform: Platform, kind: NoticeKind, said: dict[str, Any], detail: str) -> None:
    """Send one notice to whom wants it, once, and write the answer down: a demonstration does not try again."""
    tool, store, began = platform.tool, platform.store, now()
    url = handlers(store, tool).get(kind)
    if url is None:
        return
    claims = {
        "iss": platform.config.issuer,
        "aud": tool.client_id,
        "azp": tool.client_id,
        "nonce": secrets.token_urlsafe(16),
        f"{LTI}/version": "1.3.0",
        f"{LTI}/deployment_id": tool.deployment_id,
        f"{LTI}/notice": {
            "id": secrets.token_hex(16),
            "timestamp": datetime.fromtimestamp(began, UTC).isoformat(),
            "type": kind.value,
        },
        **said,
    }
    try:
        answer = requests.post(
            url,
            json={"notices": [{"jwt": platform.sign(claims, NOTICE_SECONDS)}]},
            timeout=SEND_SECONDS,
            allow_redirects=False,
        )
        status = answer.status_code
    except requests.RequestException:
        status = UNREACHED
    record_call(store, Call(began, kind.value, detail, status, now() - began))
