"""Change one student of a draft round by hand: what it would do is shown before it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for
from flask_babel import gettext as _

from lti_mentoring.blueprints._access import FACULTY, current_seat, requires
from lti_mentoring.blueprints._failures import say
from lti_mentoring.blueprints._htmx import announce, redirect_or_hx, render
from lti_mentoring.blueprints._round_words import effect_words, group_effect_words, refusal_words
from lti_mentoring.blueprints._wire import row_number
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.rounds import Show, effect_of_all
from lti_mentoring.forms.rounds import Moved, SwapForm
from lti_mentoring.queries.round_changes import change_page
from lti_mentoring.services.rounds import ChangeRefused, Swap, change, effects_of, find_round, undo_change

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from lti_mentoring.queries.round_changes import ChangePage

bp = Blueprint("round_changes", __name__)
NOBODY = 0
"""Stands for no mentor in the list of mentors."""


@bp.get("/rounds/<int:round_id>/students/<int:student_id>")
@requires(FACULTY)
def ask(round_id: int, student_id: int) -> ResponseReturnValue:
    """Ask for another mentor, and say what the one chosen would do; nothing is changed."""
    form = SwapForm(request.args) if "who" in request.args else SwapForm()
    if not form.who.validate(form):
        form = SwapForm()
    return _page(round_id, student_id, form, request.args.get("mentor", type=row_number))


@bp.post("/rounds/<int:round_id>/students/<int:student_id>")
@requires(FACULTY)
def make(round_id: int, student_id: int) -> ResponseReturnValue:
    """Give the student, or the whole group, another mentor."""
    form = SwapForm(request.form)
    valid = form.validate()
    wanted = form.mentor.data if form.mentor.data is not None else NOBODY
    if not valid:
        return _page(round_id, student_id, form, wanted, 422)
    swap = Swap(student_id, wanted or None, form.reason.data or "", whole=form.who.data == Moved.GROUP)
    try:
        with unit_of_work() as session:
            change(session, current_seat(), round_id, swap, now=utcnow())
    except ChangeRefused as refused:
        form.mentor.errors = [say(refused)]
        return _page(round_id, student_id, form, wanted, 422)
    told = _("Changed. The reason is kept with the round.")
    return redirect_or_hx(url_for("rounds.show", round_id=round_id, show=Show.BY_HAND.value), told=told)


@bp.post("/rounds/<int:round_id>/changes/<int:change_id>/undo")
@requires(FACULTY)
def undo(round_id: int, change_id: int) -> ResponseReturnValue:
    """Take a change by hand back."""
    with unit_of_work() as session:
        undo_change(session, current_seat(), round_id, change_id, now=utcnow())
    return redirect_or_hx(url_for("rounds.show", round_id=round_id), told=_("The change is taken back."))


def _page(round_id: int, student_id: int, form: SwapForm, wanted: int | None, status: int = 200) -> ResponseReturnValue:
    session, seat = db.session(), current_seat()
    page = change_page(session, seat, round_id, student_id, wanted)
    whole = bool(page.group) and form.who.data == Moved.GROUP
    chosen = wanted if wanted is not None else _first_with_room(page, len(page.group) if whole else 1)
    found = find_round(session, seat, round_id)
    each = effects_of(session, found, student_id, chosen or None, whole=whole)
    refusal = refusal_words(effect_of_all(each.values()))
    effects = group_effect_words(each, page.group) if whole else effect_words(each[student_id])
    announce(refusal or " ".join(words for _fine, words in effects))
    return render(
        "rounds/change.html", "rounds/_effect.html", status,
        page=page, form=form, chosen=chosen, refusal=refusal, effects=effects,
    )  # fmt: skip


def _first_with_room(page: ChangePage, places: int) -> int:
    return next((one.mentor_id for one in page.others if one.free >= places), NOBODY)
