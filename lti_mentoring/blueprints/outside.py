"""Where a mentor from outside the course sits: chosen after signing in, where there is more than one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, url_for
from flask_babel import gettext as _

from lti_mentoring.blueprints._access import OUTSIDE, current_seat, find_seat, requires
from lti_mentoring.blueprints._account_session import current_account
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.queries.outside import places_of
from lti_mentoring.services import outside

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("outside", __name__, url_prefix="/courses")


@bp.get("")
@requires(OUTSIDE)
def choose() -> ResponseReturnValue:
    """Show where one mentors; there may be nothing any more."""
    places = places_of(db.session(), current_account().account_id)
    here = current_seat().track_id if find_seat() else None
    return render("outside/choose.html", "outside/choose.html", places=places, here=here)


@bp.post("/<int:mentor_id>")
@requires(OUTSIDE)
def sit(mentor_id: int) -> ResponseReturnValue:
    """Sit in one of one's own courses."""
    with unit_of_work() as session:
        outside.sit(session, current_account(), mentor_id, now=utcnow())
    return redirect_or_hx(url_for("home.today"), told=_("You are in this course now."))
