"""The demonstration LMS as a WSGI application. A separate site: it knows nothing of the tool but its addresses."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, Response, g, redirect, request
from flask_babel import Babel

from lti_mentoring.demo import launching, pages, registration, service_routes
from lti_mentoring.demo.config import origin
from lti_mentoring.demo.course import seed_course
from lti_mentoring.demo.site import EXTENSION, Site
from lti_mentoring.demo.store import Store
from lti_mentoring.demo.tools import all_tools

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from lti_mentoring.demo.config import DemoConfig

PACKAGE = Path(__file__).resolve().parent
LARGEST_REQUEST = 1024 * 1024


def template_folder() -> Path:
    """Return where the templates are: inside the installed package, or beside it in a checkout."""
    inside = PACKAGE.parent / "templates"
    return inside if inside.is_dir() else PACKAGE.parent.parent / "templates"


def create_lms(config: DemoConfig) -> Flask:
    """Build the LMS for ``config``, its course filled and its data folder made."""
    app = Flask(
        "lti_mentoring.demo", root_path=str(PACKAGE), static_folder="static", template_folder=str(template_folder())
    )
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    here = Site(config, Store(config.database))
    seed_course(here.store, config)
    app.extensions[EXTENSION] = here
    Babel(app, default_locale=config.locale)
    for part in (pages, launching, service_routes, registration):
        app.register_blueprint(part.blueprint)
    app.before_request(lambda: _to_own_host(config))
    app.after_request(lambda response: _with_headers(response, here))
    app.add_template_filter(moment)
    app.context_processor(lambda: {"config": config})
    return app


def moment(seconds: float) -> datetime:
    """Return seconds since 1970 as a time that templates can show."""
    return datetime.fromtimestamp(seconds, UTC)


def _to_own_host(config: DemoConfig) -> ResponseReturnValue | None:
    # Opened as localhost the LMS would be one site with the tool, and cookies would behave as in no real course.
    if request.method == "GET" and request.host != urlsplit(config.lms_url).netloc:
        return redirect(config.lms_url + request.full_path.rstrip("?"))
    return None


def _with_headers(response: Response, here: Site) -> Response:
    tools = all_tools(here.store)
    others = sorted({origin(url) for tool in tools for url in (tool.login_url, tool.target_link_uri)})
    allowed = " ".join(others)
    framed = " ".join([allowed, *g.get("may_frame", ())])
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; base-uri 'none'; "
        f"frame-src 'self' {framed}; form-action 'self' {allowed}; frame-ancestors 'self'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    return response
