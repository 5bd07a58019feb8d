"""What the page of quiet hours begins with, and how many mails wait for work."""

from datetime import timedelta

import pytest
from factories.quiet_hours import quiet_hours
from factories.world import NOON, World

from lti_mentoring.db import database_now
from lti_mentoring.queries.health import waiting_work
from lti_mentoring.services.mailing import write_mail
from lti_mentoring.services.posting import claim_mail

pytestmark = pytest.mark.both_databases


@pytest.fixture
def world(session):
    return World(session)


def test_a_mail_that_waits_for_a_morning_is_no_waiting_work_before_that(session, world):
    mail = write_mail(session, world.guide.id, "evidence_waits", {}, "once", None, NOON)
    mail.due_at = now = database_now(session)
    quiet_hours(session, world, world.guide)
    assert waiting_work(session, now=now)["mails"] == 1
    claim_mail(session, mail.id)
    session.flush()
    assert waiting_work(session, now=now)["mails"] == 0
    assert waiting_work(session, now=now + timedelta(days=9))["mails"] == 1
