"""Request and accept: the student's question, where it stands, and the mentor's answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._access import MENTOR, STUDENT, current_seat, requires
from lti_mentoring.blueprints._calm import calm, setting_up
from lti_mentoring.blueprints._failures import explain
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.blueprints._role_chosen import role_chosen, role_links
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.mentor_requests import RequestState
from lti_mentoring.domain.rank_lists import MatchingWay, Window
from lti_mentoring.forms.mentor_requests import AskForm, DeclineForm
from lti_mentoring.queries.mentor_requests import (
    has_mentor,
    my_requests,
    name_of_mentor,
    next_wish,
    one_asked_of_me,
)
from lti_mentoring.queries.seats import track_of
from lti_mentoring.queries.trained import to_pass_first
from lti_mentoring.queries.waiting_list import rules_for
from lti_mentoring.services import mentor_requests as services

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("mentor_requests", __name__)
explain(
    "request_over",
    _l("This question is not open any more"),
    _l("It has been answered, taken back, or passed on meanwhile. Nothing was changed."),
    status=409,
)
explain(
    "nobody_to_ask",
    _l("Nobody is left whom we could ask"),
    _l("Add another mentor to your wishes, or tell your course team."),
    status=409,
)
explain("not_asking", _l("There is nobody to ask here now"), _l("Nothing was changed."), status=409)
explain(
    "test_first",
    _l("First you pass the test: %(title)s"),
    _l("Then you can ask a mentor. Your wishes are kept. Your first page leads to the test."),
    status=409,
)
ENDS = {
    RequestState.ACCEPTED: _l("said yes"),
    RequestState.WITHDRAWN: _l("taken back"),
    RequestState.DECLINED: _l("could not say yes this time"),
    RequestState.EXPIRED: _l("could not say yes this time"),
    RequestState.PASSED_ON: _l("could not say yes this time"),
}
"""A student is never told which of the last three it was."""


@bp.get("/asking")
@requires(STUDENT)
def show() -> ResponseReturnValue:
    """Show where one's question stands, or whom one may ask."""
    return _page(AskForm())


@bp.post("/asking")
@requires(STUDENT)
def ask() -> ResponseReturnValue:
    """Ask the first wish."""
    form = AskForm(request.form)
    if not form.validate():
        return _page(form, 422)
    with unit_of_work() as session:
        seat = current_seat()
        track = track_of(session, seat)
        services.ask(session, seat, track, form.message.data or "", now=utcnow(), role=role_chosen(track).key)
    return redirect_or_hx(
        url_for("mentor_requests.show", role=request.args.get("role")), told=_("Asked. You get a mail with the answer.")
    )


@bp.post("/asking/<int:request_id>/withdraw")
@requires(STUDENT)
def withdraw(request_id: int) -> ResponseReturnValue:
    """Take one's question back."""
    with unit_of_work() as session:
        services.withdraw(session, current_seat(), request_id, now=utcnow())
    return redirect_or_hx(url_for("mentor_requests.show"), told=_("Taken back."))


@bp.get("/requests/<int:request_id>")
@requires(MENTOR)
def one(request_id: int) -> ResponseReturnValue:
    """Show a student's question to the mentor."""
    return _question(request_id, DeclineForm())


@bp.post("/requests/<int:request_id>/accept")
@requires(MENTOR)
def accept(request_id: int) -> ResponseReturnValue:
    """Say yes."""
    with unit_of_work() as session:
        seat = current_seat()
        made = services.accept(session, seat, track_of(session, seat), request_id, now=utcnow())
        name = made.student.shown_name if made else ""
    told = _("%(name)s is your student now, and gets a mail.", name=name)
    return redirect_or_hx(
        url_for("home.today"),
        told=told if name else _("No place was free any more, so the student’s next wish is asked."),
    )


@bp.post("/requests/<int:request_id>/decline")
@requires(MENTOR)
def decline(request_id: int) -> ResponseReturnValue:
    """Say no."""
    form = DeclineForm(request.form)
    if not form.validate():
        return _question(request_id, form, 422)
    with unit_of_work() as session:
        seat = current_seat()
        services.decline(
            session, seat, track_of(session, seat), request_id, form.reason.data or "", now=utcnow()
        )  # fmt: skip
    return redirect_or_hx(url_for("home.today"), told=_("Answered. The student’s next wish is asked."))


def _page(form: AskForm, status: int = 200) -> ResponseReturnValue:
    session, seat = db.session(), current_seat()
    if seat.track_id is None or not seat.track_published:
        return setting_up()
    track = track_of(session, seat)
    role, links = role_chosen(track), role_links(track, "mentor_requests.show")
    rules = rules_for(session, track, seat.person_id, today=utcnow().date(), role=role.key)
    if rules.way is not MatchingWay.REQUESTS or has_mentor(session, track, seat.person_id, role.key):
        return calm(
            _("There is nobody to ask here now"),
            _("You have a mentor already, or your course team brings you together with one."),
            action=(_("Go to the first page"), url_for("home.today")),
        )
    mine = [one for one in my_requests(session, seat, track) if one.role == role.key]
    open_one = next((one for one in mine if one.state is RequestState.ASKED), None)
    first = None if open_one else to_pass_first(session, track, seat.person_id)
    if first is not None:
        return calm(
            _("First you pass the test: %(title)s", title=first.title),
            _("Then you can ask a mentor. Your wishes are kept, and you can change them meanwhile."),
            action=(_("Open the test"), url_for("attempts.show", test_id=first.id)),
        )
    chosen = None if open_one else next_wish(session, track, seat.person_id, role.key)[0]
    return render(
        "requests/asking.html", "requests/asking.html", status,
        open_one=open_one, before=[one for one in mine if one is not open_one], ends=ENDS, form=form,
        following=name_of_mentor(session, chosen) if chosen else "", reply_days=rules.reply_days,
        links=links, role=role, is_open=rules.window(utcnow().date()) is Window.OPEN,
    )  # fmt: skip


def _question(request_id: int, form: DeclineForm, status: int = 200) -> ResponseReturnValue:
    session, seat = db.session(), current_seat()
    asked = one_asked_of_me(session, seat, track_of(session, seat), request_id)
    return render("requests/one.html", "requests/one.html", status, asked=asked, form=form)
