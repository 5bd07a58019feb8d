"""Send one mail of the outbox."""

from __future__ import annotations

import hashlib
import smtplib
from typing import TYPE_CHECKING

from celery import current_app as celery
from celery import shared_task
from flask import current_app

from lti_mentoring.clock import utcnow
from lti_mentoring.db import unit_of_work
from lti_mentoring.letters import opened, written
from lti_mentoring.services.posting import DueMail, claim_mail, find_mails_between, settle_mail

if TYPE_CHECKING:
    from lti_mentoring.postbox import Postbox
    from lti_mentoring.settings import Settings


WOKEN_AT_ONCE = 500


@shared_task(name="mail.wake")
def wake(after: int, upto: int) -> None:
    """Wake the mails of some numbers, a portion at a time; the next one stands behind whatever came meanwhile."""
    settings: Settings = current_app.extensions["settings"]
    postbox: Postbox = current_app.extensions["postbox"]
    if not (postbox.is_open or settings.show_mails):
        return
    with unit_of_work() as session:
        numbers = find_mails_between(session, after, upto, most=WOKEN_AT_ONCE)
    for number in numbers:
        celery.send_task("mail.send", kwargs={"mail_id": number}, ignore_result=True)
    if len(numbers) == WOKEN_AT_ONCE:
        celery.send_task("mail.wake", kwargs={"after": numbers[-1], "upto": upto}, ignore_result=True)


@shared_task(name="mail.send")
def send(mail_id: int) -> None:
    """Claim, send, mark; quiet when it is gone or another worker's. Where mails are shown on a page, that is all."""
    settings: Settings = current_app.extensions["settings"]
    postbox: Postbox = current_app.extensions["postbox"]
    if not (postbox.is_open or settings.show_mails):
        return
    with unit_of_work() as session:
        due = claim_mail(session, mail_id)
    if due is None:
        return
    error = _send(postbox, due) if postbox.is_open else None
    with unit_of_work() as session:
        settle_mail(session, due, error, now=utcnow(), keeps_link=settings.show_mails)


def _send(postbox: Postbox, due: DueMail) -> str | None:
    subject, text = written(
        due.kind,
        due.facts,
        due.locale,
        link=opened(due.sealed_link, due.once_key),
        signs_in=due.signs_in,
    )
    message_id = hashlib.sha256(due.once_key.encode()).hexdigest()[:32]
    try:
        postbox.send(due.name, due.address, subject, text, message_id)
    except (smtplib.SMTPException, OSError) as lost:
        return type(lost).__name__
    return None
