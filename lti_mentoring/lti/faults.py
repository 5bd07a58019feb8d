"""What can go wrong when we call a platform: two families, told apart by whether trying again can help.

No message, fact or ``repr`` here ever holds an answer's body, a token or a query string: these errors are logged.
"""

from __future__ import annotations

from typing import TypeAlias

from lti_mentoring.errors import MentoringError


class PlatformUnavailable(MentoringError):
    """The platform did not answer usefully now; the same call may work later.

    Facts: ``reason`` (timeout, deadline, connection, dns, tls, server_error, throttled), ``host``,
    ``platform_status`` (HTTP status or None), ``retry_after`` (seconds the platform asked for, or None).
    """

    code = "platform_unavailable"
    status = 503

    def __init__(
        self, reason: str, *, host: str = "", platform_status: int | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(
            f"{self.code}: {reason} ({host or 'no host'}, status {platform_status})",
            reason=reason,
            host=host,
            platform_status=platform_status,
            retry_after=retry_after,
        )
        self.reason = reason
        self.host = host
        self.platform_status = platform_status
        self.retry_after = retry_after


class PlatformAnswerUnreadable(PlatformUnavailable):
    """The platform answered with something else than what was asked for: a maintenance page, junk, far too much.

    Counts as unavailable (a proxy's page goes away by itself) but has its own code, so that an administrator sees
    the difference. ``reason`` is html, not_json, shape, too_large, encoding or what the caller found missing.
    """

    code = "platform_answer_unreadable"
    status = 502


class PlatformRefused(MentoringError):
    """The platform said no, or we may not ask it (``platform_status`` None); asking the same again is useless."""

    code = "platform_refused"
    status = 502

    def __init__(self, platform_status: int | None, reason_code: str, *, host: str = "") -> None:
        super().__init__(
            f"{self.code}: {reason_code} ({host or 'no host'}, status {platform_status})",
            platform_status=platform_status,
            reason_code=reason_code,
            host=host,
        )
        self.platform_status = platform_status
        self.reason_code = reason_code
        self.host = host


Fault: TypeAlias = PlatformUnavailable | PlatformRefused
