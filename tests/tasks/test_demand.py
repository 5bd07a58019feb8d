"""The worker's clock counts what students look for; running twice counts once."""

from factories.seeking import seeking
from factories.world import World
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.models import SeekingCount
from lti_mentoring.tasks.upkeep import count


def test_a_track_in_which_five_have_said_something_is_counted_once(app, session):
    world, quiet = World(session), World(session)
    for _more in range(5):
        seeking(session, world, world.another_student())
    seeking(session, quiet, quiet.another_student())
    session.commit()
    count.run()
    made = session.scalars(select(SeekingCount)).one()
    assert (made.track_id, made.students["domain"]) == (world.track.id, {"research": 5})
    before = utcnow()
    count.run()
    session.refresh(made)
    assert made.counted_at < before
