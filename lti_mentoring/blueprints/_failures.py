"""One handler for every failure: words by its code, facts filled in, as page, partial or JSON."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from flask import current_app, g, jsonify, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from lti_mentoring.blueprints._access import PlaceNeeded, find_seat, was_seated
from lti_mentoring.blueprints._htmx import render
from lti_mentoring.blueprints._problems import PROBLEMS, Problem, problem
from lti_mentoring.errors import MentoringError, SeatNeeded, SignInNeeded

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue
    from flask_babel import LazyString

    Words: TypeAlias = str | LazyString

LOST = {403, 404, 405}
log = logging.getLogger("lti_mentoring.failures")


def explain(code: str, title: Words, body: Words = "", *, status: int = 422, again: bool = False) -> None:
    """Give the failure ``code`` its (lazy) words; ``%(fact)s`` in them is filled from the failure's facts."""
    PROBLEMS[code] = Problem(status, title, body, again=again)


def words_for(failure: MentoringError) -> Problem:
    """Return the words for a failure, in the reader's language, its facts filled in."""
    known = problem(failure.code, failure.status)
    return replace(
        known,
        title=_fill(known.title, failure.facts),
        body=_fill(known.body, failure.facts),
        theirs=str(failure.facts.get("theirs", "")),
        mine=str(failure.facts.get("mine", "")),
    )


def say(failure: MentoringError) -> str:
    """Return a failure as one text, for a form that stays on the page."""
    words = words_for(failure)
    return " ".join(
        filter(None, (f"{words.title}." if str(words.title)[-1:].isalnum() else str(words.title), str(words.body)))
    )


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(MentoringError, show_failure)
    app.register_error_handler(HTTPException, show_http_error)
    app.register_error_handler(Exception, show_bug)


def show_failure(failure: MentoringError) -> ResponseReturnValue:
    """Show an expected failure."""
    log.info("refused", extra={"code": failure.code, "path": request.path})
    if isinstance(failure, SeatNeeded) and request.method == "POST":
        return _answer(failure.code, problem("seat_needed_to_send"))
    if isinstance(failure, SeatNeeded) and not was_seated():
        return _answer(failure.code, problem("open_from_course"))
    if isinstance(failure, SignInNeeded):
        way_in = url_for("signing_in.show", back=failure.facts.get("back") or None)
        return _answer(failure.code, replace(words_for(failure), action=(_("Sign in"), way_in)))
    if isinstance(failure, PlaceNeeded):
        way_on = (_("Choose your course"), url_for("outside.choose"))
        return _answer(failure.code, replace(words_for(failure), action=way_on))
    return _answer(failure.code, words_for(failure))


def show_http_error(error: HTTPException) -> ResponseReturnValue:
    """Show what Werkzeug refused (unknown page, wrong method, too large)."""
    if error.code is None or error.code < 400:
        return error
    return _answer(error.name.lower().replace(" ", "_"), problem("", error.code))


def show_bug(bug: Exception) -> ResponseReturnValue:
    """Log what nobody expected and say so calmly."""
    if current_app.testing:
        raise bug
    log.exception("bug", extra={"path": request.path})
    g.seat = None  # looking for it may be what broke; the page goes without
    if isinstance(bug, OperationalError | PoolTimeout):
        return _answer("unavailable", problem("unavailable"))
    return _answer("broken", problem("broken", code=g.get("request_id", "")))


def _answer(code: str, shown: Problem) -> ResponseReturnValue:
    if request.accept_mimetypes.best == "application/json":
        return jsonify(error=code, title=str(shown.title)), shown.status
    return render("errors/page.html", "errors/partial.html", shown.status, problem=_with_way_on(shown))


def _with_way_on(shown: Problem) -> Problem:
    """Lead whoever sits here and went astray to the own first page; a form that met a refusal stays where it is."""
    if shown.action or shown.again or shown.status not in LOST or request.method != "GET" or not find_seat():
        return shown
    return replace(shown, action=(_("Go to the first page"), url_for("home.today")))


def _fill(text: Words, facts: dict[str, object]) -> str:
    return str(text) % facts if facts and "%(" in str(text) else str(text)
