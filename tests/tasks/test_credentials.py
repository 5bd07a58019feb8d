"""The worker's clock looks at credentials; running twice on a day does it once."""

from datetime import timedelta

from factories.credentials import verified
from factories.world import World
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.credentials import CredentialState
from lti_mentoring.models import Mail
from lti_mentoring.tasks.upkeep import tend


def test_what_has_ended_lapses_and_its_holder_hears_once(app, session):
    world = World(session)
    made = verified(app, session, world, days=1, now=utcnow() - timedelta(days=4))
    session.commit()
    for _twice in range(2):
        tend.run()
    session.refresh(made)
    assert made.state is CredentialState.LAPSED
    told = [mail.facts["what"] for mail in session.scalars(select(Mail)) if mail.person_id == world.guide.id]
    assert sorted(told) == ["lapsed", "verified"]
