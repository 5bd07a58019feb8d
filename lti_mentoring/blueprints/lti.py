"""The border to the platforms: login, launch, our public keys, Canvas's configuration.

A refusal has its own code in the log; the person sees one calm page with the request's number.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, Response, current_app, g, jsonify, redirect, request, url_for

from lti_mentoring.blueprints._access import MARKER_COOKIE, PLATFORM, PUBLIC, give_secret, requires, sign_in
from lti_mentoring.blueprints._headers import frame_by, frame_for
from lti_mentoring.blueprints._measures import count_launch
from lti_mentoring.blueprints._opening import in_frame, launch_page, login_page, wants_page
from lti_mentoring.blueprints._problems import problem, problem_page
from lti_mentoring.blueprints._reviews import review_url
from lti_mentoring.blueprints._tool import our_launch_url, our_notices_url, tool_description
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, end_reading, unit_of_work
from lti_mentoring.domain.placing import Placed
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.lti.canvas import canvas_configuration
from lti_mentoring.lti.errors import LaunchRefused, LoginRefused, LTIError
from lti_mentoring.lti.launch import KEPT, validate_launch
from lti_mentoring.lti.login import LOGIN_LIFETIME, begin_login, cookie_name_for
from lti_mentoring.lti.platform_keys import KeyFinder
from lti_mentoring.lti.returning import ReturnWords, return_address
from lti_mentoring.services.launching import Welcome, hold_deployment, welcome
from lti_mentoring.services.registrations import LoneLogins, StoredLogins, StoredPlatformKeys, StoredRegistrations
from lti_mentoring.services.subscribing import want_notices

if TYPE_CHECKING:
    from datetime import datetime

    from _typeshed.wsgi import WSGIEnvironment
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session
    from werkzeug.datastructures import Headers
    from werkzeug.wrappers import Response as AnyResponse


bp = Blueprint("lti", __name__, url_prefix="/lti")
log = logging.getLogger("lti_mentoring.launch")

KEYS_KEPT_FOR = 3600
"""Seconds that others may keep our public keys: far less than the day that a key is shown before it signs."""


def stored_registrations(session: Session, now: datetime) -> StoredRegistrations:
    """Return the registrations by way of this process's memory."""
    return StoredRegistrations(session, current_app.extensions["registration_memory"], now=now)


@bp.route("/login", methods=["GET", "POST"])
@requires(PLATFORM)
def login() -> ResponseReturnValue:
    """Begin a login that the platform asks for; its parameters may come in the query, the form, or both."""
    now, launch_here = utcnow(), our_launch_url()
    session = cast("Session", db.session)  # begins only if something has to be read
    registrations = stored_registrations(session, now)
    params = {**request.args.to_dict(), **request.form.to_dict()}
    by_page = wants_page()
    try:
        begun = begin_login(
            params,
            registrations=registrations,
            transactions=LoneLogins(session, db.engine, end_reading),
            our_urls=frozenset({launch_here}),
            redirect_uri=launch_here,
            now=now,
            by_page=by_page,
        )
    except LoginRefused as refusal:
        return _refused("login refused", refusal)
    registered = registrations.find(params["iss"], params.get("client_id") or None)
    if registered is not None:
        frame_by(registrations.frame_origins(registered.id) or ())
    response = login_page(begun, params) if by_page else _send_to(begun.url, 302)
    give_secret(response, begun.cookie_name, begun.browser_secret, seconds=int(LOGIN_LIFETIME.total_seconds()))
    return response


@bp.post("/launch")
@requires(PLATFORM)
def launch() -> ResponseReturnValue:
    """Check a launch and seat the person; a refused one stores nothing but that its login is used up."""
    now = utcnow()
    if _browser_secret(request.form.get("state", "")) is None and (page := launch_page(db.session(), now=now)):
        return page
    refusal: LaunchRefused | None = None
    with unit_of_work() as session:
        try:
            taken = _seat(session, now)
        except LaunchRefused as refused:
            refusal = refused
            _hold_if_unknown(session, refused, now)
    if refusal is not None:
        return _refused("launch refused", refusal)
    return _come_in(taken)


@bp.get("/launch")
@requires(PUBLIC)
def launch_by_hand() -> ResponseReturnValue:
    """Tell somebody who opened or reloaded the address itself where to begin."""
    return _refused("launch refused", LaunchRefused("launch_by_get", status=405))


@bp.get("/kept")
@requires(PLATFORM)
def kept() -> ResponseReturnValue:
    """Tell a page of ours whether a cookie came back to it."""
    return jsonify(kept=MARKER_COOKIE in request.cookies)


