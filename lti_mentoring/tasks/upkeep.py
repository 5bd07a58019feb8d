"""What a lost wake-up left behind is found again, and what has run out is swept away."""

from __future__ import annotations

from celery import current_app as celery
from celery import shared_task
from flask import current_app

from lti_mentoring.clock import utcnow
from lti_mentoring.db import unit_of_work
from lti_mentoring.services.attempts import end_overdue
from lti_mentoring.services.credential_upkeep import tend_credentials
from lti_mentoring.services.demand import count_demand, find_tracks_to_count
from lti_mentoring.services.evidence import erase_leftovers
from lti_mentoring.services.jobs import find_due_jobs
from lti_mentoring.services.mailed_links import find_unanswered_requests
from lti_mentoring.services.notices import find_waiting_notices
from lti_mentoring.services.posting import find_due_mails
from lti_mentoring.services.sending import find_due_scores
from lti_mentoring.services.subscribing import find_due_subscriptions
from lti_mentoring.services.sweeping import sweep_out

MOST = 500


@shared_task(name="upkeep.sweep")
def sweep() -> None:
    """End attempts whose time is up, and wake what is due: whatever lost its own wake-up with a broker or a worker."""
    with unit_of_work() as session:
        end_overdue(session, most=MOST, now=utcnow())
    with unit_of_work() as session:
        scores = find_due_scores(session, most=MOST)
        mails = find_due_mails(session, most=MOST)
        jobs = find_due_jobs(session, most=MOST)
        notices = find_waiting_notices(session, most=MOST)
        subscriptions = find_due_subscriptions(session, most=MOST)
        requests = find_unanswered_requests(session, most=MOST, now=utcnow())
    for task, argument, numbers in (
        ("grades.push", "score_id", scores),
        ("mail.send", "mail_id", mails),
        ("jobs.run", "job_id", jobs),
        ("notices.act", "notice_number", notices),
        ("notices.subscribe", "subscription_id", subscriptions),
        ("mailed_links.answer", "request_id", requests),
    ):
        for number in numbers:
            celery.send_task(task, kwargs={argument: number}, ignore_result=True)


@shared_task(name="upkeep.credentials")
def tend() -> None:
    """Let the calendar take its steps at credentials, a page at a time; twice on a day does it once."""
    more = True
    while more:
        with unit_of_work() as session:
            more = tend_credentials(session, now=utcnow()) > 0


@shared_task(name="upkeep.demand")
def count() -> None:
    """Count what students look for, a track at a time: a large one takes seconds, and none is to lock another."""
    with unit_of_work() as session:
        due = find_tracks_to_count(session)
    for number in due:
        with unit_of_work() as session:
            count_demand(session, number, now=utcnow())


@shared_task(name="upkeep.sweep_out")
def sweep_out_old() -> None:
    """Delete logins that nobody finished, tokens and seats that ran out long ago, and files left behind."""
    with unit_of_work() as session:
        sweep_out(session, now=utcnow())
        erase_leftovers(session, current_app.extensions["files"], now=utcnow())
