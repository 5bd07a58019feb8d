"""Let questions that nobody answers go on to the next wish."""

from __future__ import annotations

from celery import shared_task

from lti_mentoring.clock import utcnow
from lti_mentoring.db import unit_of_work
from lti_mentoring.services.request_upkeep import find_due_requests, settle

MOST = 500


@shared_task(name="requests.go_on")
def go_on() -> None:
    """End the questions whose time has come, each in a unit of its own; what another worker ended stays as it is."""
    with unit_of_work() as session:
        due = find_due_requests(session, most=MOST, now=utcnow())
    for request_id in due:
        with unit_of_work() as session:
            settle(session, request_id, now=utcnow())
