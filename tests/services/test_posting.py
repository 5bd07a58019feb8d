"""Mails leave by an outbox."""

from datetime import UTC, datetime, timedelta

import pytest
from factories.outside import invite
from factories.quiet_hours import quiet_hours, quiet_now
from factories.statements import counting
from factories.world import NOON, World, add
from sqlalchemy import select

from lti_mentoring.db import database_now
from lti_mentoring.domain.quiet_hours import Hours, waits_until
from lti_mentoring.models import Mail, MailState
from lti_mentoring.services.posting import MOST_ATTEMPTS, WAKES_WITHIN, claim_mail, find_due_mails, settle_mail

pytestmark = pytest.mark.both_databases


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def mail(session, world):
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


def test_the_sweep_leaves_a_mail_alone_whose_own_wake_up_is_on_its_way(session, mail):
    mail.created_at = database_now(session) - WAKES_WITHIN + timedelta(seconds=5)
    session.flush()
    assert find_due_mails(session, most=5) == []
    mail.created_at -= timedelta(seconds=5)
    session.flush()
    assert find_due_mails(session, most=5) == [mail.id]


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


@pytest.mark.parametrize("error", [None, "SMTPServerDisconnected"])
def test_a_mails_one_time_link_is_deleted_when_it_has_left_or_is_given_up(session, error):
    world = World(session)
    invitation, _token = invite(session, world)
    mail = session.scalars(select(Mail).where(Mail.invitation_id == invitation.id)).one()
    mail.due_at, mail.attempts = datetime(2020, 1, 1, tzinfo=UTC), MOST_ATTEMPTS - 1
    session.flush()
    due = claim_mail(session, mail.id)
    assert (due.address, due.name, due.signs_in, due.sealed_link) == (
        invitation.address, invitation.name, True, mail.sealed_link,
    )  # fmt: skip
    settle_mail(session, due, error, now=NOON)
    assert (mail.state is MailState.SENT, mail.sealed_link) == (error is None, None)


def test_it_stays_while_the_mail_is_tried_again_and_where_mails_are_shown(session):
    world = World(session)
    for keeps, error in ((False, "SMTPServerDisconnected"), (True, None)):
        invitation, _token = invite(session, world, f"{keeps}@clinic.example")
        mail = session.scalars(select(Mail).where(Mail.invitation_id == invitation.id)).one()
        mail.due_at = datetime(2020, 1, 1, tzinfo=UTC)
        session.flush()
        settle_mail(session, claim_mail(session, mail.id), error, now=NOON, keeps_link=keeps)
        assert mail.sealed_link


def test_in_its_readers_quiet_hours_a_mail_is_put_off_to_their_end_and_this_is_no_attempt(session, world, mail):
    quiet_hours(session, world, mail.person)
    assert claim_mail(session, mail.id) is None
    session.flush()
    later = waits_until(mail.kind, quiet_now(), mail.held_at)
    assert (mail.state, mail.attempts, mail.due_at, mail.lease_token) == (MailState.PENDING, 0, later, None)


def test_at_their_end_it_goes_once(session, world, mail):
    quiet_hours(session, world, mail.person, Hours("UTC"))
    mail.held_at, mail.due_at = NOON, database_now(session) - timedelta(seconds=1)
    session.flush()
    assert find_due_mails(session, most=5) == [mail.id]
    due = claim_mail(session, mail.id)
    assert claim_mail(session, mail.id) is None
    settle_mail(session, due, None, now=NOON)
    assert (mail.state, mail.held_at, mail.attempts) == (MailState.SENT, None, 1)


def test_many_mails_that_wait_stand_in_nobodys_way_and_cost_nobody_a_statement(session, world, mail):
    quiet_hours(session, world, mail.person)
    same = {name: getattr(mail, name) for name in ("institution_id", "context_ref", "kind", "facts", "created_at")}
    row = {**same, "due_at": mail.due_at}
    for number in range(3):
        waiting = add(session, Mail(**row, person_id=mail.person_id, once_key=f"waiting-{number}"))
        claim_mail(session, waiting.id)
    claim_mail(session, mail.id)
    newest = add(session, Mail(**row, person_id=world.student.id, once_key="newest"))
    assert find_due_mails(session, most=1) == [newest.id]
    number = newest.id
    session.expire_all()
    with counting(session) as sent:
        assert claim_mail(session, number) is not None
    assert len(sent) <= 4  # the clock, the claim, the mail and its reader: as where nobody named hours
