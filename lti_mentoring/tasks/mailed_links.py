"""Look up who asked for a link by mail, and write it."""

from __future__ import annotations

from celery import shared_task
from flask import current_app

from lti_mentoring.clock import utcnow
from lti_mentoring.db import unit_of_work
from lti_mentoring.services.mailed_links import answer as answer_request


@shared_task(name="mailed_links.answer")
def answer(request_id: int) -> None:
    """Answer one request; quiet when it was answered already, or when nobody has the address."""
    url: str = current_app.extensions["settings"].public_url
    with unit_of_work() as session:
        answer_request(session, request_id, current_app.extensions["sealer"], url, now=utcnow())
