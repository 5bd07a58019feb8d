"""Conflicts: what a student, a mentor or faculty declare, and what faculty see of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for
from flask_babel import gettext as _

from lti_mentoring.blueprints._access import IN_COURSE, current_seat, requires
from lti_mentoring.blueprints._calm import setting_up
from lti_mentoring.blueprints._conflict_words import KINDS
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.forms.conflicts import DeclareForm, FacultyDeclareForm
from lti_mentoring.queries.conflicts import conflicts_page
from lti_mentoring.queries.seats import track_of
from lti_mentoring.services.conflicts import declare, take_back

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("conflicts", __name__)


@bp.get("/conflicts")
@requires(IN_COURSE)
def show() -> ResponseReturnValue:
    """Show declared conflicts: to faculty all, to anybody else their own."""
    return _page(_form()())


@bp.post("/conflicts")
@requires(IN_COURSE)
def add() -> ResponseReturnValue:
    """Declare one."""
    form = _form()(request.form)
    if not form.validate():
        return _page(form, 422)
    with unit_of_work() as session:
        seat = current_seat()
        declare(
            session, seat, track_of(session, seat), form.student.data, form.mentor.data, form.note.data or "",
            now=utcnow(),
        )  # fmt: skip
    return redirect_or_hx(url_for("conflicts.show"), told=_("Noted. They are not brought together from now on."))


@bp.post("/conflicts/<int:conflict_id>/end")
@requires(IN_COURSE)
def end(conflict_id: int) -> ResponseReturnValue:
    """Take one's own declaration back."""
    with unit_of_work() as session:
        take_back(session, current_seat(), conflict_id, now=utcnow())
    return redirect_or_hx(url_for("conflicts.show"), told=_("Taken back."))


def _form() -> type[DeclareForm]:
    return FacultyDeclareForm if current_seat().role is SeatRole.FACULTY else DeclareForm


def _page(form: DeclareForm, status: int = 200) -> ResponseReturnValue:
    session, seat = db.session(), current_seat()
    if seat.role is not SeatRole.FACULTY and not seat.track_published:
        return setting_up()
    wanted = request.args.get("q", "").strip()[:100]
    view = conflicts_page(
        session, seat, track_of(session, seat), wanted=wanted, number=request.args.get("page", 1, type=int)
    )
    return render(
        "conflicts/show.html", "conflicts/show.html", status,
        view=view, form=form, wanted=wanted, role=seat.role.value, kinds=KINDS,
    )  # fmt: skip
