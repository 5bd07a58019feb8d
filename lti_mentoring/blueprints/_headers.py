"""Headers on every answer: a strict Content-Security-Policy, frames for registered platforms only, no caches."""

from __future__ import annotations

import secrets
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import g, request
from sqlalchemy.exc import SQLAlchemyError

from lti_mentoring.blueprints._access import find_seat
from lti_mentoring.blueprints._account_session import account_here
from lti_mentoring.db import db
from lti_mentoring.queries.frames import frame_origins
from lti_mentoring.services import auditing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask
    from werkzeug.wrappers import Response

FIXED = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)
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

FOR_STRANGERS = frozenset({"public_mentors", "verify"})
"""Pages that nobody's course shows: whoever looks has no seat, or it does not matter."""
NEVER_FRAMED = frozenset({"account", "invited", "mailed_links", "operating", "outside", "signing_in"}) | FOR_STRANGERS
"""Where people sign in without an LMS: a page around it could have them press what they do not see."""


def init_app(app: Flask) -> None:
    """Name each request and dress each answer."""
    app.before_request(name_request)
    app.after_request(dress)


def name_request() -> None:
    """Give the request a number that stands in the log, in the audit trail and on error pages."""
    number = secrets.token_hex(8)
    g.request_id = number
    auditing.request_id.set(number)


def frame_for(registration_id: int) -> None:
    """Let the answer be framed by this registration's platform (used before there is a seat)."""
    g.frame_registration_id = registration_id


def frame_by(origins: Iterable[str]) -> None:
    """Let the answer be framed by these origins (a platform that is about to be registered, or one remembered)."""
    g.frame_origins = tuple(origins)


def post_to(origin: str) -> None:
    """Let the answer's form go to one foreign origin: the platform's deep-linking return address."""
    g.form_origin = origin


def dress(response: Response) -> Response:
    """Set the headers; a view may have set its own Cache-Control (public documents, static files)."""
    endpoint, headers = request.endpoint, response.headers
    ancestors = () if endpoint == "static" else _ancestors()
    headers.add("Content-Security-Policy", content_policy(ancestors, g.get("form_origin")))
    for name, value in FIXED:
        headers.add(name, value)
    if endpoint != "static" and "Cache-Control" not in headers:
        headers.add("Cache-Control", "no-store")
        if "Vary" in headers:
            response.vary.add("Cookie")
        else:
            headers.add("Vary", "Cookie")
    return response


@lru_cache(maxsize=256)
def content_policy(ancestors: tuple[str, ...], form_origin: str | None) -> str:
    """Return the Content-Security-Policy for these frames and this foreign origin of a form."""
    policy = POLICY | {"frame-ancestors": " ".join(ancestors) or "'none'"}
    if form_origin is not None:
        policy["form-action"] += f" {form_origin}"
    return "; ".join(f"{name} {value}" for name, value in policy.items())


def _ancestors() -> tuple[str, ...]:
    given: tuple[str, ...] | None = g.get("frame_origins")
    if given is not None:
        return given
    try:
        return tuple(_known_ancestors())
    except SQLAlchemyError:  # the page about a database that is down must not lose its other headers
        return ()


def _known_ancestors() -> list[str]:
    if request.blueprint in NEVER_FRAMED or account_here() is not None:
        return []
    registration_id = g.get("frame_registration_id")
    if registration_id is None and (seat := find_seat()):
        registration_id = seat.registration_id
    return frame_origins(db.session(), registration_id)
