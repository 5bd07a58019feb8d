"""A mail is written once and told once it is committed."""

import pytest
from factories.world import NOON, World
from flask import current_app
from sqlalchemy import func, select

from lti_mentoring.db import ANNOUNCED
from lti_mentoring.domain.events import MailsWritten, MailWritten
from lti_mentoring.letters import opened
from lti_mentoring.models import Mail, MailState
from lti_mentoring.models.sealed import place_of
from lti_mentoring.sealing import link_place
from lti_mentoring.services.mailing import Letter, write_mail, write_mails


@pytest.mark.both_databases
def test_the_same_happening_twice_makes_one_mail(session):
    world = World(session)
    facts = {"path": "/milestones/1"}
    first = write_mail(session, world.student.id, "evidence_returned", facts, "once", world.context.id, NOON)
    again = write_mail(session, world.student.id, "evidence_returned", {"path": "/"}, "once", world.context.id, NOON)
    assert first is again
    assert (first.state, first.facts, first.attempts) == (MailState.PENDING, facts, 0)
    assert (first.institution_id, first.context_ref) == (world.institution.id, world.context.id)
    assert session.scalar(select(func.count(Mail.id))) == 1
    assert session.info[ANNOUNCED][0] == MailWritten(first.id)


@pytest.mark.both_databases
def test_many_are_written_at_once_and_one_event_wakes_them(session):
    world = World(session)
    before = write_mail(session, world.student.id, "evidence_returned", {}, "before", None, NOON)
    session.info.pop(ANNOUNCED)
    letters = [Letter(world.student.id, "evidence_returned", {"path": "/"}, f"once-{number}") for number in range(3)]
    for _ in range(2):
        write_mails(session, letters, {"course": "A"}, institution_id=world.institution.id, context_id=None, now=NOON)
    rows = session.scalars(select(Mail).where(Mail.id > before.id).order_by(Mail.id)).all()
    assert session.info[ANNOUNCED] == [MailsWritten(after=before.id, upto=rows[-1].id)]
    assert [(one.once_key, one.facts) for one in rows] == [
        (f"once-{number}", {"course": "A", "path": "/"}) for number in range(3)
    ]


def test_a_link_is_sealed_for_the_column_of_its_mail(session):
    world = World(session)
    sealed = current_app.extensions["sealer"].seal("https://m.example/x#y", link_place("once"))
    mail = write_mail(session, world.student.id, "sign_in_link", {}, "once", None, NOON, sealed_link=sealed)
    assert place_of(mail, "sealed_link") == link_place("once")
    assert opened(mail.sealed_link, "once") == "https://m.example/x#y"
