"""Renew our signing keys when it is time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from celery import shared_task
from flask import current_app

from lti_mentoring.clock import utcnow
from lti_mentoring.db import unit_of_work
from lti_mentoring.services.keys import tend

if TYPE_CHECKING:
    from lti_mentoring.settings import Settings

NEVER = timedelta(days=36_500)


@shared_task(name="keys.tend")
def tend_keys() -> None:
    """Rotate when the active key is old, and forget what was retired long ago; most days there is nothing to do."""
    settings: Settings = current_app.extensions["settings"]
    life = timedelta(days=settings.key_days) if settings.key_days else NEVER
    with unit_of_work() as session:
        tend(session, current_app.extensions["sealer"], now=utcnow(), life=life)
    current_app.extensions["signer"].forget()
