"""Pages of ours between the course and the launch, for a frame in which cookies may not come back (docs/adr/0017).

The login's page finds out what binds the login to this browser, before the platform's one-use hint is spent; the
launch's page fetches back what the other one kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import make_response, render_template, request, url_for

from lti_mentoring.blueprints._access import MARKER_COOKIE, MARKER_LASTS, give_secret
from lti_mentoring.blueprints._headers import frame_for
from lti_mentoring.lti.launch import KEPT
from lti_mentoring.lti.login import is_state
from lti_mentoring.queries.frames import origin_of
from lti_mentoring.queries.logins import find_kept_login

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session
    from werkzeug.wrappers import Response

    from lti_mentoring.lti.login import LoginRedirect

FRAMES = frozenset({"iframe", "frame"})


def in_frame() -> bool:
    """Say whether the browser asks for what stands in a frame (Fetch Metadata; older browsers do not say)."""
    return request.headers.get("Sec-Fetch-Dest") in FRAMES


def wants_page() -> bool:
    """Say whether a login begins with a page: in a frame where no cookie of ours has come back yet."""
    return in_frame() and MARKER_COOKIE not in request.cookies


def login_page(begun: LoginRedirect, params: Mapping[str, str]) -> Response:
    """Show the page that goes on to ``begun.url`` once something binds the login, or offers a new window."""
    response = make_response(
        render_template(
            "lti/login.html",
            go=begun.url,
            state=begun.state,
            secret=begun.kept_secret,
            target=begun.storage_target,
            origin=origin_of(begun.url),
            again=f"{url_for('lti.login')}?{urlencode(params)}",
        )
    )
    give_secret(response, MARKER_COOKIE, "yes", seconds=MARKER_LASTS)
    return response


def launch_page(session: Session, *, now: datetime) -> Response | None:
    """Show the page that fetches back what the login's page kept, and then sends the launch; None: none kept it.

    Nothing is used up and nothing is believed yet: the page only posts again what it was posted, with the secret.
    """
    state, id_token = request.form.get("state", ""), request.form.get("id_token", "")
    if KEPT in request.form or not id_token or not is_state(state):
        return None
    login = find_kept_login(session, state, now=now)
    if login is None:
        return None
    frame_for(login.registration_id)
    page = render_template(
        "lti/launch.html",
        fields={"state": state, "id_token": id_token},
        state=state,
        target=login.storage_target,
        origin=origin_of(login.auth_url),
    )
    return make_response(page)
