"""Conflicts: what a student, a mentor or faculty declare, and what faculty see of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._access import IN_COURSE, current_seat, requires
from lti_mentoring.blueprints._calm import setting_up
from lti_mentoring.blueprints._conflict_words import KINDS
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.conflicts import ConflictReason, reasons_of
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.forms.conflicts import REASONS, DeclareForm, FacultyDeclareForm
from lti_mentoring.queries.conflicts import OWN_KIND, conflicts_page
from lti_mentoring.queries.seats import track_of
from lti_mentoring.services.conflicts import declare, take_back

if TYPE_CHECKING:
    from typing import Any

    from flask.typing import ResponseReturnValue

bp = Blueprint("conflicts", __name__)
ONLY_YOU = _l(
    "Nobody but you reads this, and it is counted nowhere. Write no words. It holds in every course of your "
    "institution until you take it back here."
)
SMALLS = {
    SeatRole.STUDENT: {ConflictReason.COMPLAINT: ONLY_YOU},
    SeatRole.FACULTY: {ConflictReason.COMPLAINT: ONLY_YOU},
    SeatRole.MENTOR: {
        ConflictReason.OTHER: _l("A complaint in the past belongs here, too. Say no more of it than you like.")
    },
}
READERS = {
    SeatRole.STUDENT: _l(
        "You and the course team read this; the other person does not. A complaint is read by you alone."
    ),
    SeatRole.MENTOR: _l("You and the course team read this; the other person does not."),
    SeatRole.FACULTY: _l("Only the course team reads this. A complaint is read by you alone, not by your colleagues."),
}


@bp.get("/conflicts")
@requires(IN_COURSE)
def show() -> ResponseReturnValue:
    """Show declared conflicts: to faculty all, to anybody else their own."""
    return _page(_form())


@bp.post("/conflicts")
@requires(IN_COURSE)
def add() -> ResponseReturnValue:
    """Declare one."""
    form = _form(request.form)
    if not form.validate():
        return _page(form, 422)
    with unit_of_work() as session:
        seat = current_seat()
        declare(
            session, seat, track_of(session, seat), form.student.data, form.mentor.data, form.reason.data,
            form.note.data or "", now=utcnow(),
        )  # fmt: skip
    return redirect_or_hx(url_for("conflicts.show"), told=_("Noted. They are not brought together from now on."))


@bp.post("/conflicts/<int:conflict_id>/end")
@requires(IN_COURSE)
def end(conflict_id: int) -> ResponseReturnValue:
    """Take one's own declaration back."""
    with unit_of_work() as session:
        take_back(session, current_seat(), conflict_id, now=utcnow())
    return redirect_or_hx(url_for("conflicts.show"), told=_("Taken back."))


def _form(data: Any = None) -> DeclareForm:
    role = current_seat().role
    form = FacultyDeclareForm if role is SeatRole.FACULTY else DeclareForm
    return form(reasons_of(OWN_KIND[role]), data)


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
        view=view, form=form, wanted=wanted, role=seat.role.value, kinds=KINDS, reasons=REASONS,
        sealed=ConflictReason.COMPLAINT, readers=READERS[seat.role],
        smalls={reason.value: words for reason, words in SMALLS[seat.role].items()},
    )  # fmt: skip
