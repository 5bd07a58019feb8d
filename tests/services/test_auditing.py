"""Every row of the audit trail belongs to one institution."""

import pytest
from factories.world import NOON, World
from sqlalchemy import select

from lti_mentoring.models import AuditEntry
from lti_mentoring.services import auditing


def test_what_somebody_does_is_written_with_their_role_and_place(session):
    world = World(session)
    auditing.record(session, world.sitter(), "track.closed", "track", world.track.id, now=NOON, reason="Term is over.")
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.institution_id, entry.context_ref) == (world.institution.id, world.context.id)
    assert (entry.actor_id, entry.actor_role, entry.reason) == (world.faculty.id, "faculty", "Term is over.")


def test_what_the_tool_does_by_itself_names_its_institution(session):
    world = World(session)
    auditing.record(session, None, "score.sent", "score", 1, now=NOON, institution_id=world.institution.id)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.institution_id, entry.actor_id, entry.actor_role) == (world.institution.id, None, "tool")


def test_a_row_without_an_institution_is_refused(session):
    with pytest.raises(ValueError, match="needs an institution"):
        auditing.record(session, None, "score.sent", "score", 1, now=NOON)
