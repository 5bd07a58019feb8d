"""What those who look after an installation ask."""

from dataclasses import replace

import pytest
from fixtures.applications import connected_app, settings_for
from sqlalchemy import text

from lti_mentoring.on_duty import go_on_duty
from lti_mentoring.settings import Settings

pytestmark = pytest.mark.usefixtures("settings")  # applications of their own, which are broken


def test_a_process_that_runs_is_alive(client):
    assert client.get("/healthz").json == {"status": "alive"}


@pytest.mark.both_databases
def test_with_database_and_broker_the_tool_is_ready(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ready", "database": "ok", "broker": "ok"})


def test_a_database_of_another_version_is_not_ready(client, session):
    session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    session.commit()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["database"]) == (503, "needs upgrade")


def test_a_database_that_is_away_is_named(tmp_path):
    with connected_app(settings_for(f"sqlite:///{tmp_path}/no/such.db", tmp_path)) as app:
        answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json["database"]) == (503, "away")


def test_a_broker_that_is_away_is_named(app, client):
    app.extensions["celery"].conf.broker_url = "redis://127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["broker"]) == (503, "away")


@pytest.fixture
def one_machine(app):
    """Give an application whose messages are files of its data folder."""
    settings = replace(app.extensions["settings"], broker_url="filesystem://")
    with connected_app(settings) as app:
        yield app


def test_on_one_machine_the_tool_is_ready_once_its_worker_takes_messages(one_machine):
    client, folder = one_machine.test_client(), one_machine.extensions["settings"].duty_folder
    answer = client.get("/readyz")
    missing = {"status": "not ready", "database": "ok", "broker": "ok", "worker": "away"}
    assert (answer.status_code, answer.json) == (503, missing)
    with go_on_duty(folder):
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, missing | {"status": "ready", "worker": "ok"})
    assert list(folder.iterdir())
    assert client.get("/readyz").status_code == 503


def test_this_machine_reads_the_numbers(client):
    client.get("/healthz")
    numbers = client.get("/metrics").text
    assert 'mentoring_request_seconds_count{endpoint="health.alive",method="GET",status="200"} 1.0' in numbers
    assert "mentoring_waiting_scores 0.0" in numbers


@pytest.mark.parametrize(
    "asked",
    [
        {"environ_base": {"REMOTE_ADDR": "192.0.2.1"}},
        {"headers": {"X-Forwarded-For": "192.0.2.1"}},
        {"headers": {"Authorization": "Bearer wrong"}, "environ_base": {"REMOTE_ADDR": "192.0.2.1"}},
    ],
)
def test_others_do_not(client, asked):
    assert client.get("/metrics", **asked).status_code == 404


def test_who_holds_the_token_reads_them_from_anywhere(app, client):
    settings = app.extensions["settings"]
    values = {name: getattr(settings, name) for name in Settings.__dataclass_fields__}
    app.extensions["settings"] = Settings(**{**values, "metrics_token": "t0ken"})
    asked = {"headers": {"Authorization": "Bearer t0ken"}, "environ_base": {"REMOTE_ADDR": "192.0.2.1"}}
    assert client.get("/metrics", **asked).status_code == 200
