"""Our own signing keys in their table."""

from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier, Thread

import jwt
import pytest
from factories.world import NOON, institution
from sqlalchemy import func, select

from lti_mentoring.db import db, unit_of_work
from lti_mentoring.lti.keys import SHOWN_AFTER_USE, SHOWN_BEFORE_USE, KeyTooNew
from lti_mentoring.models import AuditEntry, KeyState, ToolKey
from lti_mentoring.services.keys import REMEMBERED, StoredSigner, ensure_keys, read_ring, rotate, tend

DAY = SHOWN_BEFORE_USE


@pytest.fixture
def sealer(app):
    return app.extensions["sealer"]


def states(session):
    return {row.kid: row.state for row in session.scalars(select(ToolKey))}


@pytest.mark.both_databases
def test_the_first_use_makes_two_keys_and_the_second_finds_them(session, sealer):
    ring = ensure_keys(session, sealer, now=NOON)
    assert sorted(states(session).values()) == [KeyState.ACTIVE, KeyState.NEXT]
    assert ensure_keys(session, sealer, now=NOON) == ring
    assert "PRIVATE" not in session.scalars(select(ToolKey.sealed_private)).first()


@pytest.mark.both_databases
def test_two_processes_that_start_at_once_make_two_keys_not_four(app, sealer):
    together = Barrier(2)

    def start():
        with app.app_context():
            together.wait()
            with unit_of_work() as own:
                ensure_keys(own, sealer, now=NOON)
            db.session.remove()

    threads = [Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ToolKey)) == 2


def test_a_rotation_lets_the_next_key_sign_and_keeps_the_former_published_for_a_week(session, sealer):
    institution(session)
    before = ensure_keys(session, sealer, now=NOON)
    with pytest.raises(KeyTooNew):
        rotate(session, sealer, now=NOON)
    after = rotate(session, sealer, now=NOON + DAY)
    assert after.active.kid != before.active.kid
    assert states(session)[before.active.kid] is KeyState.RETIRED
    assert len(read_ring(session, sealer).public_jwks()["keys"]) == 3
    rotate(session, sealer, now=NOON + DAY + SHOWN_AFTER_USE)
    assert before.active.kid not in states(session)
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).first()
    assert (entry.action, entry.facts) == ("tool_key.rotated", {"kid": after.active.kid, "at_once": False})


def test_by_schedule_a_key_gives_way_when_it_is_old_and_is_forgotten_a_week_later(session, sealer):
    institution(session)
    first = ensure_keys(session, sealer, now=NOON).active.kid
    life = timedelta(days=90)
    assert tend(session, sealer, now=NOON + life - DAY, life=life).active.kid == first
    second = tend(session, sealer, now=NOON + life, life=life).active.kid
    assert (second != first, len(states(session))) == (True, 3)
    assert tend(session, sealer, now=NOON + life + DAY, life=life).active.kid == second
    tend(session, sealer, now=NOON + life + SHOWN_AFTER_USE, life=life)
    assert (first in states(session), len(states(session))) == (False, 2)
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == ["tool_key.rotated"]


def test_by_schedule_no_key_signs_that_was_not_shown_for_a_day(session, sealer):
    first = ensure_keys(session, sealer, now=NOON).active.kid
    soon = timedelta(hours=1)
    assert tend(session, sealer, now=NOON + soon, life=soon).active.kid == first


def test_a_leaked_key_is_dropped_at_once(session, sealer):
    leaked = ensure_keys(session, sealer, now=NOON).active.kid
    rotate(session, sealer, now=NOON, at_once=True)
    assert leaked not in states(session)


def test_the_signer_reads_the_keys_once_a_minute(session, sealer):
    opened, moment = [], [NOON]

    @contextmanager
    def work():
        opened.append(1)
        yield session

    signer = StoredSigner(work, sealer, lambda: moment[0])
    token = signer.sign({"iss": "us"})
    header = jwt.get_unverified_header(token)
    public = {key["kid"]: jwt.PyJWK(key) for key in signer.ring().public_jwks()["keys"]}
    assert jwt.decode(token, public[header["kid"]], algorithms=["RS256"]) == {"iss": "us"}
    assert len(opened) == 1
    moment[0] += REMEMBERED
    signer.ring()
    assert len(opened) == 2
    signer.forget()
    signer.ring()
    assert len(opened) == 3
    assert moment[0] - NOON == timedelta(minutes=1)
