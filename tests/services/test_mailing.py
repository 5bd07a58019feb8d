"""A mail is written once and told once it is committed."""

import pytest
from factories.world import NOON, World
from flask import current_app
from sqlalchemy import func, select

from lti_mentoring.db import ANNOUNCED
from lti_mentoring.domain.events import MailWritten
from lti_mentoring.letters import opened
from lti_mentoring.models import Mail, MailState
from lti_mentoring.models.sealed import place_of
from lti_mentoring.sealing import link_place
from lti_mentoring.services.mailing import write_mail


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


def test_a_link_is_sealed_for_the_column_of_its_mail(session):
    world = World(session)
    sealed = current_app.extensions["sealer"].seal("https://m.example/x#y", link_place("once"))
    mail = write_mail(session, world.student.id, "sign_in_link", {}, "once", None, NOON, sealed_link=sealed)
    assert place_of(mail, "sealed_link") == link_place("once")
    assert opened(mail.sealed_link, "once") == "https://m.example/x#y"
