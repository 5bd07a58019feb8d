"""Who may enter: every route declares a rule, and one function gives the seat, whichever way it is carried.

A page that cookies do not reach sends the seat's secret in a header, a form that leaves the page in a field, and what
can only be an address has a ticket (docs/adr/0017). What is sent and wrong is not made good by the next way.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from flask import current_app, g, has_request_context, request
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from lti_mentoring.blueprints._account_session import account_here, find_account, keep_alive, was_signed_in
from lti_mentoring.blueprints._addresses import TICKET, bare_address
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.accounts import AccountKind
from lti_mentoring.domain.seats import SeatRole, Sitter
from lti_mentoring.errors import MentoringError, NotAllowed, Refused, SeatNeeded, SignInNeeded
from lti_mentoring.queries.seats import find_outside_sitter, find_sitter
from lti_mentoring.services.tickets import use_ticket

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response

    from lti_mentoring.domain.accounts import Holder

SEAT_COOKIE = "__Host-mentoring-seat"
SEAT_HEADER = "X-Mentoring-Seat"
SEAT_FIELD = "mentoring_seat"
MARKER_COOKIE = "__Host-mentoring-cookies"
"""Holds no secret: its coming back says that cookies come back here (in this frame of this site)."""
MARKER_LASTS = 365 * 24 * 60 * 60
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
    accounts: frozenset[AccountKind] = frozenset()
    """Who comes in without a seat: whoever signed in by passkey with such an account."""


PUBLIC = AccessRule("public", None)
"""Anybody; listed by name in a test."""
PLATFORM = AccessRule("platform", None)
"""Messages of a platform: state, signature or a one-time invitation protects them, not a seat."""
SEATED = AccessRule("seated", frozenset(SeatRole))
STUDENT = AccessRule("student", frozenset({SeatRole.STUDENT}), in_course=True)
MENTOR = AccessRule("mentor", frozenset({SeatRole.MENTOR}), in_course=True)
FACULTY = AccessRule("faculty", frozenset({SeatRole.FACULTY}), in_course=True)
TAKER = AccessRule("taker", frozenset({SeatRole.STUDENT, SeatRole.MENTOR}), in_course=True)
"""Whom a test can be for."""
STAFF = AccessRule("staff", frozenset({SeatRole.MENTOR, SeatRole.FACULTY}), in_course=True)
IN_COURSE = AccessRule("in_course", frozenset({SeatRole.STUDENT, SeatRole.MENTOR, SeatRole.FACULTY}), in_course=True)
APPLICANT = AccessRule("applicant", frozenset({SeatRole.STUDENT, SeatRole.MENTOR, SeatRole.GUEST}), in_course=True)
"""Mentors, and whoever in the course may want to become one."""
VERIFIER = AccessRule(
    "verifier", frozenset({SeatRole.FACULTY, SeatRole.ADMINISTRATOR}), accounts=frozenset({AccountKind.ADMINISTRATOR})
)
"""Who may check credentials: administrators, and faculty as far as their track lets them."""
IN_COURSE_OR_OFFICE = AccessRule(
    "in_course_or_office",
    frozenset({SeatRole.STUDENT, SeatRole.MENTOR, SeatRole.GUEST, SeatRole.FACULTY, SeatRole.ADMINISTRATOR}),
    accounts=frozenset({AccountKind.ADMINISTRATOR}),
)
"""Holders of documents, and who checks them."""
ARRIVED = AccessRule("arrived", frozenset(SeatRole), accounts=frozenset(AccountKind))
"""The first page: whoever came in is led on from there."""
ADMINISTRATOR = AccessRule(
    "administrator", frozenset({SeatRole.ADMINISTRATOR}), accounts=frozenset({AccountKind.ADMINISTRATOR})
)
"""From an LMS or by passkey: the pages are the same, and are handed a seat either way."""
PASSKEY_ADMINISTRATOR = AccessRule(
    "passkey_administrator", frozenset(), accounts=frozenset({AccountKind.ADMINISTRATOR})
)
"""What asks for the passkey again: an LMS has none to show."""
OPERATOR = AccessRule("operator", frozenset(), accounts=frozenset({AccountKind.OPERATOR}))
SIGNED_IN = AccessRule("signed_in", frozenset(), accounts=frozenset(AccountKind))
OUTSIDE = AccessRule("outside", frozenset(), accounts=frozenset({AccountKind.MENTOR}))
"""A mentor from outside the course, wherever they sit, or nowhere yet."""


class PlaceNeeded(NotAllowed):
    """An outside mentor sits nowhere: the course is to be chosen first, or the seat there has ended."""

    code = "place_needed"


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
    app.after_request(seat_the_window)
    app.context_processor(
        lambda: {
            "seat": find_seat(),
            "seat_in_page": g.get("seat_in_page", ""),
            "csrf_token": csrf_token,
            "csrf_field": csrf_field,
        }
    )


def find_seat() -> Sitter | None:
    """Return the seat of this request, or None; the only reader of header, field and cookie."""
    if "seat" not in g:
        g.seat_token = _token_sent()
        g.seat = find_sitter(db.session(), g.seat_token, now=utcnow()) if g.seat_token else None
    seat: Sitter | None = g.seat
    return seat


def _token_sent() -> str:
    if SEAT_HEADER in request.headers:
        return request.headers[SEAT_HEADER]
    by_field = _field_sent() if request.method == "POST" else None
    if by_field is None:
        return request.cookies.get(SEAT_COOKIE, "")
    g.seat_in_page = by_field  # the page that answers such a form goes on without a cookie
    return by_field


def _field_sent() -> str | None:
    try:
        return request.form.get(SEAT_FIELD)
    except HTTPException as unreadable:  # too large: said by the guard, not while a page about it is made
        g.unreadable = unreadable
        return None


def was_seated() -> bool:
    """Say whether anything was sent that may have been a seat's secret once."""
    find_seat()
    return bool(g.get("seat_token"))


