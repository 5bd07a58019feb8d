"""Statements that are made into text once: the same rows, types, transactions and errors as by SQLAlchemy's own way."""

from datetime import timedelta

import pytest
from factories.statements import counting
from factories.world import NOON, World
from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_mentoring.models import LoginTransaction
from lti_mentoring.prepared import Prepared

LOGIN = LoginTransaction.__table__
KEEP = Prepared(insert(LOGIN).inline().values({c.name: bindparam(c.name) for c in LOGIN.c if c.name != "id"}))
FIRST = 1
"""The number of a fresh database's first institution: the one that owns the registration."""
FIND = Prepared(select(LOGIN).where(LOGIN.c.state_hash == bindparam("hashed")))


def values(registration_id, state="s"):
    return {
        "institution_id": FIRST, "state_hash": state, "nonce": "n", "registration_id": registration_id,
        "target_link_uri": "https://localhost/x",
        "lti_deployment_id": None, "browser_secret_hash": "b", "created_at": NOON,
        "kept_secret_hash": None, "storage_target": None,
        "expires_at": NOON + timedelta(minutes=10),
    }  # fmt: skip


@pytest.fixture
def registration_id(session):
    number = World(session).registration.id
    session.commit()
    return number


@pytest.mark.both_databases
def test_what_is_written_is_read_with_the_types_of_its_columns(session, registration_id):
    KEEP.run(session, values(registration_id))
    row = FIND.row(session, {"hashed": "s"})
    assert (row.registration_id, row.lti_deployment_id, row.created_at) == (registration_id, None, NOON)
    assert row.expires_at - row.created_at == timedelta(minutes=10)
    assert FIND.row(session, {"hashed": "another"}) is None


@pytest.mark.both_databases
def test_it_is_part_of_the_session_s_transaction(session, registration_id):
    KEEP.run(session, values(registration_id))
    session.rollback()
    assert FIND.row(session, {"hashed": "s"}) is None


@pytest.mark.both_databases
def test_alone_it_is_kept_whatever_becomes_of_the_session(session, registration_id):
    engine = session.get_bind()
    KEEP.run_alone(engine, values(registration_id))
    session.rollback()
    with Session(engine) as another:
        assert FIND.row(another, {"hashed": "s"}) is not None


@pytest.mark.both_databases
def test_alone_it_leaves_the_connection_as_it_was(session, registration_id):
    engine = session.get_bind()
    KEEP.run_alone(engine, values(registration_id))
    session.rollback()
    KEEP.run(session, values(registration_id, "t"))
    session.rollback()
    assert FIND.row(session, {"hashed": "t"}) is None


@pytest.mark.both_databases
def test_a_refusal_of_the_database_is_sqlalchemy_s_error_without_the_values(session, registration_id):
    KEEP.run(session, values(registration_id, "secret-state"))
    with pytest.raises(IntegrityError) as refused:
        KEEP.run(session, values(registration_id, "secret-state"))
    assert "[parameters" not in str(refused.value)
    session.rollback()


def test_a_value_that_is_not_given_is_an_error(session, registration_id):
    with pytest.raises(KeyError):
        KEEP.run(session, {"state_hash": "s"})


def test_who_counts_statements_hears_of_it(session):
    with counting(session) as seen:
        FIND.row(session, {"hashed": "s"})
    assert [statement.split()[0] for statement in seen] == ["SELECT"]
