"""What an administrator decides."""

from dataclasses import replace

import pytest
from factories.accounts import administrator as account_of
from factories.accounts import enrolled
from factories.world import NOON, World, add, context, deployment, institution, person, registration, seat
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from lti_mentoring.domain.credentials import Checkers
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Administrator, AuditEntry, DeploymentApproval, RegistrationState, Seat
from lti_mentoring.services.administering import (
    DeploymentInUse,
    LastAdministrator,
    NameTaken,
    OwnPlatform,
    add_institution,
    assign_deployment,
    choose_checkers,
    confirm_administrator,
    decide_deployment,
    rename_institution,
    switch_registration,
    withdraw_administrator,
)


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def by(world):
    return world.sitter(role=SeatRole.ADMINISTRATOR)


def asking(world, **columns):
    who = person(world.session, world.institution)
    values = {"institution_id": world.institution.id, "person_id": who.id, "asked_at": NOON, **columns}
    return add(world.session, Administrator(**values))


def actions(session):
    return session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()


def test_a_deployment_is_approved_and_may_be_refused_later(session, world, by):
    waiting = deployment(session, world.registration, deployment_id="2", state=DeploymentApproval.PENDING)
    for approve, state in ((True, DeploymentApproval.APPROVED), (False, DeploymentApproval.REFUSED)):
        decide_deployment(session, world.institution.id, waiting.id, approve=approve, by=by, now=NOON)
        assert (waiting.state, waiting.decided_at) == (state, NOON)
    assert actions(session) == ["deployment.approved", "deployment.refused"]


def test_refusing_a_deployment_ends_the_seats_of_its_courses_and_of_no_others_but_not_ones_own(session, world, by):
    other = deployment(session, world.registration, deployment_id="2")
    elsewhere = context(session, other)
    for role, columns in ((SeatRole.STUDENT, {}), (SeatRole.FACULTY, {"context_ref": elsewhere.id}),
                          (SeatRole.OBSERVER, {"context_ref": None}), (SeatRole.ADMINISTRATOR, {})):  # fmt: skip
        seat(session, world, role, **columns)
    own = session.scalars(select(Seat).where(Seat.role == SeatRole.ADMINISTRATOR)).one()
    decide_deployment(
        session, world.institution.id, world.deployment.id, approve=False, by=replace(by, seat_id=own.id), now=NOON
    )
    session.expire_all()
    ended = {row.role: row.ended_at for row in session.scalars(select(Seat))}
    assert ended == {SeatRole.STUDENT: NOON, SeatRole.FACULTY: None, SeatRole.OBSERVER: None,
                     SeatRole.ADMINISTRATOR: None}  # fmt: skip


def test_approving_a_deployment_again_opens_no_seat_that_ended(session, world):
    seat(session, world, SeatRole.STUDENT)
    for approve in (False, True):
        decide_deployment(session, world.institution.id, world.deployment.id, approve=approve, by=None, now=NOON)
    assert session.scalars(select(Seat.ended_at)).all() == [NOON]


def test_a_deployment_is_given_to_the_institution_whose_it_is_and_both_trails_tell(session, world):
    other = institution(session)
    waiting = deployment(session, world.registration, deployment_id="2", state=DeploymentApproval.PENDING)
    given = assign_deployment(session, waiting.id, other.id, now=NOON)
    assert (given.institution_id, given.state) == (other.id, DeploymentApproval.APPROVED)
    told = session.execute(select(AuditEntry.institution_id, AuditEntry.action)).all()
    assert told == [(world.institution.id, "deployment.given_away"), (other.id, "deployment.approved")]
    again = assign_deployment(session, waiting.id, other.id, now=NOON)
    assert again.institution_id == other.id


def test_a_deployment_by_which_courses_came_in_stays_where_it_is(session, world):
    with pytest.raises(DeploymentInUse):
        assign_deployment(session, world.deployment.id, institution(session).id, now=NOON)


def test_who_shares_a_registration_decides_on_the_own_deployment_and_never_on_the_registration(session, world, by):
    other = institution(session)
    theirs = deployment(session, world.registration, deployment_id="2", institution_id=other.id)
    decide_deployment(session, other.id, theirs.id, approve=False, by=None, now=NOON)
    assert theirs.state is DeploymentApproval.REFUSED
    with pytest.raises(NotFound):
        decide_deployment(session, other.id, world.deployment.id, approve=False, by=None, now=NOON)
    with pytest.raises(NotFound):
        decide_deployment(session, world.institution.id, theirs.id, approve=True, by=by, now=NOON)
    with pytest.raises(NotFound):
        switch_registration(session, other.id, world.registration.id, on=False, by=None, now=NOON)


def test_who_shares_a_registration_reads_that_it_was_switched_off(session, world):
    other = institution(session)
    deployment(session, world.registration, deployment_id="2", institution_id=other.id)
    switch_registration(session, world.institution.id, world.registration.id, on=False, by=None, now=NOON)
    told = session.execute(select(AuditEntry.institution_id, AuditEntry.action).order_by(AuditEntry.id)).all()
    assert told == [(one, "registration.disabled") for one in (world.institution.id, other.id)]


