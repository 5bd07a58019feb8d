"""Lead whoever comes by a link of the course to the very page that the link was made for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, redirect, url_for
from flask_babel import gettext as _

from lti_mentoring.blueprints._access import SEATED, current_seat, requires
from lti_mentoring.blueprints._calm import calm
from lti_mentoring.db import db
from lti_mentoring.domain.board import Show
from lti_mentoring.domain.placing import Placed
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.queries.placing import Destination, destination

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from lti_mentoring.domain.seats import Sitter

bp = Blueprint("placing", __name__)

STUDENT, MENTOR, FACULTY = SeatRole.STUDENT, SeatRole.MENTOR, SeatRole.FACULTY
Page = tuple[str, str, dict[str, str]]
_MILESTONE: dict[SeatRole, Page] = {
    STUDENT: ("milestones.mine", "milestone_id", {}),
    MENTOR: ("board.mine", "milestone", {}),
    FACULTY: ("home.today", "milestone", {"show": Show.ALL.value}),
}
_TEST: dict[SeatRole, Page] = {
    STUDENT: ("attempts.show", "test_id", {}),
    MENTOR: ("attempts.show", "test_id", {}),
    FACULTY: ("tests.show", "test_id", {}),
}
_CERTIFICATES: dict[SeatRole, Page] = {STUDENT: ("awards.mine", "", {}), FACULTY: ("awards.ledger", "", {})}
PAGES: dict[Placed, dict[SeatRole, Page]] = {
    Placed.TRACK: {},
    Placed.MILESTONE: _MILESTONE,
    Placed.ASSESSMENT: _MILESTONE,
    Placed.TEST: _TEST,
    Placed.CERTIFICATES: _CERTIFICATES,
}
"""For each kind the page of each role: endpoint, the argument that names the thing, and what else stands in the
address. Who is not named comes to the own first page."""


@bp.get("/placed")
@requires(SEATED)
def here() -> ResponseReturnValue:
    """Go on to what the link opens; say it kindly where that is gone."""
    seat = current_seat()
    found = destination(db.session(), seat)
    if found.gone and seat.role in {STUDENT, MENTOR, FACULTY}:
        return _gone(seat)
    return redirect(_address(seat, found))


def _address(seat: Sitter, found: Destination) -> str:
    ready = seat.role is FACULTY or seat.track_published
    page = PAGES[found.kind].get(seat.role) if ready else None
    if page is None:
        return url_for("home.today")
    endpoint, named, more = page
    args: dict[str, Any] = {**more, **({named: found.item_id} if named else {})}
    return url_for(endpoint, **args)


def _gone(seat: Sitter) -> ResponseReturnValue:
    hint = (
        _("You may take the link out of the course, or choose anew what it opens.")
        if seat.role is FACULTY
        else _("Your course team has taken it out since. Nothing of yours is lost.")
    )
    return calm(
        _("What this link opened is not part of the track any more"),
        hint,
        action=(_("Go to the first page"), url_for("home.today")),
    )
