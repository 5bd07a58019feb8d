"""Let a question that nobody answers go on to the next wish."""

from __future__ import annotations

from celery import shared_task

from lti_mentoring.clock import utcnow
from lti_mentoring.db import unit_of_work
from lti_mentoring.services.request_upkeep import settle


@shared_task(name="requests.settle")
def settle_request(request_id: int) -> None:
    """End one question whose time has come; quiet when it is over already."""
    with unit_of_work() as session:
        settle(session, request_id, now=utcnow())
