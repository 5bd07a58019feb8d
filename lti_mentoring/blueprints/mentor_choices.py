"""A mentor's own choices: limits, and, where the track asks for it, whom they would like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._access import MENTOR, current_seat, requires
from lti_mentoring.blueprints._calm import setting_up
from lti_mentoring.blueprints._failures import explain
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.blueprints._wire import row_number
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.forms.mentor_choices import LimitsForm
from lti_mentoring.forms.rank_lists import sent_before, sent_wishes
from lti_mentoring.queries.mentor_choices import own_groups, own_limits, own_list, own_mentor, students_page
from lti_mentoring.queries.rank_lists import rules_of
from lti_mentoring.queries.seats import track_of
from lti_mentoring.services.mentor_choices import save_list, set_limits

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("mentor_choices", __name__)
explain(
    "wishes_changed",
    _l("You changed this list in another window, too"),
    _l("Nothing was overwritten. Open the page again and look at the list as it is now."),
    status=409,
)
explain(
    "not_ranking", _l("This track does not ask mentors whom they would like"), _l("Nothing was changed."), status=409
)


@bp.get("/my-choices")
@requires(MENTOR)
def show() -> ResponseReturnValue:
    """Show one's own limits and list."""
    return _page()


@bp.post("/my-choices")
@requires(MENTOR)
def limit() -> ResponseReturnValue:
    """Keep one's limits."""
    seat = current_seat()
    form = LimitsForm(request.form)
    form.offer(own_groups(db.session(), seat, track_of(db.session(), seat)))
    if not form.validate():
        return _page(form, 422)
    with unit_of_work() as session:
        set_limits(session, seat, track_of(session, seat), form.facts(), now=utcnow())
    return redirect_or_hx(url_for("mentor_choices.show"), told=_("Saved."))


@bp.post("/my-choices/list")
@requires(MENTOR)
def rank() -> ResponseReturnValue:
    """Keep one's list as the page sent it, and do what its button says."""
    tiers, before = sent_wishes(request.form).tiers, sent_before(request.form)
    with unit_of_work() as session:
        seat = current_seat()
        save_list(session, seat, track_of(session, seat), tiers, before=before, now=utcnow())
    address = url_for("mentor_choices.show", q=request.args.get("q") or None, _anchor="list")
    return redirect_or_hx(address, told=_("Saved."))


def _page(form: LimitsForm | None = None, status: int = 200) -> ResponseReturnValue:
    session, seat = db.session(), current_seat()
    if not seat.track_published:
        return setting_up()
    track = track_of(session, seat)
    mentor = own_mentor(session, seat, track)
    limits, groups = own_limits(session, mentor), own_groups(session, seat, track)
    if form is None:
        form = LimitsForm(data={"only": limits.group_id or 0, "most_new": limits.most_new})
        form.offer(groups)
    tiers, wanted = own_list(session, mentor), request.args.get("q", "").strip()[:100]
    number = request.args.get("page", 1, type=row_number)
    return render(
        "mentors/choices.html", "mentors/choices.html", status,
        form=form, gone=limits.by_group and limits.group_id is None, ranks=rules_of(session, track).mentors_rank,
        tiers=tiers, view=students_page(session, track, tiers, wanted=wanted, number=number), wanted=wanted,
    )  # fmt: skip
