"""Keeping what a student looks for: once for each track, and without a trace of what it is."""

import pytest
from factories.seeking import seeking
from factories.world import World
from sqlalchemy import func, select

from lti_mentoring.domain.profiles import TermKind
from lti_mentoring.models import AuditEntry, Seeking, TrackState
from lti_mentoring.queries.seeking import seeking_of
from lti_mentoring.services.steps import TrackClosed

pytestmark = pytest.mark.both_databases


@pytest.fixture
def world(session):
    return World(session)


def test_the_last_that_was_said_counts(session, world):
    seeking(session, world, world.student)
    seeking(session, world, world.student, style={"pace": "one"}, terms={TermKind.SKILL: ("writing",)})
    found = seeking_of(session, world.track, world.student.id)
    assert (found.terms, found.style) == (((TermKind.SKILL, "writing"),), (("pace", "one"),))
    assert session.scalar(select(func.count()).select_from(Seeking)) == 1


def test_the_trail_says_that_it_was_kept_and_nothing_else(session, world):
    seeking(session, world, world.student)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "seeking.saved")).one()
    assert (entry.facts, entry.reason) == ({}, "")


def test_in_a_track_that_is_closed_nothing_is_kept(session, world):
    world.track.state = TrackState.CLOSED
    with pytest.raises(TrackClosed):
        seeking(session, world, world.student)
