"""Headers on every answer: a strict Content-Security-Policy, frames for registered platforms only, no caches."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import g, request
from sqlalchemy.exc import SQLAlchemyError

from lti_mentoring.blueprints._access import find_seat
from lti_mentoring.db import db
from lti_mentoring.queries.frames import frame_origins
from lti_mentoring.services import auditing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask
    from werkzeug.wrappers import Response

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
}


def init_app(app: Flask) -> None:
    """Name each request and dress each answer."""
    app.before_request(name_request)
    app.after_request(dress)


def name_request() -> None:
    """Give the request a number that stands in the log, in the audit trail and on error pages."""
    g.request_id = secrets.token_hex(8)
    auditing.request_id.set(g.request_id)


def frame_for(registration_id: int) -> None:
    """Let the answer be framed by this registration's platform (used before there is a seat)."""
    g.frame_registration_id = registration_id


def frame_by(origins: Iterable[str]) -> None:
    """Let the answer be framed by these origins (a platform that is about to be registered, or one remembered)."""
    g.frame_origins = list(origins)


def post_to(origin: str) -> None:
    """Let the answer's form go to one foreign origin: the platform's deep-linking return address."""
    g.form_origin = origin


def dress(response: Response) -> Response:
    """Set the headers; a view may have set its own Cache-Control (public documents, static files)."""
    policy = dict(POLICY)
    if "form_origin" in g:
        policy["form-action"] += f" {g.form_origin}"
    policy["frame-ancestors"] = " ".join(_ancestors()) or "'none'"
    response.headers["Content-Security-Policy"] = "; ".join(f"{name} {value}" for name, value in policy.items())
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    if request.endpoint != "static" and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Cookie")
    return response


def _ancestors() -> list[str]:
    try:
        return _known_ancestors()
    except SQLAlchemyError:  # the page about a database that is down must not lose its other headers
        return []


def _known_ancestors() -> list[str]:
    if request.endpoint == "static":
        return []
    if "frame_origins" in g:
        known: list[str] = g.frame_origins
        return known
    registration_id = g.get("frame_registration_id")
    if registration_id is None and request.blueprint != "verify" and (seat := find_seat()):
        registration_id = seat.registration_id
    if registration_id is None and request.blueprint == "verify":
        return []
    return frame_origins(db.session(), registration_id)
