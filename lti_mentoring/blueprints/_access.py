"""Who may enter: every route declares a rule, one function gives the seat, and nothing else reads the cookie."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from flask import current_app, g, has_request_context, request
from markupsafe import Markup

from lti_mentoring.clock import utcnow
from lti_mentoring.db import db
from lti_mentoring.domain.seats import SeatRole, Sitter
from lti_mentoring.errors import NotAllowed, Refused, SeatNeeded
from lti_mentoring.queries.seats import find_sitter

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response

SEAT_COOKIE = "__Host-mentoring-seat"
CSRF_FIELD = "csrf_token"
CSRF_HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class AccessRule:
    """Who may call a route. ``roles`` None: no seat is asked for."""

    name: str
    roles: frozenset[SeatRole] | None
    in_course: bool = False
    """The seat must be in a course."""


PUBLIC = AccessRule("public", None)
"""Anybody; listed by name in a test."""
PLATFORM = AccessRule("platform", None)
"""Messages of a platform: state, signature or a one-time invitation protects them, not a seat."""
SEATED = AccessRule("seated", frozenset(SeatRole))
STUDENT = AccessRule("student", frozenset({SeatRole.STUDENT}), in_course=True)
MENTOR = AccessRule("mentor", frozenset({SeatRole.MENTOR}), in_course=True)
FACULTY = AccessRule("faculty", frozenset({SeatRole.FACULTY}), in_course=True)
STAFF = AccessRule("staff", frozenset({SeatRole.MENTOR, SeatRole.FACULTY}), in_course=True)
IN_COURSE = AccessRule("in_course", frozenset({SeatRole.STUDENT, SeatRole.MENTOR, SeatRole.FACULTY}), in_course=True)
ADMINISTRATOR = AccessRule("administrator", frozenset({SeatRole.ADMINISTRATOR}))


class FormOutdated(Refused):
    """A form came without its proof, or with that of another seat (the person opened the tool anew meanwhile)."""

    code = "form_expired"
    status = 403


def requires(rule: AccessRule) -> Callable[[View], View]:
    """Declare who may enter a route."""

    def declare(view: View) -> View:
        view.access_rule = rule  # type: ignore[attr-defined]  # a function takes attributes; mypy cannot say so
        return view

    return declare


def init_app(app: Flask) -> None:
    """Guard every route and offer the seat to templates."""
    requires(PUBLIC)(app.view_functions["static"])
    app.before_request(guard)
    app.context_processor(lambda: {"seat": find_seat(), "csrf_token": csrf_token, "csrf_field": csrf_field})


def find_seat() -> Sitter | None:
    """Return the seat of this request, or None; the only reader of the cookie."""
    if "seat" not in g:
        g.seat_token = request.cookies.get(SEAT_COOKIE, "")
        g.seat = find_sitter(db.session(), g.seat_token, now=utcnow()) if g.seat_token else None
    seat: Sitter | None = g.seat
    return seat


def current_seat() -> Sitter:
    """Return the seat of this request; raise SeatNeeded when there is none."""
    seat = find_seat()
    if seat is None:
        raise SeatNeeded
    return seat


def locale_wanted() -> str | None:
    """Return the language of the launch, or None outside a seat."""
    seat = find_seat() if has_request_context() else None
    return seat.locale if seat else None


def sign_in(response: Response, token: str) -> None:
    """Hand a new seat's secret to the browser: for this site in this frame only (CHIPS, RFC 6265bis)."""
    give_secret(response, SEAT_COOKIE, token)


def give_secret(response: Response, name: str, secret: str, *, seconds: int | None = None) -> None:
    """Set a cookie for this site in this frame only; ``name`` and ``secret`` are of letters that need no escape."""
    lasts = "" if seconds is None else f" Max-Age={seconds};"
    response.headers.add("Set-Cookie", f"{name}={secret};{lasts} Secure; HttpOnly; Path=/; SameSite=None; Partitioned")


def sign_out(response: Response) -> None:
    """Take the seat's secret out of the browser."""
    response.delete_cookie(SEAT_COOKIE, secure=True, httponly=True, samesite="None", path="/", partitioned=True)


def csrf_token() -> str:
    """Return the proof that a form was made for this seat."""
    if find_seat() is None:
        return ""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, b"form:" + g.seat_token.encode(), hashlib.sha256).hexdigest()


def csrf_field() -> Markup:
    """Return the hidden field that carries the proof."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(CSRF_FIELD, csrf_token())


def guard() -> None:
    """Refuse who may not enter; a route without a rule lets nobody in."""
    endpoint = request.endpoint
    if endpoint is None:
        return
    rule = getattr(current_app.view_functions[endpoint], "access_rule", None)
    if rule is None:
        raise NotAllowed
    if rule.roles is None:
        return
    seat = current_seat()
    if seat.role not in rule.roles or (rule.in_course and seat.context_id is None):
        raise NotAllowed(needed=rule.name)
    if request.method not in SAFE_METHODS:
        sent = request.headers.get(CSRF_HEADER) or request.form.get(CSRF_FIELD, "")
        if not hmac.compare_digest(sent.encode(), csrf_token().encode()):
            raise FormOutdated
