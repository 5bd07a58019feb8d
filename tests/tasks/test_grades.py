"""A due score goes to a real LMS server on loopback, whatever that server does."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from factories.world import NOON, World
from fakes.lms_server import HTML, LmsServer, Reply
from sqlalchemy import select, update

from lti_mentoring.clock import utcnow
from lti_mentoring.db import db
from lti_mentoring.lti.http import PlatformClient
from lti_mentoring.models import (
    Context,
    HeldReason,
    LineItem,
    PlatformLane,
    Registration,
    RegistrationState,
    Score,
    ScoreState,
)
from lti_mentoring.services.grading import ensure_columns
from lti_mentoring.services.keys import ensure_keys
from lti_mentoring.tasks.grades import push

pytestmark = pytest.mark.both_databases
PAST = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def lms():
    with LmsServer() as server:
        yield server


@pytest.fixture
def score_id(app, session, lms):
    app.extensions["platform_client"] = PlatformClient(allowed_private_hosts={lms.host})
    world = World(session)
    world.registration.issuer, world.registration.token_url = lms.url, lms.token_url
    world.registration.product_family = "moodle"
    world.context.lineitems_url = lms.lineitems_url
    world.student.subject = "u-1"
    ensure_keys(session, app.extensions["sealer"], now=utcnow())
    [column] = ensure_columns(session, world.track, now=NOON)
    row = Score(
        institution_id=world.institution.id, track_id=world.track.id, line_item_id=column.id,
        person_id=world.student.id, wanted=40, maximum=100, due_at=PAST,
    )  # fmt: skip
    session.add(row)
    session.commit()
    return row.id


def run(score_id):
    """Run the task once more, as the sweep would when the row is due."""
    session = db.session()
    session.get_one(Score, score_id).due_at = PAST
    session.commit()
    push.run(score_id)
    return session.get_one(Score, score_id, populate_existing=True)


def test_the_column_is_made_once_and_the_grade_arrives(lms, score_id):
    score = run(score_id)
    assert (score.state, score.accepted_value) == (ScoreState.ACCEPTED, 40)
    assert len(lms.line_items) == 1
    [column] = lms.line_items.values()
    assert db.session().get_one(LineItem, score.line_item_id).url == column["id"]


def test_a_delivered_score_is_not_sent_again(lms, score_id):
    run(score_id)
    before = len(lms.requests)
    run(score_id)
    assert len(lms.requests) == before


@pytest.mark.parametrize("reply", [HTML, Reply(503), Reply(200, drop=True)])
def test_an_lms_that_is_down_or_shows_a_maintenance_page_is_waited_for(lms, score_id, reply):
    lms.reply("/token", replace(reply))
    score = run(score_id)
    assert score.state is ScoreState.PENDING
    assert score.waiting_reason
    assert db.session().scalar(select(Registration.last_error)) == score.waiting_reason
    assert run(score_id).state is ScoreState.ACCEPTED


@pytest.mark.parametrize(
    "reply", [Reply(429), Reply(429, headers={"Retry-After": "30"}), Reply(403, b"403 Forbidden (Rate Limit Exceeded)")]
)
def test_an_lms_that_asks_us_to_slow_down_is_not_called_until_then(lms, score_id, session, reply):
    lms.reply("/token", replace(reply))
    score = run(score_id)
    assert (score.state, score.waiting_reason) == (ScoreState.PENDING, "throttled")
    calls = len(lms.requests)
    assert run(score_id).attempts == 1
    assert len(lms.requests) == calls
    session.execute(update(PlatformLane).values(paused_until=PAST))
    session.commit()
    assert run(score_id).state is ScoreState.ACCEPTED


def test_a_platform_that_was_switched_off_is_not_called(lms, score_id, session, app):
    session.execute(update(Registration).values(state=RegistrationState.DISABLED))
    session.commit()
    app.extensions["registration_memory"].forget()
    score = run(score_id)
    assert score.waiting_reason == "registration_off"
    assert lms.requests == []


def test_without_a_gradebook_the_score_is_held_with_the_reason(lms, score_id, session):
    session.execute(update(Context).values(lineitems_url=None))
    session.commit()
    assert run(score_id).held_reason is HeldReason.NO_GRADEBOOK


def test_another_worker_looking_for_the_column_is_given_time(lms, score_id, session):
    score = session.get_one(Score, score_id)
    session.get_one(LineItem, score.line_item_id).lease_until = datetime(2100, 1, 1, tzinfo=UTC)
    session.commit()
    assert run(score_id).waiting_reason == "column_search"
    assert lms.line_items == {}


def test_a_score_that_is_gone_is_quietly_left(lms, score_id):
    push.run(score_id + 1)
    assert lms.requests == []
