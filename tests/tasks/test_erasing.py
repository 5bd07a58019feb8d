"""What a student withdrew is gone, even when a crash came in between."""

import pytest
from factories.world import World
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import StoredFile
from lti_mentoring.services import evidence
from lti_mentoring.services.evidence import Sending, Upload
from lti_mentoring.tasks.upkeep import sweep_out_old


def test_the_sweep_erases_bytes_that_a_crash_left_behind(app, session):
    world, files = World(session), app.extensions["files"]
    student, milestone = world.sitter(role=SeatRole.STUDENT), world.track.milestones[0]
    sending = Sending(1, upload=Upload("ward.txt", b"A calm morning."))
    sent = evidence.send(session, student, milestone.id, sending, files, limit=100, now=utcnow())
    evidence.withdraw(session, student, sent.id, now=utcnow())  # and the process dies before it erases
    session.commit()
    key = session.scalars(select(StoredFile.storage_key)).one()
    assert files.read(key)
    sweep_out_old()
    with pytest.raises(FileNotFoundError):
        files.read(key)
