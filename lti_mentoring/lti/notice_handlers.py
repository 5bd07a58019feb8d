"""Tell a platform where one kind of notice is to be sent (Platform Notification Service 1.0)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lti_mentoring.lti.access import SCOPE_NOTICES
from lti_mentoring.lti.notices import NoticeKind

if TYPE_CHECKING:
    from lti_mentoring.lti.access import Access
    from lti_mentoring.lti.http import PlatformClient

WANTED_KINDS = tuple(kind.value for kind in NoticeKind)
SENT_AT_ONCE = 100
"""How many notices we ask for in one request (canvas-lms doc/api/pns.md); more are read, too."""


def set_handler(client: PlatformClient, access: Access, service_url: str, kind: str, handler: str) -> None:
    """Let notices of this kind go to ``handler``, or to nobody (""); raise PlatformUnavailable or PlatformRefused."""
    body: dict[str, object] = {"notice_type": kind, "handler": handler}
    if handler:
        body["max_batch_size"] = SENT_AT_ONCE
    access.authorised(lambda token: client.send_json("PUT", service_url, body, token=token), SCOPE_NOTICES)
