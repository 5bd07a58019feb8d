"""Take a test: what to know before, one page with all questions, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lti_mentoring.blueprints._access import TAKER, current_seat, requires
from lti_mentoring.blueprints._failures import say
from lti_mentoring.blueprints._htmx import redirect_or_hx, render, wants_partial
from lti_mentoring.blueprints._test_words import WORDS, training_path
from lti_mentoring.blueprints._words import moment
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.items import read_given
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.tests import AUDIENCE_OF, is_over, stamp
from lti_mentoring.forms.attempts import field_of, form_for, sent_answers
from lti_mentoring.queries.attempts import attempt_page, one_to_take, tests_to_take
from lti_mentoring.services import attempts
from lti_mentoring.services.attempts import NumbersUnreadable

if TYPE_CHECKING:
    from datetime import datetime

    from flask.typing import ResponseReturnValue
    from wtforms import Field, Form

    from lti_mentoring.models import Attempt
    from lti_mentoring.queries.attempts import AnswerLine, AttemptPage

bp = Blueprint("attempts", __name__, url_prefix="/tests")
A_MOMENT = 2
"""Seconds after the deadline at which the page asks the server what came of it."""


@dataclass(frozen=True, slots=True)
class Question:
    """One item on the page."""

    line: AnswerLine
    field: Field


@bp.get("")
@requires(TAKER)
def index() -> ResponseReturnValue:
    """List the tests that one takes here."""
    seat = current_seat()
    found = tests_to_take(db.session(), seat, AUDIENCE_OF[seat.role])
    return render_template("attempts/index.html", tests=found, is_mentor=seat.role is SeatRole.MENTOR, **WORDS)


@bp.get("/<int:test_id>")
@requires(TAKER)
def show(test_id: int) -> ResponseReturnValue:
    """Say what to know before one begins, and what came of it so far."""
    seat = current_seat()
    test = one_to_take(db.session(), seat, AUDIENCE_OF[seat.role], test_id)
    over = is_over(test.open_until, now=utcnow())
    return render_template("attempts/show.html", test=test, over=over, back=_back(), way=training_path(test), **WORDS)


@bp.post("/<int:test_id>/begin")
@requires(TAKER)
def begin(test_id: int) -> ResponseReturnValue:
    """Begin an attempt, or go on with the one that is open."""
    with unit_of_work() as session:
        attempt = attempts.begin(session, current_seat(), test_id, now=utcnow())
    return redirect_or_hx(url_for(".attempt", test_id=test_id, attempt_id=attempt.id))


@bp.get("/<int:test_id>/attempts/<int:attempt_id>")
@requires(TAKER)
def attempt(test_id: int, attempt_id: int) -> ResponseReturnValue:
    """Show the questions, or, once they are sent, what came of it."""
    page = _read(test_id, attempt_id)
    if page.ended_at is not None:
        return render_template("attempts/result.html", page=page, again=_again(test_id), **WORDS)
    if is_over(page.deadline_at, now=utcnow()):
        return render_template("attempts/over.html", page=page, **WORDS)
    form = form_for((one.item_id, one.asked, one.given) for one in page.answers)
    return _questions(page, form)


@bp.post("/<int:test_id>/attempts/<int:attempt_id>/draft")
@requires(TAKER)
def save(test_id: int, attempt_id: int) -> ResponseReturnValue:
    """Keep the answers so far; only their writer sees them."""
    now = utcnow()
    with unit_of_work() as session:
        sent = _sent(test_id, attempt_id)
        saved = attempts.save(session, current_seat(), test_id, attempt_id, sent, seen=_seen(), now=now)
    if saved.ended_at is not None:
        return _result(saved)
    url = url_for(".attempt", test_id=test_id, attempt_id=attempt_id)
    if wants_partial():
        page = _read(test_id, attempt_id)
        return render_template("attempts/_saved.html", bar=_bar(page, now), url=url, stamp=stamp(page.saved_at))
    return redirect_or_hx(url, told=_("Saved."))


@bp.post("/<int:test_id>/attempts/<int:attempt_id>")
@requires(TAKER)
def send(test_id: int, attempt_id: int) -> ResponseReturnValue:
    """Send the answers."""
    sent = _sent(test_id, attempt_id)
    try:
        with unit_of_work() as session:
            ended = attempts.send(session, current_seat(), test_id, attempt_id, sent, seen=_seen(), now=utcnow())
    except NumbersUnreadable as refused:
        page = _read(test_id, attempt_id)
        rows = ((one.item_id, one.asked, read_given(one.asked, sent[one.item_id])) for one in page.answers)
        form = form_for(rows)
        for item_id in refused.items:
            field_of(form, item_id).errors = [say(refused)]
        return _questions(page, form, 422)
    return _result(ended)


def _read(test_id: int, attempt_id: int) -> AttemptPage:
    return attempt_page(db.session(), current_seat(), test_id, attempt_id)


def _sent(test_id: int, attempt_id: int) -> dict[int, list[str]]:
    items = (one.item_id for one in _read(test_id, attempt_id).answers)
    return {item: list(texts) for item, texts in sent_answers(items, request.form).items()}


def _seen() -> str | None:
    return request.form.get("saved")


def _result(ended: Attempt) -> ResponseReturnValue:
    """Lead to what came of an attempt; say it where the time, and not its maker, ended it."""
    url = url_for(".attempt", test_id=ended.test_id, attempt_id=ended.id)
    late = ended.deadline_at is not None and ended.ended_at == ended.deadline_at
    told = _("The time was up. What was saved by then counts; what came later does not.") if late else ""
    return redirect_or_hx(url, told=told)


def _questions(page: AttemptPage, form: Form, status: int = 200) -> ResponseReturnValue:
    left = (page.deadline_at - utcnow()).total_seconds() if page.deadline_at else 0
    view = {
        "page": page,
        "form": form,
        "questions": [Question(one, field_of(form, one.item_id)) for one in page.answers],
        "bar": _bar(page, page.saved_at),
        "stamp": stamp(page.saved_at),
        "asks_in": int(left) + A_MOMENT if page.deadline_at else 0,
        "url": url_for(".attempt", test_id=page.test.id, attempt_id=page.attempt_id),
    }
    return render("attempts/take.html", "attempts/_form.html", status, **view, **WORDS)


def _bar(page: AttemptPage, saved_at: datetime | None) -> tuple[str, str]:
    """Say how many questions have no answer, and when it was saved."""
    number = sum(not one.given for one in page.answers)
    to_go = ngettext("%(num)s answer to go", "%(num)s answers to go", number) if number else _("Ready to send")
    return str(to_go), str(_("saved %(moment)s", moment=moment(saved_at)) if saved_at else "")


def _again(test_id: int) -> bool:
    seat = current_seat()
    return one_to_take(db.session(), seat, AUDIENCE_OF[seat.role], test_id).may_begin


def _back() -> tuple[str, str]:
    if current_seat().role is SeatRole.MENTOR:
        return _("Training"), url_for(".index")
    return _("Tests"), url_for(".index")
