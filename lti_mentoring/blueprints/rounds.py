"""Rounds as faculty make them: list, new, review, publish, take back."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import Blueprint, current_app, request, url_for
from flask_babel import gettext as _

from lti_mentoring.blueprints._access import FACULTY, current_seat, requires
from lti_mentoring.blueprints._htmx import announce, redirect_or_hx, render
from lti_mentoring.blueprints._role_chosen import role_chosen
from lti_mentoring.blueprints._round_group_words import hindrance_words, set_choices
from lti_mentoring.blueprints._round_page import Preview, ReviewFrame, pair_lines, preview_of, read_show
from lti_mentoring.blueprints._round_words import (
    explain_all,
    strategies,
    strategy_name,
    strategy_notes,
)
from lti_mentoring.blueprints._spreadsheet import spreadsheet
from lti_mentoring.blueprints._waiting_words import held_back_words
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.rank_lists import MatchingWay
from lti_mentoring.domain.round_groups import GroupsInTheWay
from lti_mentoring.forms.rounds import AgainForm, RoundForm, usual_answers
from lti_mentoring.models import JobKind
from lti_mentoring.queries import rounds as reads
from lti_mentoring.queries.jobs import latest_job
from lti_mentoring.queries.rank_lists import rules_of
from lti_mentoring.queries.round_groups import group_sets
from lti_mentoring.queries.round_pairs import mentor_names, pairs
from lti_mentoring.queries.round_review import review_page
from lti_mentoring.queries.round_steps import round_step
from lti_mentoring.queries.seats import track_of
from lti_mentoring.services.drawing_up import RoundWish, queue_round
from lti_mentoring.services.publishing_jobs import queue_publishing, queue_taking_back
from lti_mentoring.services.rounds import discard, find_round

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue
    from werkzeug.datastructures import MultiDict

    from lti_mentoring.domain.matching.outcome import Matcher

bp = Blueprint("rounds", __name__)


@bp.get("/rounds")
@requires(FACULTY)
def show_all() -> ResponseReturnValue:
    """Show the track's rounds, and the drawing up of one that is under way."""
    session, seat = db.session(), current_seat()
    page, job = reads.rounds_page(session, seat), latest_job(session, seat, JobKind.ROUND)
    return render(
        "rounds/list.html", "rounds/list.html", page=page, job=job, strategies=dict(strategies(_matchers())),
        held_back_words=held_back_words,
    )  # fmt: skip


@bp.get("/rounds/new")
@requires(FACULTY)
def new() -> ResponseReturnValue:
    """Ask how to match, and show what that would give; nothing is written."""
    if "strategy" in request.args:
        form = _round_form(request.args)
    else:
        track = track_of(db.session(), current_seat())
        announced = rules_of(db.session(), track).strategy
        known = announced if announced in _matchers() else strategies(_matchers())[0][0]
        usual = usual_answers(known, role_chosen(track).key, request.args.get("together", ""))
        form = _round_form(usual)
    if not form.validate():
        return _new(form, None, 422)
    try:
        return _new(form, _preview(form))
    except GroupsInTheWay as found:
        return _in_the_way(form, found)


@bp.post("/rounds")
@requires(FACULTY)
def make() -> ResponseReturnValue:
    """Draw a round up, in the background."""
    form = _round_form(request.form)
    if not form.validate():
        return _new(form, None, 422)
    wanted = RoundWish(
        form.strategy.data, form.weights, secrets.token_hex(8), form.undo_hours.data or 0, form.role.data,
        form.together.data,
    )  # fmt: skip
    try:
        return _queue(wanted)
    except GroupsInTheWay as found:
        return _in_the_way(form, found)


@bp.get("/rounds/<int:round_id>")
@requires(FACULTY)
def show(round_id: int) -> ResponseReturnValue:
    """Show a round for review: how it fares, and its pairs, exceptions first."""
    return _review(round_id)


@bp.get("/rounds/<int:round_id>/pairs.csv")
@requires(FACULTY)
def export(round_id: int) -> ResponseReturnValue:
    """Give exactly the pairs that the page shows as a spreadsheet."""
    session, seat, wanted = db.session(), current_seat(), read_show(request.args)
    track = track_of(session, seat)
    view = reads.round_view(session, seat, round_id)
    rows = pairs(session, track, round_id, wanted)
    return spreadsheet(pair_lines(rows, mentor_names(session, track)), f"round-{view.number}-{wanted.value}.csv")


