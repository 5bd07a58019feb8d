"""Whether a student would choose their mentors again: answered here or on a mentor's page, and read by nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for
from flask_babel import gettext as _

from lti_mentoring.blueprints._access import STUDENT, current_seat, requires
from lti_mentoring.blueprints._calm import calm, setting_up
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.errors import NotFound
from lti_mentoring.forms.recommendations import RecommendationForm
from lti_mentoring.queries.recommendations import asked_about
from lti_mentoring.queries.seats import track_of
from lti_mentoring.services.recommendations import answer

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("recommendations", __name__)


@bp.get("/would-choose-again")
@requires(STUDENT)
def show() -> ResponseReturnValue:
    """Show all that one is asked and has answered, also about mentors who are not here any more."""
    if current_seat().track_id is None:
        return setting_up()
    return _page(_forms())


@bp.post("/would-choose-again/<int:mentor_id>")
@requires(STUDENT)
def save(mentor_id: int) -> ResponseReturnValue:
    """Keep an answer, or take it back."""
    seat = current_seat()
    forms = _forms(posted=mentor_id)
    if mentor_id not in forms:
        raise NotFound
    if not forms[mentor_id].validate():
        return _page(forms, 422)
    with unit_of_work() as session:
        answer(session, seat, track_of(session, seat), mentor_id, forms[mentor_id].said, now=utcnow())
    return redirect_or_hx(url_for("recommendations.show"), told=_("Kept. Only you can see your answer."))


def _forms(posted: int | None = None) -> dict[int, RecommendationForm]:
    """Return the question about each mentor; ``posted``: about whom the browser sent an answer."""
    session, seat = db.session(), current_seat()
    return {
        one.mentor_id: RecommendationForm(one, request.form if one.mentor_id == posted else None)
        for one in asked_about(session, seat, track_of(session, seat), now=utcnow())
    }


def _page(forms: dict[int, RecommendationForm], status: int = 200) -> ResponseReturnValue:
    if not forms:
        return calm(
            _("There is nothing to answer yet"),
            _("Four weeks after you were given a mentor, you are asked here whether you would choose them again."),
        )
    return render("recommendations/show.html", "recommendations/show.html", status, forms=list(forms.values()))
