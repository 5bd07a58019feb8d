"""Hours are kept once for each person, count at once, and the trail does not tell them."""

from datetime import time, timedelta

import pytest
from factories.quiet_hours import quiet_hours
from factories.world import NOON, World
from sqlalchemy import func, select

from lti_mentoring.db import ANNOUNCED, database_now
from lti_mentoring.domain.events import MailsWritten
from lti_mentoring.domain.quiet_hours import Hours
from lti_mentoring.models import AuditEntry, QuietHours
from lti_mentoring.queries.quiet_hours import quiet_hours_of
from lti_mentoring.services.mailing import write_mail
from lti_mentoring.services.posting import claim_mail, find_due_mails
from lti_mentoring.services.quiet_hours import end_quiet_hours

pytestmark = pytest.mark.both_databases
NIGHT = Hours("Asia/Kathmandu", time(21), time(7), frozenset({0, 6}))


@pytest.fixture
def world(session):
    return World(session)


def trail(session):
    wanted = (
        select(AuditEntry.action, AuditEntry.facts).where(AuditEntry.thing == "quiet_hours").order_by(AuditEntry.id)
    )
    return session.execute(wanted).all()


def test_the_last_that_was_said_counts_and_the_trail_says_only_that_it_was(session, world):
    quiet_hours(session, world, world.guide)
    quiet_hours(session, world, world.guide, NIGHT)
    assert quiet_hours_of(session, world.sitter(world.guide)) == NIGHT
    assert quiet_hours_of(session, world.sitter(world.student)) is None
    assert session.scalar(select(func.count()).select_from(QuietHours)) == 1
    assert trail(session) == [("quiet_hours.saved", {}), ("quiet_hours.saved", {})]


def test_they_can_be_ended_and_ending_none_leaves_no_trace(session, world):
    end_quiet_hours(session, world.sitter(world.guide), now=NOON)
    assert trail(session) == []
    quiet_hours(session, world, world.guide, NIGHT)
    end_quiet_hours(session, world.sitter(world.guide), now=NOON)
    assert quiet_hours_of(session, world.sitter(world.guide)) is None
    assert trail(session)[1:] == [("quiet_hours.ended", {})]


def test_mails_that_wait_are_looked_at_again_when_their_readers_hours_change_and_nobody_elses(session, world):
    past = database_now(session) - timedelta(hours=1)
    waiting, others = (
        write_mail(session, who.id, "evidence_waits", {}, f"once-{who.id}", None, past)
        for who in (world.guide, world.faculty)
    )
    for who, mail in ((world.guide, waiting), (world.faculty, others)):
        quiet_hours(session, world, who)
        assert claim_mail(session, mail.id) is None
    session.info.pop(ANNOUNCED)
    quiet_hours(session, world, world.guide)
    assert session.info.pop(ANNOUNCED) == [MailsWritten(after=waiting.id - 1, upto=waiting.id)]
    assert find_due_mails(session, most=5) == [waiting.id]
    assert claim_mail(session, waiting.id) is None  # it is quiet by the new hours, too
    end_quiet_hours(session, world.sitter(world.guide), now=NOON)
    assert claim_mail(session, waiting.id) is not None
    assert claim_mail(session, others.id) is None
