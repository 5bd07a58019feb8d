"""Saying how a track brings people together."""

from datetime import date

import pytest
from factories.world import NOON, World
from sqlalchemy import select

from lti_mentoring.domain.rank_lists import MatchingRules, MatchingWay
from lti_mentoring.domain.tracks import TrackChanged
from lti_mentoring.models import AuditEntry, MatchingPolicy
from lti_mentoring.queries.rank_lists import rules_of
from lti_mentoring.services.matching_policies import edit_matching

ROUNDS = MatchingRules(MatchingWay.ROUNDS, wishes_until=date(2026, 12, 1))


@pytest.fixture
def world(session):
    return World(session)


def edit(session, world, rules, version=1):
    return edit_matching(session, world.sitter(), rules, version=version, now=NOON)


def test_the_way_is_kept_and_changed_in_one_row(session, world):
    edit(session, world, MatchingRules(MatchingWay.REQUESTS, reply_days=5))
    edit(session, world, ROUNDS, version=2)
    assert rules_of(session, world.track) == ROUNDS
    assert len(session.scalars(select(MatchingPolicy)).all()) == 1
    assert [row.facts["changed"] for row in session.scalars(select(AuditEntry))] == [
        ["way", "reply_days"],
        ["way", "wishes_until", "reply_days"],
    ]


def test_saving_what_is_there_already_changes_nothing(session, world):
    edit(session, world, MatchingRules())
    assert session.scalars(select(AuditEntry)).all() == []
    assert world.track.version == 1


def test_an_older_form_overwrites_nothing(session, world):
    edit(session, world, ROUNDS)
    with pytest.raises(TrackChanged):
        edit(session, world, MatchingRules(MatchingWay.REQUESTS), version=1)
