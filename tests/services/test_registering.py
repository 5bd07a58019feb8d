"""Invitations, and registrations by them or by hand."""

from datetime import timedelta

import pytest
from factories.world import NOON, World, institution
from sqlalchemy import select

from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.lti.dynamic_registration import PlatformConfiguration, Registered
from lti_mentoring.models import AuditEntry, Deployment, DeploymentApproval, Invitation, Registration
from lti_mentoring.services.registering import (
    InvitationRefused,
    ManualRegistration,
    RegistrationShared,
    RegistrationTaken,
    claim,
    complete,
    describe_tool,
    find_institution,
    invitation_url,
    invite,
    offer,
    open_invitation,
    register_by_hand,
    release,
)

CONFIGURATION = PlatformConfiguration(
    issuer="https://moodle.example",
    auth_url="https://moodle.example/auth",
    token_url="https://moodle.example/token",
    jwks_url="https://moodle.example/jwks",
    registration_url="https://moodle.example/register",
    product_family="moodle",
    scopes=frozenset({"b", "a"}),
    messages=("LtiResourceLinkRequest",),
    claims=frozenset({"sub"}),
)
GRANTED = Registered("client-7", "3", frozenset({"a"}))
TYPED = ManualRegistration(
    "Moodle", "https://moodle.example", "client-7", "https://moodle.example/auth", "https://moodle.example/token",
    "https://moodle.example/jwks", deployment_ids=("1",),
)  # fmt: skip


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def sealer(app):
    return app.extensions["sealer"]


@pytest.fixture
def token(session, world):
    return invite(session, world.institution.id, by=world.sitter(role=SeatRole.ADMINISTRATOR), now=NOON)


def test_an_invitation_is_opened_by_its_secret_only_and_for_a_week(session, token):
    assert open_invitation(session, token, now=NOON).used_at is None
    for wrong, now in (("", NOON), (token + "x", NOON), (token, NOON + timedelta(days=7))):
        with pytest.raises(InvitationRefused):
            open_invitation(session, wrong, now=now)
    assert invitation_url("https://tool.example", token) == f"https://tool.example/lti/register?invitation={token}"
    assert session.scalars(select(AuditEntry.action)).all() == ["invitation.made"]


def test_the_whole_way_from_invitation_to_registration(session, world, sealer, token):
    secret = offer(session, sealer, token, CONFIGURATION, "registration-token", now=NOON)
    assert "registration-token" not in str(session.scalars(select(Invitation.offered)).one())
    session.expire_all()
    claimed = claim(session, sealer, token, secret, now=NOON)
    assert (claimed.configuration, claimed.registration_token) == (CONFIGURATION, "registration-token")
    made = complete(session, claimed, GRANTED, now=NOON)
    assert (made.name, made.client_id, made.granted_scopes) == ("moodle.example", "client-7", ["a"])
    own = session.scalars(select(Deployment).where(Deployment.registration_id == made.id)).one()
    assert (own.deployment_id, own.state) == ("3", DeploymentApproval.APPROVED)
    with pytest.raises(InvitationRefused):
        open_invitation(session, token, now=NOON)
    invitation = session.scalars(select(Invitation)).one()
    assert (invitation.registration_id, invitation.offered) == (made.id, None)


def test_a_platform_that_tells_no_deployment_gets_none(session, sealer, token):
    secret = offer(session, sealer, token, CONFIGURATION, None, now=NOON)
    claimed = claim(session, sealer, token, secret, now=NOON)
    made = complete(session, claimed, Registered("client-7", None, frozenset()), now=NOON)
    assert claimed.registration_token is None
    assert made.deployments == []


def test_the_button_needs_the_secret_of_the_last_page_shown(session, sealer, token):
    with pytest.raises(InvitationRefused):
        claim(session, sealer, token, "", now=NOON)
    first = offer(session, sealer, token, CONFIGURATION, None, now=NOON)
    second = offer(session, sealer, token, CONFIGURATION, None, now=NOON)
    with pytest.raises(InvitationRefused):
        claim(session, sealer, token, first, now=NOON)
    claim(session, sealer, token, second, now=NOON)
    with pytest.raises(InvitationRefused):
        claim(session, sealer, token, second, now=NOON)


def test_of_two_presses_at_once_the_second_finds_the_invitation_used(session, sealer, token):
    secret = offer(session, sealer, token, CONFIGURATION, None, now=NOON)
    invitation = session.scalars(select(Invitation)).one()
    # Another process used it after this one had read the row.
    session.execute(Invitation.__table__.update().values(used_at=NOON))
    assert invitation.used_at is None
    with pytest.raises(InvitationRefused):
        claim(session, sealer, token, secret, now=NOON)


def test_an_invitation_holds_again_when_the_platform_did_not_register_us(session, sealer, token):
    secret = offer(session, sealer, token, CONFIGURATION, None, now=NOON)
    claimed = claim(session, sealer, token, secret, now=NOON)
    session.expire_all()
    release(session, claimed.invitation_id, now=NOON)
    session.flush()
    assert open_invitation(session, token, now=NOON).confirm_hash is None


def test_a_registration_typed_again_is_mended_not_doubled(session, world):
    by = world.sitter(role=SeatRole.ADMINISTRATOR)
    first = register_by_hand(session, world.institution.id, TYPED, by=by, now=NOON)
    second = register_by_hand(session, world.institution.id, TYPED, by=None, now=NOON)
    assert first is second
    assert len(first.deployments) == 1
    assert session.scalars(select(AuditEntry.actor_role)).all() == ["administrator", "tool"]


def test_another_institutions_registration_is_not_taken(session, world):
    register_by_hand(session, world.institution.id, TYPED, by=None, now=NOON)
    with pytest.raises(RegistrationTaken):
        register_by_hand(session, institution(session).id, TYPED, by=None, now=NOON)
    assert len(session.scalars(select(Registration).where(Registration.issuer == TYPED.issuer)).all()) == 1


def test_a_registration_that_others_share_is_mended_by_the_operator_only_and_takes_no_deployment_back(session, world):
    admin = world.sitter(role=SeatRole.ADMINISTRATOR)
    made = register_by_hand(session, world.institution.id, TYPED, by=admin, now=NOON)
    other = institution(session)
    (theirs,) = session.scalars(select(Deployment).where(Deployment.registration_id == made.id))
    theirs.institution_id = other.id
    session.flush()
    with pytest.raises(RegistrationShared):
        register_by_hand(session, world.institution.id, TYPED, by=admin, now=NOON)
    register_by_hand(session, world.institution.id, TYPED, by=None, now=NOON)
    session.refresh(theirs)
    assert theirs.institution_id == other.id


def test_we_describe_ourselves_by_the_configured_address():
    tool = describe_tool("https://tool.example", name="Mentoring", description="x")
    assert (tool.launch_url, tool.domain) == ("https://tool.example/lti/launch", "tool.example")


def test_an_institution_is_found_by_short_name_or_name(session, world):
    assert find_institution(session, world.institution.slug) is world.institution
    assert find_institution(session, world.institution.name) is world.institution
    assert find_institution(session, "another") is None