def _is_from_us() -> bool:
    """Say whether a page of ours leads here, as far as the browser tells (Fetch Metadata, `Sec-Fetch-Site`).

    A ticket in a mail or in another site's link would seat whoever follows it as the one who made it.
    """
    return request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"


def _admit_by_ticket(secret: str) -> None:
    """Take the seat from the address's ticket; a new window's page gets a seat of its own with it."""
    address = bare_address(request.path, request.query_string.decode("latin-1"))
    with unit_of_work() as session:
        admitted = use_ticket(session, secret, address, now=utcnow())
    g.seat = admitted.sitter if admitted else None
    g.seat_token = g.seat_in_page = admitted.token if admitted else ""


def seat_the_window(response: Response) -> Response:
    """Give a window that a ticket opened its seat as a cookie, too: where cookies come back, it can be loaded again."""
    if (token := g.get("seat_in_page")) and request.method == "GET":
        sign_in(response, token)
    return response


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
    if find_seat() is None and account_here() is None:
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
    if request.method == "GET" and TICKET in request.args and SEAT_HEADER not in request.headers and _is_from_us():
        _admit_by_ticket(request.args[TICKET])
    if not (_sits(rule) or _is_signed_in(rule)):
        raise _refusal(rule)
    if request.method not in SAFE_METHODS:
        _check_proof()
    keep_alive()


def _check_proof() -> None:
    if unreadable := g.get("unreadable"):
        raise unreadable
    sent = request.headers.get(CSRF_HEADER) or request.form.get(CSRF_FIELD, "")
    if not hmac.compare_digest(sent.encode(), csrf_token().encode()):
        raise FormOutdated


def _sits(rule: AccessRule) -> bool:
    return _fits(find_seat(), rule)


def _fits(seat: Sitter | None, rule: AccessRule) -> bool:
    return seat is not None and seat.role in (rule.roles or ()) and not (rule.in_course and seat.context_id is None)


def _is_signed_in(rule: AccessRule) -> bool:
    """Let an account in where no seat came in; the request goes on in its name only.

    An outside mentor's account brings the seat along in which it sits: the pages of mentors know no difference.
    """
    holder = find_account() if _may_be_by_account(rule) else None
    if holder is None:
        return False
    seat = _seat_of(holder)
    own = holder.kind is AccountKind.MENTOR and _fits(seat, rule)
    if holder.kind not in rule.accounts and not own:
        return False
    g.account_here, g.seat_token, g.seat_in_page = holder, g.account_token, ""
    g.seat = seat
    return True


def _may_be_by_account(rule: AccessRule) -> bool:
    return bool(rule.accounts) or SeatRole.MENTOR in (rule.roles or ())


def _seat_of(holder: Holder) -> Sitter | None:
    if holder.kind is AccountKind.MENTOR:
        number = holder.seat_id
        return find_outside_sitter(db.session(), number, holder.account_id, now=utcnow()) if number else None
    return None if holder.institution_id is None else holder.as_administrator(holder.institution_id)


def _refusal(rule: AccessRule) -> MentoringError:
    holder = find_account() if _may_be_by_account(rule) else None
    if find_seat() is None and holder is not None and SeatRole.MENTOR in (rule.roles or ()):
        return PlaceNeeded() if holder.kind is AccountKind.MENTOR else NotAllowed(needed=rule.name)
    if find_seat() is not None or holder is not None:
        return NotAllowed(needed=rule.name)
    # Whoever signed in before is asked to do so again, and not to go to a course.
    signs_in = not rule.roles or (_may_be_by_account(rule) and was_signed_in())
    if not signs_in:
        return SeatNeeded()
    goes_back = SeatRole.MENTOR in (rule.roles or ()) and rule is not ARRIVED and request.method == "GET"
    return SignInNeeded(back=bare_address(request.path, request.query_string.decode("latin-1")) if goes_back else "")
