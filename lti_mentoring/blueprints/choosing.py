"""Choose one mentor for one student where more have room than a list holds: to place, to move, to change a round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for

from lti_mentoring.blueprints._access import FACULTY, current_seat, requires
from lti_mentoring.blueprints._choosing_page import Chooser, show_chooser, show_move
from lti_mentoring.blueprints._htmx import redirect_or_hx
from lti_mentoring.blueprints._role_chosen import role_chosen
from lti_mentoring.blueprints._wire import row_number
from lti_mentoring.db import db
from lti_mentoring.forms.assigning import MoveForm
from lti_mentoring.forms.choosing import read_sought
from lti_mentoring.queries.choosing import moving_page, placing_page
from lti_mentoring.queries.round_changes import swap_page
from lti_mentoring.queries.seats import track_of

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("choosing", __name__)


@bp.get("/students/<int:student_id>/mentor")
@requires(FACULTY)
def place(student_id: int) -> ResponseReturnValue:
    """Show who could be a student's mentor in a role; who has one in it can be moved."""
    session, sought = db.session(), read_sought(request.args)
    track = track_of(session, current_seat())
    role = role_chosen(track)
    page = placing_page(session, track, student_id, role, sought)
    if page.mentorship_id is not None:
        return redirect_or_hx(url_for("choosing.move", mentorship_id=page.mentorship_id))
    kept = {"role": role.key} if len(track.roles) > 1 else {}
    waits = request.args.get("back") == "waiting"
    return show_chooser(
        "choosing/place.html",
        Chooser(
            here=url_for("choosing.place", student_id=student_id),
            kept={**kept, "back": "waiting"} if waits else kept,
            sought=sought,
            place=url_for("assigning.assign_one", student_id=student_id),
        ),
        track, page.choices, page=page, role_name=track.role_names.get(role.key, ""), waits=waits,
    )  # fmt: skip


@bp.get("/mentorships/<int:mentorship_id>/move")
@requires(FACULTY)
def move(mentorship_id: int) -> ResponseReturnValue:
    """Show to whom a student could go; with one of them chosen, ask why."""
    session, seat, chosen = db.session(), current_seat(), request.args.get("mentor", type=row_number)
    if chosen is not None:
        return show_move(mentorship_id, chosen, MoveForm())
    track, sought = track_of(session, seat), read_sought(request.args)
    page = moving_page(session, seat, track, mentorship_id, sought)
    here = url_for("choosing.move", mentorship_id=mentorship_id)
    return show_chooser(
        "choosing/move.html", Chooser(here=here, kept={}, sought=sought, choose=here), track, page.choices, page=page
    )


@bp.get("/rounds/<int:round_id>/students/<int:student_id>/mentors")
@requires(FACULTY)
def change(round_id: int, student_id: int) -> ResponseReturnValue:
    """Show whom a student of a draft could have instead; what each would do is shown before it is done."""
    session, seat, sought = db.session(), current_seat(), read_sought(request.args)
    page, found = swap_page(session, seat, round_id, student_id, sought)
    chooser = Chooser(
        here=url_for("choosing.change", round_id=round_id, student_id=student_id),
        kept={},
        sought=sought,
        choose=url_for("round_changes.ask", round_id=round_id, student_id=student_id),
    )
    return show_chooser("choosing/change.html", chooser, track_of(session, seat), found, page=page)