@bp.get("/jwks.json")
@requires(PUBLIC)
def jwks() -> ResponseReturnValue:
    """Publish our public keys."""
    return _for_everybody(current_app.extensions["signer"].ring().public_jwks())


@bp.get("/canvas.json")
@requires(PUBLIC)
def canvas() -> ResponseReturnValue:
    """Give Canvas our configuration."""
    return _for_everybody(canvas_configuration(tool_description()))


def _seat(session: Session, now: datetime) -> Welcome:
    said = validate_launch(
        request.form.to_dict(),
        _browser_secret,
        registrations=stored_registrations(session, now),
        transactions=StoredLogins(session),
        keys=_KeysOutside(session),
        products=current_app.extensions["quirks"],
        now=now,
    )
    try:
        taken = welcome(session, said, now=now)
    except LaunchRefused as refusal:
        refusal.back = said.presentation.return_url
        raise
    want_notices(session, said, our_notices_url(), now=now)
    return taken


def _browser_secret(state: str) -> str | None:
    return request.cookies.get(cookie_name_for(state, secure=our_launch_url().startswith("https:")))


class _KeysOutside(KeyFinder):
    """Fetches a platform's keys outside the launch's transaction.

    The login is used up by then, so committing early loses nothing; holding the transaction through a slow fetch would
    hold every writer on SQLite.
    """

    def __init__(self, session: Session) -> None:
        ours = current_app.extensions
        super().__init__(StoredPlatformKeys(unit_of_work), ours["platform_client"], ours["key_memory"])
        self._session = session

    def candidates(self, url: str, kid: str, *, now: datetime) -> tuple[RSAPublicKey, ...]:
        held = self._memory.recall(url)
        if held is not None and held.is_fresh(now) and kid in held.by_kid:
            return held.by_kid[kid]
        self._session.commit()
        try:
            return super().candidates(url, kid, now=now)
        finally:
            self._session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})


def _hold_if_unknown(session: Session, refusal: LaunchRefused, now: datetime) -> None:
    if refusal.code == "deployment_unknown":
        facts: dict[str, Any] = refusal.facts
        hold_deployment(session, facts["registration_id"], facts["deployment_id"], facts["platform_guid"], now=now)


def _come_in(taken: Welcome) -> AnyResponse:
    url = _first_page(taken)
    known = stored_registrations(db.session(), utcnow()).frame_origins(taken.sitter.registration_id)
    if known is not None:
        frame_by(known)
    count_launch("seated")
    if KEPT in request.form:  # no cookie came back: the page that posted it holds the seat in its memory
        return jsonify(seat=taken.token, address=url)
    response = _send_to(url, 303)
    sign_in(response, taken.token)
    return response


def _first_page(taken: Welcome) -> str:
    sitter = taken.sitter
    if taken.review is not None:
        return review_url(taken.review)
    waits = taken.waits and sitter.roles == (SeatRole.GUEST,)
    pages = (
        (sitter.may_pick, "picking.show"),
        (taken.about, "privacy.show"),
        (waits, "admin.waiting"),
        (taken.asks, "home.choose"),
        (taken.opens is not Placed.TRACK, "placing.here"),
    )
    return url_for(next((endpoint for holds, endpoint in pages if holds), "home.today"))


class _Elsewhere(Response):
    """A redirect to an address that is right as it stands: it is neither mended nor explained in a body."""

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        """Return the headers as they are."""
        return self.headers


def _send_to(url: str, status: int) -> AnyResponse:
    if not url.isascii():  # a platform's own address may hold letters that a header cannot
        return redirect(url, status)
    return _Elsewhere(status=status, headers=[("Location", url), ("Content-Length", "0")])


def _refused(what: str, refusal: LTIError) -> ResponseReturnValue:
    log.warning(what, extra={"code": refusal.code, "facts": refusal.facts})
    count_launch(refusal.code)
    registration_id = refusal.facts.get("registration_id")
    if isinstance(registration_id, int):
        frame_for(registration_id)
    waits = refusal.code in {"deployment_unknown", "deployment_pending", "registration_waiting"}
    kind = "waiting_for_approval" if waits else "launch_refused"
    if refusal.code == "browser_differs" and in_frame():
        kind = "cookies_blocked"
    told = ReturnWords(error=str(problem(kind).title), error_log=f"{refusal.code} {g.request_id}")
    back = return_address(refusal.back, told)
    return problem_page(kind, refusal.status, code=g.request_id, back=back)


def _for_everybody(document: dict[str, Any]) -> Response:
    response = jsonify(document)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = f"public, max-age={KEYS_KEPT_FOR}"
    return response
