"""Set a course's track up like that of another course."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for
from flask_babel import gettext as _

from lti_mentoring.blueprints._access import FACULTY, current_seat, requires
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.errors import NotFound
from lti_mentoring.forms.copying import CopyForm
from lti_mentoring.queries.copying import copies_offered, copy_made
from lti_mentoring.services.copying import copy_setup, decline_copies

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("copying", __name__)
MOST_ID = 2**31 - 1


@bp.route("/track/copy/<int:source_id>", methods=["GET", "POST"])
@requires(FACULTY)
def copy(source_id: int) -> ResponseReturnValue:
    """Say what is copied and what never is; then copy it. Who comes too late finds the copy that is there."""
    if source_id > MOST_ID:
        raise NotFound
    seat = current_seat()
    form = CopyForm(request.form if request.method == "POST" else None, data={"starts_on": utcnow().date()})
    if request.method == "GET" or not form.validate():
        return _ask(source_id, form)
    with unit_of_work() as session:
        copy_setup(session, seat, source_id, starts_on=form.beginning, now=utcnow())
    return redirect_or_hx(url_for("tracks.show"), told=_("Copied. Only faculty see it until you publish it."))


@bp.post("/track/copy/decline")
@requires(FACULTY)
def decline() -> ResponseReturnValue:
    """Go on without a copy; nobody is asked again."""
    with unit_of_work() as session:
        decline_copies(session, current_seat(), now=utcnow())
    return redirect_or_hx(url_for("tracks.choice"))


def _ask(source_id: int, form: CopyForm) -> ResponseReturnValue:
    seat = current_seat()
    offer = next((one for one in copies_offered(db.session(), seat) if one.track_id == source_id), None)
    if offer is not None:
        status = 422 if form.errors else 200
        return render("tracks/copy.html", "tracks/_copy.html", status, offer=offer, form=form)
    if copy_made(db.session(), seat, source_id):
        return redirect_or_hx(url_for("tracks.show"), told=_("It has been copied already."))
    raise NotFound
