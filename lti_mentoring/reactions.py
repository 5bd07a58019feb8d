"""Event → tasks: the whole map on one screen.

Tasks are named, not imported: the web process only enqueues. A broker that is down costs minutes, not data, because
every event here has a row that the sweep finds again (``tasks.schedule``).
"""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import TYPE_CHECKING

from kombu.exceptions import OperationalError

from lti_mentoring.domain.events import (
    Event,
    JobQueued,
    MailsWritten,
    MailWritten,
    NoticeTaken,
    ScoreWanted,
    SignInAsked,
    SubscriptionChanged,
)

if TYPE_CHECKING:
    from celery import Celery

log = logging.getLogger("lti_mentoring.reactions")

AFTER: dict[type[Event], tuple[str, ...]] = {
    ScoreWanted: ("grades.push",),
    MailWritten: ("mail.send",),
    MailsWritten: ("mail.wake",),
    JobQueued: ("jobs.run",),
    NoticeTaken: ("notices.act",),
    SubscriptionChanged: ("notices.subscribe",),
    SignInAsked: ("mailed_links.answer",),
}


class Reactor:
    """Enqueues the tasks that follow an event; a failed enqueue is logged and left to the sweep."""

    def __init__(self, celery: Celery) -> None:
        self._celery = celery

    def __call__(self, happened: Event) -> None:
        """Enqueue what follows ``happened``."""
        for task in AFTER[type(happened)]:
            try:
                self._celery.send_task(task, kwargs=asdict(happened), retry=False, ignore_result=True)
            except (OperationalError, OSError) as down:
                log.warning("broker down", extra={"task": task, "error": type(down).__name__})
