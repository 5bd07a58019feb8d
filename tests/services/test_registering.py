"""Invitations, and registrations by them or by hand."""

from dataclasses import replace
from datetime import timedelta

import pytest
from factories.world import NOON, World, institution
from sqlalchemy import select

from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.lti.dynamic_registration import PlatformConfiguration, Registered, RegistrationRefused
from lti_mentoring.models import AuditEntry, Deployment, DeploymentApproval, Invitation, Registration, RegistrationState
from lti_mentoring.plugins import load_quirks
from lti_mentoring.services.registering import (
    InvitationRefused,
    ManualRegistration,
    RegistrationShared,
    RegistrationTaken,
    check_description,
    check_source,
    claim,
    complete,
    describe_tool,
    find_institution,
    foresee,
    invitation_url,
    invite,
    note_granted,
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
PRODUCTS = load_quirks(())
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
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == ["invitation.made"]


def test_the_whole_way_from_invitation_to_registration(session, world, sealer, token):
    secret = offer(session, sealer, token, CONFIGURATION, "registration-token", now=NOON)
    assert "registration-token" not in str(session.scalars(select(Invitation.offered)).one())
    session.expire_all()
    claimed = claim(session, sealer, token, secret, now=NOON)
    assert (claimed.configuration, claimed.registration_token) == (CONFIGURATION, "registration-token")
    stored = complete(session, claimed, GRANTED, now=NOON)
    made = stored.registration
    assert stored.changes is None
    assert (made.name, made.client_id, made.granted_scopes) == ("moodle.example", "client-7", ["a"])
    own = session.scalars(select(Deployment).where(Deployment.registration_id == made.id)).one()
    assert (own.deployment_id, own.state) == ("3", DeploymentApproval.APPROVED)
    invitation = session.scalars(select(Invitation)).one()
    assert (invitation.registration_id, invitation.offered) == (made.id, None)


def test_a_platform_that_tells_no_deployment_gets_none(session, sealer, token):
    secret = offer(session, sealer, token, CONFIGURATION, None, now=NOON)
    claimed = claim(session, sealer, token, secret, now=NOON)
    made = complete(session, claimed, Registered("client-7", None, frozenset()), now=NOON).registration
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
    session.execute(Invitation.__table__.update().values(used_at=NOON, confirm_hash=None))
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
    assert first.registration is second.registration
    assert (first.changes, second.changes) == (None, ())
    assert len(first.registration.deployments) == 1
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == [
        "registration.made",
        "registration.mended",
    ]
    assert session.scalars(select(AuditEntry.actor_role)).all() == ["administrator", "tool"]


def test_another_institutions_registration_is_not_taken(session, world):
    register_by_hand(session, world.institution.id, TYPED, by=None, now=NOON)
    with pytest.raises(RegistrationTaken):
        register_by_hand(session, institution(session).id, TYPED, by=None, now=NOON)
    assert len(session.scalars(select(Registration).where(Registration.issuer == TYPED.issuer)).all()) == 1


def test_a_registration_that_others_share_is_mended_by_the_operator_only_and_takes_no_deployment_back(session, world):
    admin = world.sitter(role=SeatRole.ADMINISTRATOR)
    made = register_by_hand(session, world.institution.id, TYPED, by=admin, now=NOON).registration
    other = institution(session)
    (theirs,) = session.scalars(select(Deployment).where(Deployment.registration_id == made.id))
    theirs.institution_id = other.id
    session.flush()
    with pytest.raises(RegistrationShared):
        register_by_hand(session, world.institution.id, TYPED, by=admin, now=NOON)
    register_by_hand(session, world.institution.id, TYPED, by=None, now=NOON)
    session.refresh(theirs)
    assert theirs.institution_id == other.id


def register(session, sealer, token, configuration=CONFIGURATION, granted=GRANTED):
    secret = offer(session, sealer, token, configuration, None, now=NOON)
    return complete(session, claim(session, sealer, token, secret, now=NOON), granted, now=NOON)


def test_nor_is_it_mended_by_the_platform_for_one_of_them(session, world, sealer, token):
    made = register_by_hand(session, world.institution.id, TYPED, by=None, now=NOON).registration
    (theirs,) = session.scalars(select(Deployment).where(Deployment.registration_id == made.id))
    theirs.institution_id = institution(session).id
    session.flush()
    with pytest.raises(RegistrationShared):
        register(session, sealer, token)
    assert made.granted_scopes == []


def test_the_same_platform_registered_by_a_new_invitation_is_mended_and_keeps_its_name(session, world, sealer, token):
    first = register(session, sealer, token).registration
    first.name = "Moodle of Medicine"
    again = invite(session, world.institution.id, by=None, now=NOON)
    moved = replace(
        CONFIGURATION, jwks_url="https://moodle.example/new-keys", token_audience="https://audience.example"
    )
    stored = register(session, sealer, again, moved, Registered("client-7", "3", frozenset({"a", "b"})))
    assert stored.registration.id == first.id
    assert [(change.field, change.before, change.after) for change in stored.changes] == [
        ("jwks_url", "https://moodle.example/jwks", "https://moodle.example/new-keys"),
        ("token_audience", "", "https://audience.example"),
        ("granted_scopes", "a", "a b"),
    ]
    assert stored.registration.name == "Moodle of Medicine"
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "registration.mended")).one()
    assert entry.facts["changed"] == ["jwks_url", "token_audience", "granted_scopes"]


def test_a_platform_that_is_switched_off_stays_so_when_it_is_mended(session, world, sealer, token):
    made = register_by_hand(session, world.institution.id, TYPED, by=None, now=NOON).registration
    made.state = RegistrationState.DISABLED
    session.flush()
    assert register(session, sealer, token).registration.state is RegistrationState.DISABLED


