"""A student's own plan: goals with a day and a few steps, private until the student shares one with the mentors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, make_response, render_template, request, url_for
from flask_babel import gettext as _

from lti_mentoring.blueprints._access import STUDENT, current_seat, requires
from lti_mentoring.blueprints._calm import setting_up
from lti_mentoring.blueprints._failures import say
from lti_mentoring.blueprints._goal_words import domain_words, goal_words
from lti_mentoring.blueprints._htmx import announce, redirect_or_hx, render, wants_partial
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.goals import MOST_OPEN, GoalChanged, GoalEnded, GoalsFull, GoalState
from lti_mentoring.forms.goals import SHOWN_AT_FIRST, GoalForm
from lti_mentoring.models import TrackState
from lti_mentoring.queries.goals import my_goal, my_goals
from lti_mentoring.queries.seats import track_of
from lti_mentoring.services import goals as services

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from lti_mentoring.domain.goals import GoalView

bp = Blueprint("goals", __name__)


@bp.get("/goals")
@requires(STUDENT)
def mine() -> ResponseReturnValue:
    """Show a student's goals, and what to do next."""
    session, seat = db.session(), current_seat()
    if seat.track_id is None or not seat.track_published:
        return setting_up()
    goals = my_goals(session, seat, track_of(session, seat))
    still = [one for one in goals if one.is_open]
    return _render(
        "mine", still=still, ended=goals[len(still) :], first=next(iter(still), None), full=len(still) >= MOST_OPEN
    )  # fmt: skip


@bp.get("/goals/new")
@requires(STUDENT)
def new() -> ResponseReturnValue:
    """Ask for a new goal."""
    if current_seat().track_id is None or not current_seat().track_published:
        return setting_up()
    return _form_page(_form())


@bp.post("/goals/new")
@requires(STUDENT)
def make() -> ResponseReturnValue:
    """Keep a new goal."""
    form = _form(posted=True)
    if not form.validate():
        return _form_page(form, 422)
    try:
        with unit_of_work() as session:
            seat = current_seat()
            number = services.set_goal(session, seat, track_of(session, seat), form.facts(), now=utcnow())
    except GoalsFull as full:
        form.form_errors.append(say(full))
        return _form_page(form, 409)
    return redirect_or_hx(url_for("goals.show", goal_id=number), told=_("Saved."))


@bp.get("/goals/<int:goal_id>")
@requires(STUDENT)
def show(goal_id: int) -> ResponseReturnValue:
    """Show one goal with its steps."""
    return _goal_page(goal_id)


@bp.get("/goals/<int:goal_id>/edit")
@requires(STUDENT)
def edit(goal_id: int) -> ResponseReturnValue:
    """Ask what is to be changed."""
    goal = _goal(goal_id)
    return _form_page(_form(goal), goal=goal)


@bp.post("/goals/<int:goal_id>/edit")
@requires(STUDENT)
def change(goal_id: int) -> ResponseReturnValue:
    """Keep what was changed; of two windows the later one chooses."""
    goal = _goal(goal_id)
    form = _form(goal, posted=True)
    if not form.validate():
        return _form_page(form, 422, goal)
    try:
        with unit_of_work() as session:
            seat = current_seat()
            track, version = track_of(session, seat), form.opened_on
            services.change_goal(session, seat, track, goal_id, form.facts(), version=version, now=utcnow())
    except GoalChanged:
        return _clash(goal_id, form)
    except GoalEnded as ended:
        form.form_errors.append(say(ended))
        return _form_page(form, 409, goal)
    return redirect_or_hx(url_for("goals.show", goal_id=goal_id), told=_("Saved."))


@bp.post("/goals/<int:goal_id>/steps/<int:action_id>/<any(done,undone):what>")
@requires(STUDENT)
def tick(goal_id: int, action_id: int, what: str) -> ResponseReturnValue:
    """Say that a step is done, or not done yet."""
    with unit_of_work() as session:
        seat = current_seat()
        track, done = track_of(session, seat), what == "done"
        services.tick(session, seat, track, goal_id, action_id, done=done, now=utcnow())
    return _done(goal_id, _("Noted: done.") if what == "done" else _("Noted: not done yet."), "steps")


@bp.post("/goals/<int:goal_id>/<any(met,dropped,open):state>")
@requires(STUDENT)
def settle(goal_id: int, state: str) -> ResponseReturnValue:
    """Say that the goal is met, drop it, or open it again."""
    with unit_of_work() as session:
        seat = current_seat()
        services.settle(session, seat, track_of(session, seat), goal_id, GoalState(state), now=utcnow())
    told = {"met": _("Met. Well done."), "dropped": _("Dropped. It stays here."), "open": _("It is open again.")}
    return _done(goal_id, told[state])


@bp.post("/goals/<int:goal_id>/<any(shared,private):whom>")
@requires(STUDENT)
def share(goal_id: int, whom: str) -> ResponseReturnValue:
    """Let one's mentors read the goal, or nobody."""
    with unit_of_work() as session:
        seat = current_seat()
        services.share(session, seat, track_of(session, seat), goal_id, shared=whom == "shared", now=utcnow())
    told = _("Your mentors can read it now.") if whom == "shared" else _("Nobody but you reads it now.")
    return _done(goal_id, told)


def _done(goal_id: int, told: str, anchor: str | None = None) -> ResponseReturnValue:
    if wants_partial():
        announce(told)
        return _goal_page(goal_id)
    return redirect_or_hx(url_for("goals.show", goal_id=goal_id, _anchor=anchor), told=told)


def _goal(goal_id: int) -> GoalView:
    session, seat = db.session(), current_seat()
    return my_goal(session, seat, track_of(session, seat), goal_id)


def _goal_page(goal_id: int) -> ResponseReturnValue:
    return _render("show", partial="goals/_goal.html", goal=_goal(goal_id))


def _form(goal: GoalView | None = None, *, posted: bool = False) -> GoalForm:
    session, seat = db.session(), current_seat()
    words = domain_words(track_of(session, seat).template)
    return GoalForm(words, utcnow().date(), goal, request.form if posted else None)


def _form_page(form: GoalForm, status: int = 200, goal: GoalView | None = None) -> ResponseReturnValue:
    return _render("form", status, form=form, goal=goal, at_first=SHOWN_AT_FIRST)


def _clash(goal_id: int, form: GoalForm) -> ResponseReturnValue:
    """Show the goal twice: as another window saved it, and as this one sends it."""
    kept = _goal(goal_id)
    sides = [(_("Saved in the other window"), kept.facts()), (_("In this window"), form.facts())]
    view = {"sides": sides, "goal": kept, **_words()}
    page = "goals/_clash.html" if wants_partial() else "goals/clash.html"
    return make_response(render_template(page, **view), 409)


def _render(page: str, status: int = 200, partial: str = "", **view: object) -> ResponseReturnValue:
    whole = f"goals/{page}.html"
    return render(whole, partial or whole, status, **view, **_words())


def _words() -> dict[str, object]:
    """Return what every page of goals says them by."""
    session, seat = db.session(), current_seat()
    track = track_of(session, seat)
    return {"say": goal_words(track.template, utcnow().date()), "is_open": track.state is TrackState.PUBLISHED}