def test_another_institutions_things_are_not_there(session, world, by):
    other = World(session)
    with pytest.raises(NotFound):
        decide_deployment(session, world.institution.id, other.deployment.id, approve=True, by=by, now=NOON)
    with pytest.raises(NotFound):
        switch_registration(session, world.institution.id, other.registration.id, on=False, by=by, now=NOON)
    with pytest.raises(NotFound):
        confirm_administrator(session, world.institution.id, asking(other).id, by=by, now=NOON)


def test_switching_a_platform_off_ends_its_seats_and_on_again_lets_people_in(session, world, by):
    other = registration(session, world.institution)
    seat(session, world, SeatRole.STUDENT, registration_id=other.id)
    seat(session, world, SeatRole.FACULTY)
    switch_registration(session, world.institution.id, other.id, on=False, by=by, now=NOON)
    assert other.state is RegistrationState.DISABLED
    session.expire_all()
    ended = {row.registration_id: row.ended_at for row in session.scalars(select(Seat))}
    assert ended == {other.id: NOON, world.registration.id: None}
    switch_registration(session, world.institution.id, other.id, on=True, by=None, now=NOON)
    assert other.state is RegistrationState.ACTIVE
    assert actions(session) == ["registration.disabled", "registration.enabled"]


def test_nobody_switches_off_the_platform_that_they_came_in_by(session, world, by):
    with pytest.raises(OwnPlatform):
        switch_registration(session, world.institution.id, world.registration.id, on=False, by=by, now=NOON)


def test_who_confirmed_is_kept_and_confirming_twice_changes_nothing(session, world, by):
    first, second = asking(world), asking(world)
    for _ in range(2):
        confirm_administrator(session, world.institution.id, first.id, by=by, now=NOON)
    confirm_administrator(session, world.institution.id, second.id, by=None, now=NOON)
    assert (first.confirmed_by, second.confirmed_by) == (by.person_name, "operator")
    assert actions(session) == ["administrator.confirmed"] * 2


def test_a_confirmation_is_taken_back_and_the_persons_seats_end(session, world, by):
    kept, gone = asking(world, confirmed_at=NOON), asking(world, confirmed_at=NOON)
    who = gone.person_id
    seat(session, world, SeatRole.ADMINISTRATOR, person_id=who)
    withdraw_administrator(session, world.institution.id, gone.id, by=by, now=NOON)
    assert gone.confirmed_at is None
    assert session.scalars(select(Seat.ended_at)).one() == NOON
    with pytest.raises(LastAdministrator):
        withdraw_administrator(session, world.institution.id, kept.id, by=by, now=NOON)
    withdraw_administrator(session, world.institution.id, kept.id, by=None, now=NOON)
    assert kept.confirmed_at is None


def test_an_institutions_short_name_is_its_own(session):
    add_institution(session, "East", "east", now=NOON)
    with pytest.raises(NameTaken) as taken:
        add_institution(session, "East again", "east", now=NOON)
    assert taken.value.facts == {"slug": "east"}


def test_an_institution_is_called_otherwise_once_and_keeps_its_short_name(session):
    house = institution(session, name="Old", slug="old")
    for _time in range(2):
        assert rename_institution(session, house.id, "New", by=None, now=NOON).slug == "old"
    assert [one.action for one in session.scalars(select(AuditEntry))] == ["institution.renamed"]
    with pytest.raises(NotFound):
        rename_institution(session, house.id + 1, "New", by=None, now=NOON)


def test_the_last_administrator_from_the_lms_may_go_where_somebody_comes_in_by_passkey(session, world, by):
    found = asking(world, confirmed_at=NOON, confirmed_by="operator")
    ada = account_of(session, world.institution)
    with pytest.raises(LastAdministrator):  # Ada's link was not used yet
        withdraw_administrator(session, world.institution.id, found.id, by=by, now=NOON)
    enrolled(session, ada)
    assert withdraw_administrator(session, world.institution.id, found.id, by=by, now=NOON).confirmed_at is None


@pytest.mark.both_databases
@pytest.mark.parametrize("table", ["context", "resource_link", "membership"])
def test_the_database_itself_refuses_a_course_or_what_is_in_it_of_another_institution(session, world, table):
    other = institution(session)
    session.commit()
    with pytest.raises(IntegrityError):
        session.execute(text(f"UPDATE {table} SET institution_id = {other.id}"))


def test_who_checks_credentials_is_nobody_until_an_administrator_says_so_and_is_written_down_once(session, world, by):
    assert add_institution(session, "East", "east", now=NOON).credential_checkers is Checkers.NOBODY
    for _time in range(2):
        choose_checkers(session, world.institution.id, Checkers.OFFICE, by=by, now=NOON)
    assert world.institution.credential_checkers is Checkers.OFFICE
    [row] = session.scalars(select(AuditEntry).where(AuditEntry.action == "institution.checkers_chosen"))
    assert (row.institution_id, row.facts) == (world.institution.id, {"before": "nobody", "after": "office"})
