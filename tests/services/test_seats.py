"""The seat after the launch: another role of the same launch, and leaving."""

import pytest
from factories.world import NOON, World, seat
from sqlalchemy import select

from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotAllowed
from lti_mentoring.models import AuditEntry, Membership, Seat
from lti_mentoring.queries.seats import find_sitter
from lti_mentoring.services.seats import leave, switch_role


@pytest.fixture
def token(session):
    return seat(session, World(session), SeatRole.MENTOR, roles=["mentor", "faculty"])


def audited(session):
    return session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()


def test_one_takes_another_role_of_the_same_launch(session, token):
    switch_role(session, find_sitter(session, token, now=NOON), SeatRole.FACULTY, now=NOON)
    assert find_sitter(session, token, now=NOON).role is SeatRole.FACULTY
    assert audited(session) == ["seat.switched"]


def test_a_role_that_the_launch_did_not_give_is_refused(session, token):
    with pytest.raises(NotAllowed):
        switch_role(session, find_sitter(session, token, now=NOON), SeatRole.ADMINISTRATOR, now=NOON)
    assert session.scalars(select(Seat.role)).one() is SeatRole.MENTOR


def test_where_somebody_sits_is_remembered_for_this_person_in_this_course(session, token):
    sitter = find_sitter(session, token, now=NOON)
    for _ in range(2):
        switch_role(session, sitter, SeatRole.MENTOR, now=NOON)
    chosen = session.execute(select(Membership.person_id, Membership.chosen_role)).all()
    assert [one for one in chosen if one.chosen_role] == [(sitter.person_id, SeatRole.MENTOR)]
    assert audited(session) == ["seat.switched"]


def test_the_same_role_again_changes_nothing_where_nothing_is_to_be_remembered(session):
    world = World(session)
    nowhere = seat(session, world, SeatRole.ADMINISTRATOR, context_ref=None, resource_link_ref=None)
    switch_role(session, find_sitter(session, nowhere, now=NOON), SeatRole.ADMINISTRATOR, now=NOON)
    assert audited(session) == []


def test_who_leaves_has_no_seat_any_more(session, token):
    leave(session, find_sitter(session, token, now=NOON), now=NOON)
    assert find_sitter(session, token, now=NOON) is None
    assert audited(session) == ["seat.left"]
