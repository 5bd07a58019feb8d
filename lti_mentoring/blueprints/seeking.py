"""What a student looks for in a mentor: said once, counted by the matching, read by nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for
from flask_babel import gettext as _

from lti_mentoring.blueprints._access import STUDENT, current_seat, requires
from lti_mentoring.blueprints._calm import setting_up
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.vocabularies import vocabulary_of
from lti_mentoring.forms.seeking import SeekingForm
from lti_mentoring.queries.seats import track_of
from lti_mentoring.queries.seeking import seeking_of
from lti_mentoring.services.seeking import save_seeking

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("seeking", __name__)


@bp.get("/looking-for")
@requires(STUDENT)
def show() -> ResponseReturnValue:
    """Show what one looks for."""
    seat = current_seat()
    if seat.track_id is None or not seat.track_published:
        return setting_up()
    return _page(_form())


@bp.post("/looking-for")
@requires(STUDENT)
def save() -> ResponseReturnValue:
    """Keep it."""
    form = _form(posted=True)
    if not form.validate():
        return _page(form, 422)
    with unit_of_work() as session:
        seat = current_seat()
        save_seeking(session, seat, track_of(session, seat), form.facts(), now=utcnow())
    return redirect_or_hx(url_for("seeking.show"), told=_("Saved."))


def _form(*, posted: bool = False) -> SeekingForm:
    session, seat = db.session(), current_seat()
    track = track_of(session, seat)
    view = seeking_of(session, track, seat.person_id)
    return SeekingForm(vocabulary_of(track.template), view, request.form if posted else None)


def _page(form: SeekingForm, status: int = 200) -> ResponseReturnValue:
    return render("seeking/show.html", "seeking/show.html", status, form=form)
