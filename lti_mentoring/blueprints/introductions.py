"""Introductions: a mentor makes them, the student sees them in the own network and says what came of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._access import MENTOR, STUDENT, TAKER, current_seat, requires
from lti_mentoring.blueprints._calm import setting_up
from lti_mentoring.blueprints._failures import explain
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.introductions import IntroductionState, NotToBeIntroduced, height_of, laid_out
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.forms.introductions import IntroduceForm
from lti_mentoring.queries.introductions import (
    MOST_FOUND,
    made_by_me,
    made_to_me,
    my_student,
    network_of,
    others_to_pick,
)
from lti_mentoring.queries.seats import track_of
from lti_mentoring.services import introductions as services

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("introductions", __name__)
explain(
    "introduction_settled",
    _l("This introduction is settled"),
    _l("It has been answered or taken back meanwhile. Nothing was changed."),
    status=409,
)
explain(
    "nobody_to_introduce_to",
    _l("It is not said to whom"),
    _l("Choose a mentor, or write the name of somebody else. Nothing was changed."),
    status=422,
)
explain(
    "not_to_be_introduced",
    _l("This mentor is not available for the student"),
    _l("Choose somebody else. Nothing was changed."),
    status=422,
)
STATES = {
    IntroductionState.OPEN: ("wait", _l("To come")),
    IntroductionState.MET: ("done", _l("You met")),
    IntroductionState.NOT_NEEDED: ("", _l("Not needed any more")),
}
STATES_OF_STUDENT = {**STATES, IntroductionState.MET: ("done", _l("They met"))}
"""As the mentors read them."""


@bp.get("/my-network")
@requires(STUDENT)
def network() -> ResponseReturnValue:
    """Show a student's mentors and introductions, as a picture and as a list."""
    session, seat = db.session(), current_seat()
    if seat.track_id is None or not seat.track_published:
        return setting_up()
    view = network_of(session, seat, track_of(session, seat))
    knots = laid_out(view.branches(_("Mentor"), _("Mentor before")))
    return render(
        "introductions/network.html", "introductions/network.html",
        view=view, knots=knots, height=height_of(knots), states=STATES,
    )  # fmt: skip


@bp.get("/my-introductions")
@requires(MENTOR)
def mine() -> ResponseReturnValue:
    """Show a mentor the introductions that were made by and to them."""
    session, seat = db.session(), current_seat()
    if seat.track_id is None or not seat.track_published:
        return setting_up()
    track = track_of(session, seat)
    return render(
        "introductions/mine.html", "introductions/mine.html",
        by_me=made_by_me(session, seat, track), to_me=made_to_me(session, seat, track), states=STATES_OF_STUDENT,
    )  # fmt: skip


@bp.get("/students/<int:student_id>/introduce")
@requires(MENTOR)
def ask(student_id: int) -> ResponseReturnValue:
    """Ask whom a student is to be introduced to."""
    return _page(student_id)


@bp.post("/students/<int:student_id>/introduce")
@requires(MENTOR)
def introduce(student_id: int) -> ResponseReturnValue:
    """Introduce the student."""
    form = IntroduceForm((), request.form)
    if not form.validate():
        return _page(student_id, posted=True)
    try:
        with unit_of_work() as session:
            seat = current_seat()
            services.introduce(
                session, seat, track_of(session, seat), student_id, form.to(), form.purpose.data or "", now=utcnow()
            )
    except NotToBeIntroduced:
        return _page(student_id, posted=True, refused=True)
    return redirect_or_hx(url_for("introductions.mine"), told=_("Introduced. The student gets a mail and sees it."))


@bp.post("/introductions/<int:introduction_id>/met")
@requires(STUDENT)
def met(introduction_id: int) -> ResponseReturnValue:
    """Say that the two met."""
    return _settle(introduction_id, IntroductionState.MET, _("Noted: you met."))


@bp.post("/introductions/<int:introduction_id>/not-needed")
@requires(STUDENT)
def not_needed(introduction_id: int) -> ResponseReturnValue:
    """Say that it is not needed any more."""
    return _settle(introduction_id, IntroductionState.NOT_NEEDED, _("Noted: not needed any more."))


@bp.post("/introductions/<int:introduction_id>/take-back")
@requires(TAKER)
def take_back(introduction_id: int) -> ResponseReturnValue:
    """Take an introduction back, as the mentor who made it or as the student."""
    return _settle(introduction_id, IntroductionState.TAKEN_BACK, _("Taken back. Nobody sees it any more."))


def _settle(introduction_id: int, state: IntroductionState, told: str) -> ResponseReturnValue:
    with unit_of_work() as session:
        seat = current_seat()
        services.settle(session, seat, introduction_id, state, now=utcnow())
    page = "introductions.network" if seat.role is SeatRole.STUDENT else "introductions.mine"
    return redirect_or_hx(url_for(page), told=told)


def _page(student_id: int, *, posted: bool = False, refused: bool = False) -> ResponseReturnValue:
    session, seat = db.session(), current_seat()
    if seat.track_id is None or not seat.track_published:
        return setting_up()
    track = track_of(session, seat)
    _guide, student = my_student(session, seat, track, student_id)
    wanted = request.args.get("q", "").strip()[:100]
    others = others_to_pick(session, seat, track, wanted=wanted)
    form = IntroduceForm(others, request.form if posted else None)
    if posted:
        form.validate()
    if refused:
        words = _("This mentor is not available for %(student)s. Choose somebody else.", student=student.shown_name)
        form.to_mentor.errors = [*form.to_mentor.errors, words]
    return render(
        "introductions/introduce.html", "introductions/introduce.html", 422 if posted else 200,
        form=form, student_id=student_id, name=student.shown_name, wanted=wanted, others=others,
        most=MOST_FOUND,
        smalls={str(number): field for number, _name, field in others if field},
    )  # fmt: skip
