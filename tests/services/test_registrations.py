"""What the border asks to be kept, on real databases."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from factories.world import NOON, World, deployment, institution, registration
from sqlalchemy import select, update

from lti_mentoring.db import database_now, db, unit_of_work
from lti_mentoring.lti.access import AccessToken, TokenKey
from lti_mentoring.lti.registrations import DeploymentState, LoginTransaction, StoredKeySet
from lti_mentoring.models import AccessToken as TokenRow
from lti_mentoring.models import DeploymentApproval, PlatformKeySet, Registration, RegistrationState
from lti_mentoring.models import LoginTransaction as LoginRow
from lti_mentoring.services.registrations import (
    REMEMBERED,
    RegistrationMemory,
    StoredLogins,
    StoredPlatformKeys,
    StoredRegistrations,
    StoredTokens,
)

URL = "https://lms.example/jwks"
KEY = TokenKey.of(1, "1", ["b", "a"])


@pytest.fixture
def work(session):
    @contextmanager
    def opened():
        yield session
        session.flush()

    return opened


def reader(session, memory, now=NOON):
    return StoredRegistrations(session, memory, now=now)


def login(world, state="s" * 43):
    return LoginTransaction(
        state=state,
        nonce="n",
        institution_id=world.institution.id,
        registration_id=world.registration.id,
        target_link_uri="https://localhost/lti/launch",
        lti_deployment_id=None,
        browser_secret_hash="h" * 64,
        created_at=NOON,
        expires_at=NOON + timedelta(minutes=10),
    )


def test_a_registration_is_found_by_issuer_and_client_id(session):
    world, memory = World(session), RegistrationMemory()
    found = reader(session, memory).find(world.registration.issuer, world.registration.client_id)
    assert found.id == world.registration.id
    assert reader(session, memory).find(world.registration.issuer, "another") is None
    assert reader(session, memory).by_id(4711) is None
    assert reader(session, memory).by_id(found.id) == found


def test_without_a_client_id_only_the_issuers_single_registration_is_found(session):
    world, memory = World(session), RegistrationMemory()
    issuer = world.registration.issuer
    assert reader(session, memory).find(issuer, None).id == world.registration.id
    registration(session, world.institution, issuer=issuer, client_id="second")
    assert reader(session, memory).find(issuer, None) is None
    assert len(reader(session, memory).all_of(issuer)) == 2


def test_a_registration_is_remembered_for_some_seconds_and_then_read_again(session):
    world, memory = World(session), RegistrationMemory()
    name = (world.registration.issuer, world.registration.client_id)
    assert reader(session, memory).find(*name).active
    world.registration.state = RegistrationState.DISABLED
    session.flush()
    assert reader(session, memory).find(*name).active
    assert not reader(session, memory, NOON + REMEMBERED).find(*name).active
    memory.forget()
    assert not reader(session, memory).by_id(world.registration.id).active


def test_a_remembered_name_whose_registration_ran_out_is_read_again(session):
    world, memory = World(session), RegistrationMemory()
    name = (world.registration.issuer, world.registration.client_id)
    reader(session, memory).find(*name)
    memory.numbered.clear()
    assert reader(session, memory).find(*name).id == world.registration.id


def test_who_may_frame_is_known_of_a_remembered_registration(session):
    world, memory = World(session), RegistrationMemory()
    world.registration.frame_origins = ["https://vanity.example"]
    session.flush()
    assert reader(session, memory).frame_origins(world.registration.id) is None
    reader(session, memory).by_id(world.registration.id)
    assert reader(session, memory).frame_origins(world.registration.id) == (
        world.registration.issuer,
        "https://vanity.example",
    )


def test_only_an_approval_is_remembered(session):
    world, memory = World(session), RegistrationMemory()
    ask = reader(session, memory).deployment_state
    assert ask(world.registration.id, "2") is DeploymentState.UNKNOWN
    waiting = deployment(session, world.registration, deployment_id="2", state=DeploymentApproval.PENDING)
    assert ask(world.registration.id, "2") is DeploymentState.PENDING
    waiting.state = DeploymentApproval.APPROVED
    session.flush()
    assert ask(world.registration.id, "2") is DeploymentState.APPROVED
    waiting.state = DeploymentApproval.REFUSED
    session.flush()
    assert ask(world.registration.id, "2") is DeploymentState.APPROVED
    assert reader(session, memory, NOON + REMEMBERED).deployment_state(world.registration.id, "2") == "refused"


@pytest.mark.both_databases
def test_a_login_is_taken_once(session):
    world, logins = World(session), StoredLogins(session)
    kept = login(world)
    logins.keep(kept)
    assert kept.state not in str(session.scalars(select(LoginRow.state_hash)).one())
    assert (logins.is_in_flight(kept.nonce), logins.is_in_flight("another")) == (True, False)
    assert logins.take(kept.state) == kept
    assert logins.take(kept.state) is None
    assert not logins.is_in_flight(kept.nonce)


@pytest.mark.both_databases
def test_of_two_who_take_a_login_at_once_one_gets_it(app, session):
    kept = login(World(session))
    StoredLogins(session).keep(kept)
    session.commit()
    together, taken = Barrier(2), []

    def take():
        with app.app_context():
            together.wait()
            with unit_of_work() as own:
                taken.append(StoredLogins(own).take(kept.state))
            db.session.remove()

    threads = [Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one is None for one in taken) == [False, True]


@pytest.mark.both_databases
def test_a_key_set_is_stored_and_replaced(session, work):
    keys = StoredPlatformKeys(work)
    assert keys.load(URL) is None
    first = StoredKeySet(URL, (), None, None, NOON, {"reason": "not_found", "platform_status": 404})
    keys.save(first)
    assert keys.load(URL) == first
    session.expire_all()
    second = StoredKeySet(URL, ({"kid": "1"},), NOON, NOON + timedelta(hours=1), NOON)
    keys.save(second)
    session.expire_all()
    assert keys.load(URL) == second


@pytest.mark.both_databases
def test_one_of_all_processes_fetches_a_key_set_until_it_has_it_or_is_killed(session, work):
    keys = StoredPlatformKeys(work)
    assert (keys.begin(URL), keys.begin(URL), keys.load(URL)) == (True, False, None)
    session.execute(update(PlatformKeySet).values(asking_until=database_now(session) - timedelta(seconds=1)))
    assert (keys.begin(URL), keys.begin(URL)) == (True, False)
    keys.save(StoredKeySet(URL, ({"kid": "1"},), NOON, NOON + timedelta(hours=1), NOON))
    session.expire_all()
    assert keys.begin(URL)
    assert keys.load(URL).keys == ({"kid": "1"},)


@pytest.mark.both_databases
def test_a_token_is_stored_sealed_replaced_and_dropped(app, session, work):
    world = World(session)
    tokens, key = StoredTokens(work, app.extensions["sealer"]), replace(KEY, registration_id=world.registration.id)
    assert tokens.load(key) is None
    for value in ("first token", "second token"):
        token = AccessToken(value, frozenset({"a"}), NOON)
        tokens.save(key, token)
        session.expire_all()
        assert tokens.load(key) == token
    assert "second" not in session.scalars(select(TokenRow.sealed)).one()
    tokens.drop(key, AccessToken("first token", frozenset({"a"}), NOON))
    assert tokens.load(key) == token
    for _ in range(2):
        tokens.drop(key, token)
        session.expire_all()
        assert tokens.load(key) is None


@pytest.mark.both_databases
def test_one_of_all_processes_asks_for_a_token_until_it_has_one_gives_up_or_is_killed(app, session, work):
    tokens = StoredTokens(work, app.extensions["sealer"])
    key = replace(KEY, registration_id=World(session).registration.id)
    assert (tokens.begin(key), tokens.begin(key), tokens.load(key)) == (True, False, None)
    tokens.give_up(key)
    assert (tokens.begin(key), tokens.begin(key)) == (True, False)
    session.execute(update(TokenRow).values(asking_until=database_now(session) - timedelta(seconds=1)))
    assert (tokens.begin(key), tokens.begin(key)) == (True, False)
    tokens.save(key, AccessToken("new", frozenset({"a"}), NOON))
    assert tokens.begin(key)


def test_a_token_is_the_deployments_institutions_also_where_the_registration_is_anothers(app, session, work):
    world = World(session)
    other = deployment(session, world.registration, deployment_id="2", institution_id=institution(session).id)
    key = TokenKey.of(world.registration.id, "2", ["a"])
    StoredTokens(work, app.extensions["sealer"]).save(key, AccessToken("token", frozenset({"a"}), NOON))
    assert session.scalars(select(TokenRow.institution_id)).one() == other.institution_id


def test_the_same_platform_may_serve_two_institutions_by_two_client_ids(session):
    world = World(session)
    other = registration(session, institution(session), issuer=world.registration.issuer, client_id="other")
    found = reader(session, RegistrationMemory()).find(other.issuer, "other")
    assert (found.id, found.institution_id) == (other.id, other.institution_id)
    assert session.scalar(select(Registration.id).where(Registration.client_id == "other")) == other.id