@bp.post("/rounds/<int:round_id>/again")
@requires(FACULTY)
def again(round_id: int) -> ResponseReturnValue:
    """Draw the round up once more from what is there now; the draft goes when the new one is there."""
    form = AgainForm(request.form)
    session, seat = db.session(), current_seat()
    found = find_round(session, seat, round_id)
    seed = found.seed if not form.validate() or form.lots.data == "same" else secrets.token_hex(8)
    weights = {trait: found.weights.get(trait.value, 0) for trait in RoundForm().weights}
    return _queue(RoundWish(found.strategy, weights, seed, found.undo_hours, found.mentor_role, found.kept_together))


@bp.post("/rounds/<int:round_id>/discard")
@requires(FACULTY)
def throw_away(round_id: int) -> ResponseReturnValue:
    """Put a draft aside for good."""
    with unit_of_work() as session:
        number = discard(session, current_seat(), round_id, now=utcnow()).number
    return redirect_or_hx(url_for("rounds.show_all"), told=_("Round %(number)s is discarded.", number=number))


@bp.post("/rounds/<int:round_id>/publish")
@requires(FACULTY)
def make_public(round_id: int) -> ResponseReturnValue:
    """Make all pairs of a draft mentorships, or none of them, in the background."""
    with unit_of_work() as session:
        queue_publishing(session, current_seat(), round_id, now=utcnow())
    return redirect_or_hx(url_for("rounds.show", round_id=round_id), told=_("The round is being published."))


@bp.post("/rounds/<int:round_id>/take-back")
@requires(FACULTY)
def undo(round_id: int) -> ResponseReturnValue:
    """End the mentorships of a published round that nobody has begun, in the background."""
    with unit_of_work() as session:
        queue_taking_back(session, current_seat(), round_id, now=utcnow())
    return redirect_or_hx(url_for("rounds.show", round_id=round_id), told=_("The round is being taken back."))


def _queue(wanted: RoundWish) -> ResponseReturnValue:
    with unit_of_work() as session:
        seat = current_seat()
        queue_round(session, seat, track_of(session, seat), wanted, now=utcnow())
    return redirect_or_hx(url_for("rounds.show_all"), told=_("The round is being drawn up. Nobody is told of it yet."))


def _round_form(sent: MultiDict[str, str]) -> RoundForm:
    form = RoundForm(sent)
    session = db.session()
    track = track_of(session, current_seat())
    form.offer(strategies(_matchers()), track.roles, set_choices(group_sets(session, track)))
    return form


def _preview(form: RoundForm) -> Preview:
    session, seat = db.session(), current_seat()
    return preview_of(
        session, track_of(session, seat), _matchers()[form.strategy.data], form.weights, form.role.data,
        form.together.data,
    )  # fmt: skip


def _in_the_way(form: RoundForm, found: GroupsInTheWay) -> ResponseReturnValue:
    """Say all that is in the way of keeping the groups together; nothing is drawn up."""
    form.together.errors = hindrance_words(found)
    announce(" ".join(form.together.errors))
    return _new(form, None, 422)


def _new(form: RoundForm, preview: Preview | None, status: int = 200) -> ResponseReturnValue:
    page = reads.rounds_page(db.session(), current_seat())
    role = page.role(form.role.data if not form.role.errors else page.roles[0].key)
    if preview is not None:
        announce(preview.said)
    return render(
        "rounds/new.html", "rounds/_preview.html", status,
        form=form, preview=preview, role=role, several=len(page.roles) > 1, notes=strategy_notes(),
        held_back_words=held_back_words, announced=_announced(form),
    )  # fmt: skip


def _announced(form: RoundForm) -> str:
    """Name the rule that students were told of, where another one is chosen; "" where it is that one, or none was."""
    session = db.session()
    rules = rules_of(session, track_of(session, current_seat()))
    is_another = rules.way is MatchingWay.ROUNDS and rules.strategy != form.strategy.data
    return strategy_name(rules.strategy) if is_another else ""


def _review(round_id: int) -> ResponseReturnValue:
    session, seat = db.session(), current_seat()
    page = review_page(session, seat, round_id, read_show(request.args), page=request.args.get("page", 1, type=int))
    frame = ReviewFrame(page, mentor_names(session, track_of(session, seat)))
    return render(
        "rounds/review.html", "rounds/_pairs.html",
        page=page, frame=frame, step=round_step(session, seat, page.round), again=AgainForm(),
        strategies=dict(strategies(_matchers())),
    )  # fmt: skip


def _matchers() -> Mapping[str, Matcher]:
    matchers: Mapping[str, Matcher] = current_app.extensions["matchers"]
    return matchers


explain_all()
