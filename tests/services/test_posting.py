"""Mails leave by an outbox."""

from datetime import UTC, datetime, timedelta

import pytest
from factories.world import NOON, World, add

from lti_mentoring.db import database_now
from lti_mentoring.models import Mail, MailState
from lti_mentoring.services.posting import MOST_ATTEMPTS, claim_mail, find_due_mails, settle_mail

pytestmark = pytest.mark.both_databases


@pytest.fixture
def mail(session):
    world = World(session)
    row = Mail(
        institution_id=world.institution.id, person_id=world.guide.id, context_ref=world.context.id,
        kind="evidence_waits", facts={"student": "Amina Yusuf"}, once_key="evidence-1",
        due_at=datetime(2020, 1, 1, tzinfo=UTC), created_at=NOON,
    )  # fmt: skip
    return add(session, row)


def test_a_due_mail_is_claimed_by_one_worker_and_marked_sent(session, mail):
    assert find_due_mails(session, most=5) == [mail.id]
    due = claim_mail(session, mail.id)
    assert claim_mail(session, mail.id) is None
    settle_mail(session, due, None, now=NOON)
    assert (mail.state, mail.sent_at) == (MailState.SENT, NOON)
    assert find_due_mails(session, most=5) == []


def test_who_has_no_address_gets_no_mail(session, mail):
    mail.person_id = World(session).guide.id
    session.flush()
    person = mail.person
    session.refresh(mail)
    mail.person.email = None
    session.flush()
    assert claim_mail(session, mail.id) is None
    assert (mail.state, mail.last_error) == (MailState.FAILED, "no_address")
    assert person is not None


def test_a_failed_sending_is_tried_again_later_and_given_up_at_last(session, mail):
    for attempt in range(MOST_ATTEMPTS):
        mail.due_at = database_now(session) - timedelta(seconds=1)
        session.flush()
        due = claim_mail(session, mail.id)
        settle_mail(session, due, "SMTPServerDisconnected", now=NOON)
        session.flush()
        expected = MailState.FAILED if attempt == MOST_ATTEMPTS - 1 else MailState.PENDING
        assert mail.state is expected
    assert mail.last_error == "SMTPServerDisconnected"


def test_a_worker_whose_lease_has_passed_on_marks_nothing(session, mail):
    old = claim_mail(session, mail.id)
    mail.lease_until = database_now(session) - timedelta(seconds=1)
    session.flush()
    claim_mail(session, mail.id)
    settle_mail(session, old, None, now=NOON)
    assert mail.state is MailState.PENDING