class TestAPlatformThatComesBackByItsInvitation:
    """As Canvas does, which keeps the address (dynamic_registration_controller.rb, ``registration_url``)."""

    LATER = NOON + timedelta(days=400)

    @pytest.fixture
    def opened(self, session, sealer, token):
        register(session, sealer, token)
        return open_invitation(session, token, now=self.LATER)

    def test_it_may_mend_what_it_registered_however_late(self, session, sealer, token, opened):
        check_source(session, opened, "https://moodle.example/openid", PRODUCTS)
        check_description(session, opened, CONFIGURATION, PRODUCTS)
        moved = replace(CONFIGURATION, auth_url="https://moodle.example/sign-in")
        foreseen = foresee(session, opened, moved, None)
        assert [change.field for change in foreseen.changes] == ["auth_url"]
        stored = register(session, sealer, token, moved)
        assert [change.after for change in stored.changes] == ["https://moodle.example/sign-in"]

    def test_it_fetches_from_its_own_hosts_only(self, session, opened):
        opened_by_hosts = {"frames.example": False, "evil.example": False, "moodle.example.evil.example": False}
        made = session.get_one(Registration, opened.registration_id)
        made.frame_origins = ["https://frames.example"]
        opened_by_hosts["frames.example"] = True
        for host, may in opened_by_hosts.items():
            if may:
                check_source(session, opened, f"https://{host}/openid", PRODUCTS)
            else:
                with pytest.raises(InvitationRefused):
                    check_source(session, opened, f"https://{host}/openid", PRODUCTS)

    def test_hosts_that_a_product_shares_are_its_own(self, session, opened):
        session.get_one(Registration, opened.registration_id).product_family = "canvas"
        check_source(session, opened, "https://other-school.instructure.com/openid", PRODUCTS)

    @pytest.mark.parametrize(
        "change", [{"issuer": "https://other.example"}, {"token_url": "https://evil.example/token"}]
    )
    def test_another_platform_is_refused(self, session, opened, change):
        with pytest.raises(RegistrationRefused) as refused:
            check_description(session, opened, replace(CONFIGURATION, **change), PRODUCTS)
        assert refused.value.code == "description_foreign"

    def test_another_client_is_not_registered_by_it(self, session, sealer, token, opened):
        with pytest.raises(RegistrationRefused) as refused:
            register(session, sealer, token, granted=Registered("client-8", "3", frozenset()))
        assert refused.value.code == "registration_other"

    def test_a_second_press_is_refused_and_a_failure_lets_it_come_back_again(self, session, sealer, token, opened):
        secret = offer(session, sealer, token, CONFIGURATION, None, now=self.LATER)
        claimed = claim(session, sealer, token, secret, now=self.LATER)
        with pytest.raises(InvitationRefused):
            claim(session, sealer, token, secret, now=self.LATER)
        release(session, claimed.invitation_id, now=self.LATER)
        session.flush()
        assert open_invitation(session, token, now=self.LATER).used_at is not None

    def test_switched_off_it_may_not(self, session, token, opened):
        session.get_one(Registration, opened.registration_id).state = RegistrationState.DISABLED
        with pytest.raises(InvitationRefused):
            open_invitation(session, token, now=self.LATER)


def test_an_invitation_that_nobody_used_may_fetch_from_anywhere(session, token):
    opened = open_invitation(session, token, now=NOON)
    check_source(session, opened, "https://any.example/openid", PRODUCTS)
    check_description(session, opened, CONFIGURATION, PRODUCTS)
    assert foresee(session, opened, CONFIGURATION, None) is None
    assert foresee(session, opened, CONFIGURATION, "client-7") is None


def test_what_would_be_mended_is_foreseen_where_the_platform_shows_its_client_id(session, world, token):
    register_by_hand(session, world.institution.id, TYPED, by=None, now=NOON)
    opened = open_invitation(session, token, now=NOON)
    foreseen = foresee(session, opened, CONFIGURATION, "client-7")
    assert [change.field for change in foreseen.changes] == ["product_family"]


def test_a_registration_of_another_institution_is_refused_before_anything_is_sent(session, token):
    register_by_hand(session, institution(session).id, TYPED, by=None, now=NOON)
    with pytest.raises(RegistrationTaken):
        foresee(session, open_invitation(session, token, now=NOON), CONFIGURATION, "client-7")


def test_we_describe_ourselves_by_the_configured_address():
    tool = describe_tool("https://tool.example", name="Mentoring", description="x")
    assert (tool.launch_url, tool.domain) == ("https://tool.example/lti/launch", "tool.example")


def test_an_institution_is_found_by_short_name_or_name(session, world):
    assert find_institution(session, world.institution.slug) is world.institution
    assert find_institution(session, world.institution.name) is world.institution
    assert find_institution(session, "another") is None


def test_what_a_platform_says_that_it_allows_now_is_kept(session, world):
    made = register_by_hand(session, world.institution.id, TYPED, by=None, now=NOON).registration
    by = world.sitter(role=SeatRole.ADMINISTRATOR)
    stored = note_granted(session, world.institution.id, made.id, GRANTED, by=by, now=NOON)
    assert [(change.field, change.before, change.after) for change in stored.changes] == [("granted_scopes", "", "a")]
    assert made.granted_scopes == ["a"]
    with pytest.raises(RegistrationRefused):
        note_granted(session, world.institution.id, made.id, Registered("another", None, frozenset()), by=by, now=NOON)
    with pytest.raises(NotFound):
        note_granted(session, institution(session).id, made.id, GRANTED, by=by, now=NOON)
