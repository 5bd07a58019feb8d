"""Act on platforms' notices, and tell platforms which ones we want."""

from __future__ import annotations

import logging

from celery import shared_task

from lti_mentoring.clock import utcnow
from lti_mentoring.db import unit_of_work
from lti_mentoring.lti.access import SCOPE_NOTICES
from lti_mentoring.lti.faults import PlatformRefused, PlatformUnavailable
from lti_mentoring.lti.notice_handlers import set_handler
from lti_mentoring.services.notices import act_on
from lti_mentoring.services.subscribing import DueSubscription, claim_subscription, settle_subscription
from lti_mentoring.tasks._platform import in_a_lane, noting_faults, platform_line

log = logging.getLogger("lti_mentoring.notices")


@shared_task(name="notices.act")
def act(notice_number: int) -> None:
    """Do what a notice asks for; quiet when it was done before."""
    with unit_of_work() as session:
        done = act_on(session, notice_number, now=utcnow())
    log.info("notice", extra={"notice": notice_number, "end": "done" if done else "nothing"})


@shared_task(name="notices.subscribe")
def subscribe(subscription_id: int) -> None:
    """Tell the platform where a kind of notice goes, or that it goes nowhere; quiet when another worker does."""
    with unit_of_work() as session:
        due = claim_subscription(session, subscription_id)
    if due is None:
        return
    error, again = None, True
    try:
        _tell(due)
    except PlatformUnavailable as away:
        error = away.reason
    except PlatformRefused as refused:
        error, again = refused.reason_code, False
    with unit_of_work() as session:
        settle_subscription(session, due, error, again=again, now=utcnow())
    log.info("notices wanted", extra={"subscription": subscription_id, "end": error or "told"})


def _tell(due: DueSubscription) -> None:
    with noting_faults(due.registration_id), in_a_lane(due.registration_id) as watch:
        # A platform that was switched off is told once more: that we want no notices.
        off_too = not due.handler
        line = platform_line(due.registration_id, due.deployment_id, (SCOPE_NOTICES,), watch, even_if_off=off_too)
        set_handler(line.client, line.access, due.service_url, due.kind, due.handler)
