"""Why this mentor, why nobody, why these students: for the two whom a round put together, or passed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, url_for
from flask_babel import gettext as _

from lti_mentoring.blueprints._access import MENTOR, STUDENT, current_seat, requires
from lti_mentoring.blueprints._calm import calm
from lti_mentoring.blueprints._htmx import render
from lti_mentoring.blueprints._round_words import counted_words, strategy_notes
from lti_mentoring.blueprints._waiting_words import waits_words
from lti_mentoring.blueprints._why_words import why_by_asking, why_for_mentor, why_for_student
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db
from lti_mentoring.queries.homes import student_home
from lti_mentoring.queries.why import my_matches, my_rounds, my_yeses

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from lti_mentoring.queries.why import MyMatch

bp = Blueprint("why", __name__)


@bp.get("/my-mentor/why")
@requires(STUDENT)
def mine() -> ResponseReturnValue:
    """Tell a student why this mentor or why nobody, and what comes next: nothing about anybody else's list."""
    session, seat, day = db.session(), current_seat(), utcnow().date()
    yeses = my_yeses(session, seat)
    by_asking = {one.role_name for one in yeses}
    found = [one for one in my_rounds(session, seat) if one.role_name not in by_asking]
    if not found and not yeses:
        return calm(
            _("No round has brought you a mentor"),
            _("Once your course team has published a round that you were in, you read here what it came to."),
            action=(_("Go to the first page"), url_for("home.today")),
        )
    told = [(mine, why_for_student(mine), _how(mine)) for mine in found]
    waits = waits_words(student_home(session, seat, today=day), day)
    asked = [(one, why_by_asking(one)) for one in yeses]
    return render("why/mentor.html", "why/mentor.html", asked=asked, told=told, waits=waits)


def _how(mine: MyMatch) -> str:
    note, counted = strategy_notes().get(mine.strategy, ""), counted_words(mine.strategy, mine.weights)
    return str(_("%(how)s What counted: %(what)s.", how=note, what=counted)) if counted else note


@bp.get("/my-students/why")
@requires(MENTOR)
def these() -> ResponseReturnValue:
    """Tell a mentor why these students; nobody's list."""
    theirs = my_matches(db.session(), current_seat())
    rows = [(one, why_for_mentor(one)) for one in theirs]
    return render("why/students.html", "why/students.html", rows=rows)
