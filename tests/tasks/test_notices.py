"""Platforms are told by a task where notices go; whatever they answer, a launch never waits for it."""

import pytest
from factories.door import Door
from fakes.lms_server import HTML, LmsServer, Reply
from fakes.platform import NOTICE_SERVICE
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.db import db
from lti_mentoring.lti.http import PlatformClient
from lti_mentoring.models import NoticeSubscription, Registration, SubscriptionState
from lti_mentoring.services.administering import switch_registration
from lti_mentoring.services.keys import ensure_keys
from lti_mentoring.tasks.notices import subscribe
from lti_mentoring.tasks.upkeep import sweep

HELLO, COPY = "LtiHelloWorldNotice", "LtiContextCopyNotice"


@pytest.fixture
def lms():
    with LmsServer() as server:
        yield server


@pytest.fixture
def door(app, session, lms):
    ensure_keys(session, app.extensions["sealer"], now=utcnow())
    made = Door(app, session)
    made.registration.token_url = lms.token_url
    session.commit()
    offered = {"platform_notification_service_url": lms.notice_handlers_url, "notice_types_supported": [HELLO, COPY]}
    assert made.walk(change={NOTICE_SERVICE: offered}).status_code == 303
    app.extensions["platform_client"] = PlatformClient(allowed_private_hosts={lms.host})
    return made


def rows():
    session = db.session()
    session.rollback()
    return session.scalars(
        select(NoticeSubscription).order_by(NoticeSubscription.id).execution_options(populate_existing=True)
    ).all()


def tell_all():
    for row in rows():
        subscribe.run(row.id)
    return rows()


def test_after_a_teachers_launch_the_platform_knows_where_notices_go(door, lms):
    assert {row.state for row in tell_all()} == {SubscriptionState.TOLD}
    assert lms.handlers == {HELLO: "https://localhost/lti/notices", COPY: "https://localhost/lti/notices"}
    [put, _] = lms.seen("/notice-handlers/3", "PUT")
    assert (put.headers["content-type"], put.json["max_batch_size"]) == ("application/json", 100)
    assert lms.seen("/token")[0].form["scope"] == "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"
    before = len(lms.requests)
    tell_all()
    assert len(lms.requests) == before


def test_switched_off_it_is_told_that_none_are_wanted(app, door, lms):
    tell_all()
    session = db.session()
    switch_registration(session, door.institution.id, door.registration.id, on=False, by=None, now=utcnow())
    session.commit()
    app.extensions["registration_memory"].forget()
    assert {row.state for row in tell_all()} == {SubscriptionState.TOLD}
    assert lms.handlers == {HELLO: "", COPY: ""}


def test_a_platform_that_was_switched_off_meanwhile_is_not_asked_for_notices(app, door, lms, session):
    session.rollback()
    session.get(Registration, door.registration.id).state = "disabled"
    session.commit()
    app.extensions["registration_memory"].forget()
    assert {(row.state, row.last_error) for row in tell_all()} == {(SubscriptionState.FAILED, "registration_off")}
    assert lms.requests == []


@pytest.mark.parametrize(
    ("reply", "state", "error"),
    [
        (Reply(503), SubscriptionState.PENDING, "server_error"),
        (HTML, SubscriptionState.TOLD, None),
        (Reply(400), SubscriptionState.FAILED, "bad_request"),
        (Reply(404), SubscriptionState.FAILED, "not_found"),
        (Reply(302, headers={"Location": "https://evil.example/"}), SubscriptionState.FAILED, "redirected"),
        (Reply(drop=True), SubscriptionState.PENDING, "connection"),
    ],
)
def test_whatever_it_answers_is_written_down(door, lms, reply, state, error):
    lms.always("/notice-handlers/3", reply)
    row = tell_all()[0]
    assert (row.state, row.last_error) == (state, error)


def test_an_address_inside_our_network_is_not_called(app, door, lms):
    app.extensions["platform_client"] = PlatformClient()
    assert tell_all()[0].state is SubscriptionState.FAILED
    assert lms.requests == []


def test_a_lost_wake_up_is_found_again(app, door):
    celery = app.extensions["celery"]
    celery.set_current()
    with celery.connection_for_read() as connection:
        queue = connection.SimpleQueue(app.extensions["settings"].queue)
        queue.clear()
        sweep.run()
        woken = [queue.get_nowait().payload[1] for _ in range(len(queue))]
    assert [one for one in woken if "subscription_id" in one] == [{"subscription_id": row.id} for row in rows()]
