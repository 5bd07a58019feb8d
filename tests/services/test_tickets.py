"""A ticket opens one address once within a minute."""

from datetime import timedelta

import pytest
from factories.world import NOON, World, seat
from sqlalchemy import select

from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import AuditEntry, Seat, Ticket
from lti_mentoring.queries.seats import find_sitter
from lti_mentoring.services.seats import leave
from lti_mentoring.services.tickets import TICKET_LASTS, make_ticket, use_ticket

SOON = NOON + timedelta(seconds=1)


@pytest.fixture
def sitter(session):
    return find_sitter(session, seat(session, World(session), SeatRole.MENTOR, roles=["mentor", "faculty"]), now=NOON)


def a_ticket(session, sitter, *, for_window=False):
    return make_ticket(session, sitter, "/my-students?page=2", for_window=for_window, now=NOON)


@pytest.mark.both_databases
def test_it_lets_its_seat_in_once(session, sitter):
    secret = a_ticket(session, sitter)
    assert secret not in str(session.execute(select(Ticket.secret_hash, Ticket.address)).all())
    assert use_ticket(session, secret, "/my-students?page=2", now=SOON).sitter == sitter
    assert use_ticket(session, secret, "/my-students?page=2", now=SOON) is None


def test_for_another_address_it_is_used_up_for_nothing(session, sitter):
    secret = a_ticket(session, sitter)
    assert use_ticket(session, secret, "/my-students?page=3", now=SOON) is None
    assert use_ticket(session, secret, "/my-students?page=2", now=SOON) is None


def test_after_a_minute_it_opens_nothing(session, sitter):
    assert use_ticket(session, a_ticket(session, sitter), "/my-students?page=2", now=NOON + TICKET_LASTS) is None


@pytest.mark.parametrize("for_window", [True, False])
def test_when_its_seat_has_ended_it_opens_nothing(session, sitter, for_window):
    secret = a_ticket(session, sitter, for_window=for_window)
    leave(session, sitter, now=SOON)
    assert use_ticket(session, secret, "/my-students?page=2", now=SOON) is None


@pytest.mark.both_databases
def test_a_window_gets_a_seat_of_its_own_that_ends_no_later(session, sitter):
    admitted = use_ticket(session, a_ticket(session, sitter, for_window=True), "/my-students?page=2", now=SOON)
    own = find_sitter(session, admitted.token, now=SOON)
    assert own == admitted.sitter
    assert (own.person_id, own.role, own.roles, own.track_id) == (
        sitter.person_id, sitter.role, sitter.roles, sitter.track_id,
    )  # fmt: skip
    assert own.seat_id != sitter.seat_id
    assert len(set(session.scalars(select(Seat.expires_at)))) == 1
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.thing_id) == ("seat.opened_window", own.seat_id)
