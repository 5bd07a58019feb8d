"""Who takes nobody new, by what was verified of them."""

import pytest
from factories.world import NOON, World, add

from lti_mentoring.domain.assigning import Obstacle
from lti_mentoring.domain.credentials import CredentialKind, CredentialState
from lti_mentoring.models import Credential
from lti_mentoring.models.base import new_key
from lti_mentoring.queries.pairing import mentors_now

pytestmark = pytest.mark.both_databases

LICENCE, DEGREE, OTHER = CredentialKind
VERIFIED, EXPIRING = CredentialState.VERIFIED, CredentialState.EXPIRING
LAPSED, REVOKED, LOOKED_UP = CredentialState.LAPSED, CredentialState.REVOKED, CredentialState.LOOKED_UP


@pytest.fixture
def world(session):
    made = World(session)
    made.track.credential_needed = True
    session.flush()
    return made


def held(session, world, kind, state, **columns):
    values = {"institution_id": world.institution.id, "person_id": world.guide.id, "created_at": NOON}
    said = {"key": new_key(), "title": "Of somebody", "register": "other", "kind": kind, "state": state}
    return add(session, Credential(**{**values, **said, **columns}))


def lacks(session, world):
    return mentors_now(session, world.track)[world.mentor.id].barred is Obstacle.CREDENTIAL_NEEDED


@pytest.mark.parametrize(
    ("what", "lacking"),
    [
        ([], True),
        ([(LICENCE, LOOKED_UP)], True),
        ([(LICENCE, VERIFIED)], False),
        ([(DEGREE, EXPIRING)], False),
        ([(DEGREE, VERIFIED), (LICENCE, LOOKED_UP)], False),
        ([(LICENCE, LAPSED), (DEGREE, VERIFIED)], True),
        ([(LICENCE, REVOKED), (DEGREE, VERIFIED)], True),
        ([(LICENCE, LAPSED), (OTHER, VERIFIED)], True),
        ([(LICENCE, LAPSED), (LICENCE, LOOKED_UP)], True),
        ([(LICENCE, LAPSED), (LICENCE, VERIFIED)], False),
        ([(LICENCE, REVOKED), (LICENCE, EXPIRING)], False),
        ([(LICENCE, LAPSED), (LICENCE, REVOKED), (LICENCE, VERIFIED)], False),
        ([(DEGREE, LAPSED), (LICENCE, VERIFIED)], False),
        ([(DEGREE, LAPSED), (DEGREE, VERIFIED)], False),
        ([(DEGREE, REVOKED), (OTHER, VERIFIED)], False),
        ([(DEGREE, LAPSED)], True),
    ],
)
def test_something_verified_has_to_hold_and_a_licence_that_is_over_is_replaced_by_a_licence_alone(
    session, world, what, lacking
):
    for kind, state in what:
        held(session, world, kind, state)
    assert lacks(session, world) is lacking


def test_to_remove_a_licence_that_is_over_replaces_nothing_and_a_removed_one_holds_nothing(session, world):
    held(session, world, DEGREE, VERIFIED)
    held(session, world, LICENCE, VERIFIED, removed_at=NOON)
    assert not lacks(session, world)
    held(session, world, LICENCE, LAPSED, removed_at=NOON)
    assert lacks(session, world)


def test_where_the_track_asks_for_none_and_of_others_credentials_nothing_is_lacking(session, world):
    held(session, world, DEGREE, VERIFIED)
    held(session, world, LICENCE, LAPSED, person_id=world.faculty.id)
    assert not lacks(session, world)
    held(session, world, LICENCE, LAPSED)
    assert lacks(session, world)
    world.track.credential_needed = False
    session.flush()
    assert not lacks(session, world)
