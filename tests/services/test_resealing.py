"""After a change of the key everything that is stored is sealed with the new one, while readers go on."""

import threading

import pytest
from factories.world import NOON, World
from sqlalchemy import select, update
from sqlalchemy.exc import StatementError

from lti_mentoring.db import unit_of_work
from lti_mentoring.models import AuditEntry, IssuerKey, KeyState, ToolKey
from lti_mentoring.models.sealed import place_in, place_of
from lti_mentoring.sealing import KeyFile, SealBroken
from lti_mentoring.services import resealing
from lti_mentoring.services.resealing import note_new_key, reseal_all, sealed_columns


@pytest.fixture
def sealer(app):
    return app.extensions["sealer"]


@pytest.fixture
def file(settings):
    return KeyFile(settings.key_file)


@pytest.fixture
def stored(session, sealer):
    """So many sealed rows that they take several pages."""
    rows = [
        ToolKey(kid=f"key-{number}", public_jwk={}, state=KeyState.RETIRED, created_at=NOON)
        for number in range(2 * resealing.PAGE + 1)
    ]
    for row in rows:
        row.sealed_private = sealer.seal(f"private half of {row.kid}", place_of(row, "sealed_private"))
    session.add_all(rows)
    session.commit()
    return rows


def opened(session, sealer):
    session.expire_all()
    return {row.kid: sealer.open(row.sealed_private, place_of(row, "sealed_private")) for row in session.query(ToolKey)}


def test_every_row_is_sealed_anew_and_says_the_same(session, sealer, file, stored):
    before, name = opened(session, sealer), file.add()
    session.commit()
    told = reseal_all(unit_of_work, sealer)
    assert (told.done, told.lost) == (len(stored), 0)
    assert opened(session, sealer) == before
    kept = session.scalars(select(ToolKey.sealed_private)).all()
    assert all(one.startswith(f"{name}:") for one in kept)
    assert reseal_all(unit_of_work, sealer).done == 0


@pytest.mark.both_databases
def test_readers_read_all_the_while(app, session, sealer, file, stored):
    stop, read, wrong = threading.Event(), [0], []

    def reading():
        with app.app_context():
            while not stop.is_set():
                own = app.extensions["sqlalchemy"].session()
                wrong.extend(kid for kid, said in opened(own, sealer).items() if said != f"private half of {kid}")
                own.rollback()
                read[0] += 1

    reader = threading.Thread(target=reading)
    reader.start()
    try:
        for _turn in range(2):
            file.add()
            assert reseal_all(unit_of_work, sealer).done == len(stored)
    finally:
        stop.set()
        reader.join()
    assert read[0]
    assert wrong == []


def test_a_rotation_that_was_broken_off_goes_on_where_it_was(session, sealer, file, stored):
    file.add()
    for row in stored[:150]:
        row.sealed_private = sealer.seal("again", place_of(row, "sealed_private"))
    session.commit()
    assert reseal_all(unit_of_work, sealer).done == len(stored) - 150


def test_what_was_moved_to_another_row_stays_closed_and_is_counted(session, sealer, file, stored):
    first, second = stored[:2]
    session.execute(update(ToolKey).where(ToolKey.id == second.id).values(sealed_private=first.sealed_private))
    session.commit()
    session.refresh(second)
    with pytest.raises(SealBroken):
        sealer.open(second.sealed_private, place_of(second, "sealed_private"))
    file.add()
    told = reseal_all(unit_of_work, sealer)
    assert (told.done, told.lost) == (len(stored) - 1, 1)


def test_what_nobody_sealed_never_reaches_the_table(session):
    session.add(ToolKey(kid="k", public_jwk={}, state=KeyState.NEXT, sealed_private="PRIVATE", created_at=NOON))
    with pytest.raises(StatementError, match="sealed text only"):
        session.flush()
    session.rollback()


def test_only_a_sealed_column_has_a_place():
    assert {f"{one.table.name}.{one.name}" for one in sealed_columns()} >= {
        "issuer_key.sealed_private",
        "tool_key.sealed_private",
    }
    with pytest.raises(TypeError):
        place_in(IssuerKey.__table__.c.did, "a")


def test_every_institution_reads_in_its_trail_that_the_key_was_renewed(session):
    worlds = [World(session), World(session)]
    note_new_key(session, "f1", now=NOON)
    rows = session.scalars(select(AuditEntry).where(AuditEntry.action == "field_key.added")).all()
    assert {row.institution_id for row in rows} == {one.institution.id for one in worlds}
