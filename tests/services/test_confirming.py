"""Registrations that wait: whose do, who lets them in, and how one makes room for its rightful owner."""

from dataclasses import replace

import pytest
from factories.world import NOON, World, institution
from sqlalchemy import select

from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.lti.dynamic_registration import PlatformConfiguration, Registered
from lti_mentoring.models import AuditEntry, Deployment, Registration
from lti_mentoring.queries.registrations import find_registration
from lti_mentoring.services.confirming import confirm_registration
from lti_mentoring.services.registering import (
    ManualRegistration,
    RegistrationTaken,
    claim,
    complete,
    foresee,
    invite,
    offer,
    open_invitation,
    register_by_hand,
)

CLOUD = "https://canvas.instructure.com"
TYPED = ManualRegistration(
    "Canvas", CLOUD, "client-7", f"{CLOUD}/auth", f"{CLOUD}/token", f"{CLOUD}/jwks", deployment_ids=("1",)
)
SAID = PlatformConfiguration(
    CLOUD, f"{CLOUD}/auth", f"{CLOUD}/token", f"{CLOUD}/jwks", f"{CLOUD}/register", product_family="canvas"
)


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def typed(session, world):
    """Type a registration as the institution's administrator."""
    by = world.sitter(role=SeatRole.ADMINISTRATOR)
    return lambda wanted=TYPED: (
        register_by_hand(session, world.institution.id, wanted, by=by, shared_issuers={CLOUD}, now=NOON).registration
    )


@pytest.fixture
def invited(session, app):
    """Let another institution's platform register itself by an invitation."""

    def registered(owner):
        sealer, token = app.extensions["sealer"], invite(session, owner.id, by=None, now=NOON)
        assert foresee(session, open_invitation(session, token, now=NOON), SAID, "client-7") is None
        secret = offer(session, sealer, token, SAID, None, now=NOON)
        granted = Registered("client-7", "9", frozenset())
        return complete(session, claim(session, sealer, token, secret, now=NOON), granted, now=NOON).registration

    return registered


def actions(session, owner):
    written = select(AuditEntry.action).where(
        AuditEntry.institution_id == owner.id, AuditEntry.action.like("registration.%")
    )
    return session.scalars(written.order_by(AuditEntry.id)).all()


def test_one_that_an_administrator_types_at_a_shared_issuer_waits_and_typing_it_again_changes_nothing(typed):
    assert typed().waits_since == NOON
    assert typed(replace(TYPED, jwks_url=f"{CLOUD}/new")).waits_since == NOON


def test_one_at_another_institutions_issuer_waits_as_well_and_one_at_an_own_issuer_does_not(session, typed):
    theirs = World(session).registration
    assert typed(replace(TYPED, issuer=theirs.issuer)).waits_since == NOON
    assert typed(replace(TYPED, issuer="https://moodle.example")).waits_since is None


def test_what_the_operator_types_waits_for_nobody_and_what_waited_is_confirmed_by_it(session, world, typed):
    waiting = typed()
    for _time in range(2):
        register_by_hand(session, world.institution.id, TYPED, by=None, shared_issuers={CLOUD}, now=NOON)
        assert waiting.waits_since is None
    assert typed().waits_since is None
    assert actions(session, world.institution)[:2] == ["registration.made", "registration.confirmed"]


def test_it_is_closed_until_the_operator_has_confirmed_it(session, world, typed):
    waiting = typed()
    assert find_registration(session, CLOUD, "client-7").platform.closed == "registration_waiting"
    for _time in range(2):
        confirm_registration(session, world.institution.id, waiting.id, by=None, now=NOON)
        assert find_registration(session, CLOUD, "client-7").platform.closed is None
    assert actions(session, world.institution) == ["registration.made", "registration.confirmed"]


def test_another_institutions_cannot_be_confirmed_in_its_place(session, typed):
    with pytest.raises(NotFound):
        confirm_registration(session, institution(session).id, typed().id, by=None, now=NOON)


def test_it_makes_room_for_the_institution_whose_platform_comes_by_an_invitation(session, world, typed, invited):
    typed()
    owner = institution(session)
    made = invited(owner)
    assert (made.institution_id, made.waits_since, made.name) == (owner.id, None, "canvas.instructure.com")
    assert session.scalars(select(Registration.institution_id).where(Registration.issuer == CLOUD)).all() == [owner.id]
    known = session.scalars(select(Deployment).where(Deployment.registration_id == made.id)).all()
    assert [(one.deployment_id, one.institution_id) for one in known] == [("9", owner.id)]
    assert actions(session, world.institution) == ["registration.made", "registration.gave_way"]
    with pytest.raises(RegistrationTaken):
        typed()


def test_it_makes_room_for_the_institution_for_which_the_operator_types_it(session, typed):
    typed()
    owner = institution(session)
    assert register_by_hand(session, owner.id, TYPED, by=None, now=NOON).registration.institution_id == owner.id


def test_a_platform_that_comes_by_an_invitation_of_the_same_institution_proves_what_was_typed(
    session, world, app, typed
):
    waiting = typed()
    sealer, token = app.extensions["sealer"], invite(session, world.institution.id, by=None, now=NOON)
    secret = offer(session, sealer, token, SAID, None, now=NOON)
    claimed = claim(session, sealer, token, secret, now=NOON)
    stored = complete(session, claimed, Registered("client-7", "1", frozenset()), now=NOON)
    assert (stored.registration.id, stored.registration.waits_since) == (waiting.id, None)


def test_one_that_waits_makes_no_login_without_a_client_id_ambiguous(session, typed):
    theirs = World(session).registration
    typed(replace(TYPED, issuer=theirs.issuer))
    assert find_registration(session, theirs.issuer, None).platform.id == theirs.id
    alone = typed()
    assert find_registration(session, CLOUD, None).platform.id == alone.id
