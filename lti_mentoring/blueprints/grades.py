"""The faculty's page of grades: what the course's gradebook last accepted, and what is kept back and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._access import FACULTY, current_seat, requires
from lti_mentoring.blueprints._failures import explain
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.errors import NotFound
from lti_mentoring.models import HeldReason
from lti_mentoring.queries.grades import find_score, grades_page
from lti_mentoring.queries.seats import track_of
from lti_mentoring.services.grading import send_again

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("grades", __name__)

HELD_WORDS = {
    HeldReason.NOT_FORMED: _l("No grade is formed any more. What the course shows now must be cleared there by hand."),
    HeldReason.LEFT_COURSE: _l("The student has left the course, so nothing is sent."),
    HeldReason.TEST_USER: _l("This is the course’s test student, who never gets a grade."),
    HeldReason.COLUMN_CLOSED: _l("This column is no longer used."),
    HeldReason.NO_GRADEBOOK: _l("The course does not let this tool write into its gradebook."),
    HeldReason.TEACHER_CHANGED: _l(
        "Somebody changed the grade in the course. Theirs counts until you send ours again."
    ),
    HeldReason.REFUSED: _l("The course did not take the grade. Look whether the student is still enrolled there."),
    HeldReason.FORBIDDEN: _l("The course does not allow it. Its administrator has to grant access to grades."),
    HeldReason.GAVE_UP: _l("The course answered this grade with an error each time, while others arrived."),
}


@bp.get("/grades")
@requires(FACULTY)
def show() -> ResponseReturnValue:
    """Show everybody's grades, a page at a time."""
    seat = current_seat()
    track_of(db.session(), seat)
    page = grades_page(db.session(), seat, number=request.args.get("page", 1, type=int))
    return render("grades/show.html", "grades/_table.html", page=page, held_words=HELD_WORDS)


@bp.post("/grades/<int:score_id>/again")
@requires(FACULTY)
def again(score_id: int) -> ResponseReturnValue:
    """Send a kept-back grade again."""
    seat = current_seat()
    with unit_of_work() as session:
        score = find_score(session, seat, score_id)
        if score is None:
            raise NotFound
        send_again(session, seat, score, now=utcnow())
    return redirect_or_hx(url_for("grades.show"), told=_("On its way. The course usually answers within a minute."))


explain(
    "no_track", _l("Your course team is still setting this up"), _l("Open this page again in a day or two."), status=409
)
explain("nothing_to_send", _l("There is nothing to send"), _l("No grade is formed for this student now."), status=409)
