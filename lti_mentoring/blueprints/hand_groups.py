"""Write groups by hand, where the course's own are none or not the ones that shall stay together in a round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lti_mentoring.blueprints._access import FACULTY, current_seat, requires
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.groups import GroupKind
from lti_mentoring.domain.hand_groups import read_lines
from lti_mentoring.domain.round_groups import GroupSet
from lti_mentoring.forms.hand_groups import GroupsForm, fault_words
from lti_mentoring.queries.hand_groups import students_of, written_now
from lti_mentoring.queries.seats import track_of
from lti_mentoring.services.hand_groups import write_groups

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("hand_groups", __name__)


@bp.get("/rounds/groups")
@requires(FACULTY)
def show() -> ResponseReturnValue:
    """Show the groups that were written by hand, to be changed."""
    session = db.session()
    return _page(GroupsForm(data={"groups": written_now(session, track_of(session, current_seat()))}))


@bp.post("/rounds/groups")
@requires(FACULTY)
def write() -> ResponseReturnValue:
    """Keep what is written in the place of what was; where one line cannot be used nothing changes."""
    form = GroupsForm(request.form)
    if not form.validate():
        return _page(form, 422)
    with unit_of_work() as session:
        seat = current_seat()
        track = track_of(session, seat)
        students = students_of(session, track)
        written = read_lines(form.groups.data or "", students)
        if not written.faults:
            groups = {name: [students[place].person_id for place in people] for name, people in written.groups.items()}
            write_groups(session, seat, track, groups, now=utcnow())
    if written.faults:
        form.groups.errors = fault_words(written.faults)
        return _page(form, 422)
    if not groups:
        return redirect_or_hx(url_for("rounds.new"), told=_("There are no groups by hand any more."))
    told = ngettext("%(num)s group is kept.", "%(num)s groups are kept.", len(groups))
    return redirect_or_hx(url_for("rounds.new", together=GroupSet(GroupKind.BY_HAND, "", 0).key), told=told)


def _page(form: GroupsForm, status: int = 200) -> ResponseReturnValue:
    return render("rounds/hand_groups.html", "rounds/hand_groups.html", status, form=form)
