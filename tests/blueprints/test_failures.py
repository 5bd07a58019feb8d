"""Failures are told calmly, with all headers, and never as a bare error."""

import pytest
from factories.browser import sit
from factories.world import World
from flask import Blueprint, abort
from sqlalchemy.exc import OperationalError

from lti_mentoring.blueprints._access import PUBLIC, SEATED, requires
from lti_mentoring.db import db
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import Conflict

pytestmark = pytest.mark.usefixtures("settings")  # applications of their own


def routes():
    bp = Blueprint("trial", __name__)

    @bp.get("/trial/bug")
    @requires(PUBLIC)
    def bug():
        raise RuntimeError("secret inside")

    @bp.get("/trial/down")
    @requires(PUBLIC)
    def down():
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    @bp.get("/trial/conflict")
    @requires(SEATED)
    def conflict():
        raise Conflict(theirs="Their words", mine="My words")

    @bp.get("/trial/large")
    @requires(PUBLIC)
    def large():
        abort(413)

    @bp.get("/trial/unruled")
    def unruled():
        return "never"

    return bp


def test_a_bug_is_one_calm_page_with_a_code_and_without_the_trace(app):
    app.register_blueprint(routes())
    app.config["TESTING"] = False
    answer = app.test_client().get("/trial/bug")
    assert answer.status_code == 500
    assert "secret inside" not in answer.text
    assert "Something broke on our side" in answer.text
    assert "frame-ancestors" in answer.headers["Content-Security-Policy"]


def test_a_database_that_is_down_asks_to_try_again_and_keeps_its_headers(app):
    app.register_blueprint(routes())
    app.config["TESTING"] = False
    with app.app_context():
        db.drop_all()
    answer = app.test_client().get("/trial/down")
    assert answer.status_code == 503
    assert "Try again" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_conflict_shows_both_versions(app, session):
    app.register_blueprint(routes())
    answer = sit(app, session, World(session), SeatRole.FACULTY).get("/trial/conflict")
    assert answer.status_code == 409
    assert "Their words" in answer.text
    assert "My words" in answer.text


def test_a_program_gets_json(app):
    app.register_blueprint(routes())
    answer = app.test_client().get("/trial/large", headers={"Accept": "application/json"})
    assert answer.status_code == 413
    assert set(answer.json) == {"error", "title"}


def test_whoever_sits_here_and_went_astray_finds_the_first_page(app, session):
    reader = sit(app, session, World(session), SeatRole.STUDENT)
    for lost in ("/nowhere", "/board.csv"):
        assert "Go to the first page" in reader.get(lost).text


def test_a_form_sent_after_the_seat_ran_out_says_that_it_was_not_sent(app):
    @app.post("/trial/send")
    @requires(SEATED)
    def send():
        return "never"

    answer = app.test_client().post("/trial/send")
    assert answer.status_code == 401
    assert "This was not sent" in answer.text
    assert "Copy it first" in answer.text


def test_who_does_not_sit_here_is_not_sent_to_a_first_page(app):
    assert "Go to the first page" not in app.test_client().get("/nowhere").text


def test_a_route_without_a_rule_lets_nobody_in(app):
    app.register_blueprint(routes())
    assert app.test_client().get("/trial/unruled").status_code == 403


def test_htmx_gets_the_note_alone(app, session):
    app.register_blueprint(routes())
    answer = sit(app, session, World(session), SeatRole.FACULTY).get("/trial/conflict", headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert "data-problem" in answer.text
