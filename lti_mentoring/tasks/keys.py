"""Renew our signing keys when it is time, and seal anew what an older key of the key file sealed."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from celery import shared_task
from flask import current_app

from lti_mentoring.clock import utcnow
from lti_mentoring.db import unit_of_work
from lti_mentoring.services.credential_documents import reseal_documents
from lti_mentoring.services.keys import tend
from lti_mentoring.services.resealing import reseal_all

if TYPE_CHECKING:
    from lti_mentoring.settings import Settings

log = logging.getLogger("lti_mentoring.keys")
NEVER = timedelta(days=36_500)


@shared_task(name="keys.tend")
def tend_keys() -> None:
    """Rotate when the active key is old, and forget what was retired long ago; most days there is nothing to do."""
    settings: Settings = current_app.extensions["settings"]
    life = timedelta(days=settings.key_days) if settings.key_days else NEVER
    with unit_of_work() as session:
        tend(session, current_app.extensions["sealer"], now=utcnow(), life=life)
    current_app.extensions["signer"].forget()


@shared_task(name="keys.reseal")
def reseal() -> None:
    """Seal anew what the newest key did not seal: a rotation that was broken off, or a process that saw it late."""
    sealer, files = current_app.extensions["sealer"], current_app.extensions["files"]
    for sealed in (reseal_all(unit_of_work, sealer), reseal_documents(unit_of_work, sealer, files)):
        if sealed.done or sealed.lost:
            log.info("sealed anew", extra={"done": sealed.done, "lost": sealed.lost})
