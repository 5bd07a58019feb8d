"""Fill a form about a student on a phone, and read one that was sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lti_mentoring.blueprints._access import IN_COURSE, STAFF, current_seat, requires
from lti_mentoring.blueprints._htmx import redirect_or_hx, render, wants_partial
from lti_mentoring.blueprints._milestone_failures import say
from lti_mentoring.blueprints._milestone_words import theirs_words
from lti_mentoring.blueprints._problems import both_versions
from lti_mentoring.blueprints._words import moment, short_day
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.assessments import NOT_OBSERVED, Answers, ItemKind, missing, read_answers
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.sentences import WordsNeeded
from lti_mentoring.forms.assessments import FilledForm, field_of, form_for, sent_answers
from lti_mentoring.queries.assessments import FormToFill, find_sent, form_to_fill
from lti_mentoring.queries.cases import find_case
from lti_mentoring.services import assessments
from lti_mentoring.services.assessments import AnswersMissing, NothingSeen, VerdictNeeded
from lti_mentoring.services.steps import MilestoneChanged, check_running

if TYPE_CHECKING:
    from datetime import datetime

    from flask.typing import ResponseReturnValue
    from wtforms import Field

    from lti_mentoring.domain.assessments import Item
    from lti_mentoring.queries.assessments import SentForm

bp = Blueprint("assessments", __name__)
BASE = "/students/<int:student_id>/milestones/<int:milestone_id>/assessment"


@dataclass(frozen=True, slots=True)
class Question:
    """One item on the page. ``smalls`` and ``last`` are second lines by value; ``apart`` is the answer for unseen."""

    item: Item
    field: Field
    smalls: dict[str, str]
    last: dict[str, str]
    apart: str


@bp.get(BASE)
@requires(STAFF)
def fill(student_id: int, milestone_id: int) -> ResponseReturnValue:
    """Show the form, with what was answered so far."""
    return _page(student_id, milestone_id)


@bp.post(BASE + "/draft")
@requires(STAFF)
def save(student_id: int, milestone_id: int) -> ResponseReturnValue:
    """Keep the answers so far; only the assessor sees them."""
    now, sent = utcnow(), _sent(student_id, milestone_id)
    with unit_of_work() as session:
        assessments.save_draft(session, current_seat(), student_id, milestone_id, sent, now=now)
    if wants_partial():
        form = _read(student_id, milestone_id)
        return render_template("assessments/_saved.html", bar=_bar(form, form.answers, _verdict(), now))
    return redirect_or_hx(url_for(".fill", student_id=student_id, milestone_id=milestone_id), told=_("Saved."))


@bp.post(BASE)
@requires(STAFF)
def send(student_id: int, milestone_id: int) -> ResponseReturnValue:
    """Send the form to the student."""
    known = _read(student_id, milestone_id)
    form = form_for(known.definition, Answers(), known.version, request.form)
    seat, sent = current_seat(), sent_answers(known.definition, request.form)
    url = url_for("decisions.show", student_id=student_id, milestone_id=milestone_id)
    try:
        with unit_of_work() as session:
            assessments.complete(
                session, seat, student_id, milestone_id, sent,
                reached=form.verdict, version=form.opened_on, now=utcnow(),
            )  # fmt: skip
    except MilestoneChanged as changed:
        words = assessments.words_of(known.definition, read_answers(known.definition, sent))
        return both_versions(words, theirs_words(changed), url)
    except (AnswersMissing, VerdictNeeded, NothingSeen, WordsNeeded) as refused:
        _put_beside(known, form, refused)
        return _page(student_id, milestone_id, 422, form)
    return redirect_or_hx(url, told=_("Sent to %(name)s.", name=known.student_name))


@bp.get("/assessments/<int:assessment_id>")
@requires(IN_COURSE)
def show(assessment_id: int) -> ResponseReturnValue:
    """Show a form that was sent, as the words of who filled it."""
    seat = current_seat()
    form = find_sent(db.session(), seat, assessment_id)
    own = seat.role is SeatRole.STUDENT
    back = (
        url_for("milestones.mine", milestone_id=form.milestone_id)
        if own
        else url_for("decisions.show", student_id=form.student_id, milestone_id=form.milestone_id)
    )
    return render_template("assessments/sent.html", form=form, lines=_lines(form), own=own, back=back)


def _read(student_id: int, milestone_id: int) -> FormToFill:
    session = db.session()
    case = find_case(session, current_seat(), student_id, milestone_id)
    case.check_signer()
    check_running(case)
    return form_to_fill(session, case)


def _sent(student_id: int, milestone_id: int) -> dict[str, list[str]]:
    return dict(sent_answers(_read(student_id, milestone_id).definition, request.form))


def _page(student_id: int, milestone_id: int, status: int = 200, form: FilledForm | None = None) -> ResponseReturnValue:
    known = _read(student_id, milestone_id)
    shown = form or form_for(known.definition, known.answers, known.version, None)
    given = read_answers(known.definition, sent_answers(known.definition, request.form)) if form else known.answers
    questions = [_question(known, shown, item) for item in known.definition.items]
    view = {
        "known": known,
        "form": shown,
        "first": [one for one in questions if one.item.key == known.definition.judgement],
        "others": [one for one in questions if not one.item.folded and one.item.key != known.definition.judgement],
        "folded": [one for one in questions if one.item.folded],
        "bar": _bar(known, given, shown.verdict, known.saved_at),
        "url": url_for(".fill", student_id=student_id, milestone_id=milestone_id),
        "back": url_for("decisions.show", student_id=student_id, milestone_id=milestone_id),
    }
    return render("assessments/fill.html", "assessments/_form.html", status, **view)


def _question(known: FormToFill, form: FilledForm, item: Item) -> Question:
    smalls = {str(level.value): _(level.hint) for level in item.levels if level.hint}
    last = known.last.get(item.key)
    marks = {}
    if last is not None:
        marks[str(last.level)] = _("The last one: %(level)s, on %(day)s", level=last.level, day=short_day(last.at))
    if item.may_be_unseen:
        smalls[NOT_OBSERVED] = _("Leaves the answer empty; it is not a zero")
    return Question(item, field_of(form, item.key), smalls, marks, NOT_OBSERVED if item.may_be_unseen else "")


def _bar(known: FormToFill, answers: Answers, verdict: bool | None, saved_at: datetime | None) -> tuple[str, str]:
    """Say what is missing and when it was saved."""
    number = len(missing(known.definition, answers)) + int(known.proves and verdict is None)
    to_go = ngettext("%(num)s answer to go", "%(num)s answers to go", number) if number else _("Ready to send")
    return str(to_go), str(_("saved %(moment)s", moment=moment(saved_at)) if saved_at else "")


def _verdict() -> bool | None:
    return FilledForm(request.form).verdict


def _put_beside(known: FormToFill, form: FilledForm, refused: Exception) -> None:
    """Put the words beside the fields that they are about."""
    if isinstance(refused, AnswersMissing):
        for key in refused.keys:
            item = known.definition.item(key)
            field_of(form, key).errors = [_(item.missing) if item.missing else _("This answer is needed")]
    if isinstance(refused, AnswersMissing) and known.proves and form.verdict is None:
        form.reached.errors = [say(VerdictNeeded())]
    elif isinstance(refused, (VerdictNeeded, NothingSeen)):
        form.reached.errors = [say(refused)]
    elif isinstance(refused, WordsNeeded):
        texts = [item for item in known.definition.items if item.kind is ItemKind.TEXT and item.required]
        field = field_of(form, texts[0].key) if texts else form.reached
        field.errors = [say(refused)]


def _lines(form: SentForm) -> list[tuple[str, str, str, bool]]:
    """Return (question, answer, second line, whether it is somebody's words) for each item that was answered."""
    lines = []
    for item in form.definition.items:
        value = form.answers.values.get(item.key)
        level = item.level(value) if item.kind is ItemKind.ORDINAL else None
        if item.key in form.answers.not_observed:
            lines.append((_(item.label), _("Not seen well enough to say"), "", False))
        elif level is not None:
            lines.append((_(item.label), _(level.label), _(level.hint) if level.hint else "", False))
        elif isinstance(value, bool):
            lines.append((_(item.label), _("Yes") if value else _("No"), "", False))
        elif isinstance(value, list):
            lines.append((_(item.label), ", ".join(_(words) for key, words in item.options if key in value), "", False))
        elif value:
            lines.append((_(item.label), str(value), "", True))
    return lines
