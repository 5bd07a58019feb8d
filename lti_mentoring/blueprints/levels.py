"""Faculty say how far a mentor is, where that is theirs to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, url_for
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._access import FACULTY, current_seat, requires
from lti_mentoring.blueprints._failures import explain
from lti_mentoring.blueprints._htmx import redirect_or_hx
from lti_mentoring.clock import utcnow
from lti_mentoring.db import unit_of_work
from lti_mentoring.services.levels import confirm_training, end_lead, name_lead, take_training_back

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("levels", __name__)
STEPS = {
    "trained": (confirm_training, _l("%(name)s is trained.")),
    "not_trained": (take_training_back, _l("%(name)s is not trained any more.")),
    "lead": (name_lead, _l("%(name)s is a lead mentor.")),
    "not_lead": (end_lead, _l("%(name)s is no lead mentor any more.")),
}


@bp.post(f"/mentors/<int:mentor_id>/level/<any({','.join(STEPS)}):step>")
@requires(FACULTY)
def say_level(mentor_id: int, step: str) -> ResponseReturnValue:
    """Confirm training, name a lead, or take either back."""
    verb, words = STEPS[step]
    with unit_of_work() as session:
        name = verb(session, current_seat(), mentor_id, now=utcnow()).person.shown_name
    return redirect_or_hx(url_for("mentors.one", mentor_id=mentor_id), told=str(words) % {"name": name})


explain(
    "mentor_trained_by_test",
    _l("In this track a test says who is trained"),
    _l("It was chosen meanwhile. Nothing was changed."),
    status=409,
)
explain(
    "mentor_lead_not_trained",
    _l("%(mentor)s is not trained yet"),
    _l("Only a trained mentor can be lead. Nothing was changed."),
    status=409,
)
