"""What has run out is deleted; what people did is not."""

from datetime import timedelta

from factories.world import NOON, World, add, seat
from sqlalchemy import func, select

from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import LoginTransaction, Notice, Seat, Ticket
from lti_mentoring.queries.seats import find_sitter
from lti_mentoring.services.sweeping import sweep_out
from lti_mentoring.services.tickets import make_ticket


def test_unfinished_logins_and_long_ended_seats_go(session):
    world = World(session)
    for age, name in ((1, "old"), (-1, "young")):
        add(
            session,
            LoginTransaction(
                institution_id=world.institution.id, state_hash=name, nonce=name,
                registration_id=world.registration.id, target_link_uri="https://tool/",
                browser_secret_hash=name, created_at=NOON, expires_at=NOON - timedelta(minutes=age),
            ),
        )  # fmt: skip
    seat(session, world, SeatRole.STUDENT, expires_at=NOON - timedelta(days=31))
    seat(session, world, SeatRole.STUDENT, expires_at=NOON - timedelta(days=29))
    sitter = find_sitter(
        session, seat(session, world, SeatRole.STUDENT, expires_at=NOON + timedelta(hours=1)), now=NOON
    )
    make_ticket(session, sitter, "/old", for_window=False, now=NOON - timedelta(minutes=2))
    make_ticket(session, sitter, "/young", for_window=False, now=NOON)
    sweep_out(session, now=NOON)
    assert session.scalars(select(LoginTransaction.nonce)).all() == ["young"]
    assert session.scalars(select(Ticket.address)).all() == ["/young"]
    assert session.scalar(select(func.count()).select_from(Seat)) == 2


def test_notices_go_once_they_were_acted_upon_and_their_tokens_are_of_no_use_any_more(session):
    world = World(session)
    for number, (state, age) in enumerate([("done", 9), ("ignored", 9), ("waiting", 9), ("done", 7), ("waiting", 1)]):
        add(
            session,
            Notice(
                institution_id=world.institution.id, registration_id=world.registration.id,
                deployment_ref=world.deployment.id, notice_id=f"{state}-{age}", nonce_hash=str(number),
                kind="LtiHelloWorldNotice", state=state, received_at=NOON - timedelta(days=age),
            ),
        )  # fmt: skip
    sweep_out(session, now=NOON)
    assert set(session.scalars(select(Notice.notice_id))) == {"waiting-9", "done-7", "waiting-1"}
