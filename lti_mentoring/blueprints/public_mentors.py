"""What strangers read of a mentor who shared a page. No seat, no cookie, nothing kept about who asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, make_response, render_template

from lti_mentoring.blueprints._access import PUBLIC, requires
from lti_mentoring.blueprints._public_words import public_words
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db
from lti_mentoring.queries.mentor_pages import mentor_behind

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("public_mentors", __name__)


@bp.get("/mentor-page/<address>")
@requires(PUBLIC)
def show(address: str) -> ResponseReturnValue:
    """Show the page; one that is off, renewed or never was gets one and the same answer."""
    view = mentor_behind(db.session(), address, now=utcnow())
    if view is None:
        response = make_response(render_template("public_mentors/not_shared.html"), 404)
    else:
        response = make_response(render_template("public_mentors/show.html", **public_words(view)))
    # Whoever has the link reads it; no search engine lists it or keeps a copy.
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
