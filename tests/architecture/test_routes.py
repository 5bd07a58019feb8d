"""Every door has a rule, the open ones are named here, and nothing is sent to a task that does not exist."""

import pytest
from celery import Celery

from lti_mentoring.blueprints._access import PLATFORM, PUBLIC
from lti_mentoring.domain.events import Event
from lti_mentoring.reactions import AFTER
from lti_mentoring.tasks.schedule import BEAT

ANYBODY = {
    "static",
    "health.alive",
    "health.ready",
    "health.metrics",  # asks for its token or for this machine
    "lti.jwks",
    "lti.canvas",
    "lti.launch_by_hand",
    "signing_in.show",
    "signing_in.ask",  # a challenge, counted by network address
    "signing_in.sign_in",  # the passkey is the proof
    "signing_in.link",
    "signing_in.ask_by_link",  # the link's secret is the proof
    "signing_in.use_link",
    "mailed_links.ask_for_link",  # counted by mail address and by network address
    "mailed_links.show",
    "mailed_links.open_link",  # the link's secret is the proof, here and below
    "mailed_links.confirm",
    "invited.show",
    "invited.look",
    "invited.accept",
    "invited.decline",
    "public_mentors.show",
    "verify.check",
    "verify.judge",
    "verify.show",
    "verify.document",
    "verify.issuer",
    "verify.did",
    "verify.status",
}
PLATFORMS = {
    "lti.login", "lti.kept", "lti.launch", "notices.receive", "registering.ask", "registering.confirm",
}  # fmt: skip


def rules_of(app):
    return {endpoint: getattr(view, "access_rule", None) for endpoint, view in app.view_functions.items()}


def test_every_route_states_who_may_enter(app):
    assert [endpoint for endpoint, rule in rules_of(app).items() if rule is None] == []


def test_the_doors_without_a_seat_are_these_and_no_others(app):
    rules = rules_of(app)
    assert {endpoint for endpoint, rule in rules.items() if rule is PUBLIC} == ANYBODY
    assert {endpoint for endpoint, rule in rules.items() if rule is PLATFORM} == PLATFORMS
    assert {endpoint for endpoint, rule in rules.items() if rule.roles is None} == ANYBODY | PLATFORMS


@pytest.mark.usefixtures("settings")  # an application of its own
def test_a_route_without_a_rule_lets_nobody_in(app, client):
    app.add_url_rule("/forgotten", "forgotten", lambda: "inside")
    assert client.get("/forgotten", base_url="https://localhost").status_code == 403


@pytest.fixture
def celery(app) -> Celery:
    found = app.extensions["celery"]
    found.loader.import_default_modules()
    return found


def test_every_event_has_a_reaction_and_every_reaction_a_task(celery):
    assert set(AFTER) == set(Event.__args__)
    assert {task for tasks in AFTER.values() for task in tasks} <= set(celery.tasks)


def test_every_task_that_the_clock_starts_exists(celery):
    assert {entry["task"] for entry in BEAT.values()} <= set(celery.tasks)


def test_every_task_is_started_by_an_event_or_by_the_clock(celery):
    ours = {name for name in celery.tasks if not name.startswith("celery.")}
    assert ours == {task for tasks in AFTER.values() for task in tasks} | {entry["task"] for entry in BEAT.values()}
