"""People who leave: who is concerned, before anybody is parted; then all of it at one press."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from lti_mentoring.blueprints._access import FACULTY, current_seat, requires
from lti_mentoring.blueprints._failures import explain
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.forms.leavers import PartForm, ShownForm
from lti_mentoring.queries.leavers import leavers_page, parting
from lti_mentoring.queries.seats import track_of
from lti_mentoring.services.leavers import LeaversChanged, part_from_left, part_with_mentor

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("leavers", __name__)
explain(
    "leavers_changed",
    _l("Who is concerned has changed meanwhile"),
    _l("Nobody was parted. The page shows who it is now."),
    status=409,
)


@bp.get("/leavers")
@requires(FACULTY)
def show() -> ResponseReturnValue:
    """Show who left the course and is still together with somebody."""
    return _left()


@bp.post("/leavers/students")
@requires(FACULTY)
def free_places() -> ResponseReturnValue:
    """End the mentorships of students who left, as the page showed them."""
    form = ShownForm(request.form)
    form.validate()
    try:
        with unit_of_work() as session:
            seat = current_seat()
            ended = part_from_left(session, seat, track_of(session, seat), form.shown.data or (), now=utcnow())
    except LeaversChanged as changed:
        return _left(changed, 409)
    told = ngettext("%(num)s place is free again.", "%(num)s places are free again.", ended)
    return redirect_or_hx(url_for("leavers.show"), told=told)


@bp.get("/mentors/<int:mentor_id>/leaving")
@requires(FACULTY)
def ask(mentor_id: int) -> ResponseReturnValue:
    """Show who is concerned when a mentor goes; nothing is changed."""
    view = parting(db.session(), current_seat(), mentor_id)
    return _asked(mentor_id, PartForm(data={"stops": view.has_left}))


@bp.post("/mentors/<int:mentor_id>/leaving")
@requires(FACULTY)
def part(mentor_id: int) -> ResponseReturnValue:
    """End all mentorships of one mentor; the students wait for another."""
    form = PartForm(request.form)
    if not form.validate():
        return _asked(mentor_id, form, status=422)
    try:
        with unit_of_work() as session:
            seat = current_seat()
            ended = part_with_mentor(
                session, seat, track_of(session, seat), mentor_id, form.shown.data or (), form.reason.data or "",
                stops=bool(form.stops.data), now=utcnow(),
            )  # fmt: skip
    except LeaversChanged as changed:
        return _asked(mentor_id, form, changed, 409)
    told = ngettext(
        "%(num)s student waits for another mentor now, and gets a mail. All that was done is kept.",
        "%(num)s students wait for another mentor now, and get a mail. All that was done is kept.",
        ended,
    )
    return redirect_or_hx(url_for("mentors.show"), told=told if ended else _("Saved."))


def _left(changed: LeaversChanged | None = None, status: int = 200) -> ResponseReturnValue:
    page = leavers_page(db.session(), current_seat())
    return render("leavers/list.html", "leavers/list.html", status, page=page, changed=changed is not None)


def _asked(
    mentor_id: int, form: PartForm, changed: LeaversChanged | None = None, status: int = 200
) -> ResponseReturnValue:
    view = parting(db.session(), current_seat(), mentor_id)
    return render(
        "leavers/parting.html", "leavers/parting.html", status, view=view, form=form, changed=changed is not None
    )  # fmt: skip
