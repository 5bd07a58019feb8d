"""A student's milestone as mentors and faculty see it, and what they decide about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._access import FACULTY, STAFF, current_seat, requires
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.blueprints._meeting_words import PILLS, my_zone
from lti_mentoring.blueprints._milestone_failures import say
from lti_mentoring.blueprints._milestone_next import next_for_signer
from lti_mentoring.blueprints._milestone_words import (
    due_words,
    events,
    kind_words,
    pill,
    reader,
    size_words,
    theirs_words,
)
from lti_mentoring.blueprints._problems import both_versions
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.milestones import LOOKED_AT, ProgressState, Proof
from lti_mentoring.domain.sentences import WordsNeeded
from lti_mentoring.forms.milestones import AnswerForm, ExtendForm, ReasonForm
from lti_mentoring.queries.cases import find_case
from lti_mentoring.queries.milestone_pages import milestone_page
from lti_mentoring.services import milestones
from lti_mentoring.services.milestones import DateInThePast
from lti_mentoring.services.steps import MilestoneChanged

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue
    from flask_babel import LazyString
    from sqlalchemy.orm import Session

    from lti_mentoring.forms.milestones import Versioned
    from lti_mentoring.queries.milestone_pages import MilestonePage

bp = Blueprint("decisions", __name__, url_prefix="/students/<int:student_id>/milestones/<int:milestone_id>")


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that faculty may change for one student: where it begins, and its words."""

    begins: frozenset[ProgressState]
    title: LazyString
    text: LazyString
    button: LazyString
    told: LazyString


NOT_DONE = frozenset({ProgressState.OPEN, ProgressState.SUBMITTED, ProgressState.RETURNED})
RULES = {
    "extend": Rule(
        NOT_DONE,
        _l("Give more time"),
        _l("The new date counts for this student alone."),
        _l("Give this date"),
        _l("The new date counts from now on."),
    ),
    "excuse": Rule(
        NOT_DONE,
        _l("Excuse from this milestone"),
        _l("It then counts neither for nor against the student, in the grade and for the certificate."),
        _l("Excuse"),
        _l("Excused. The grade is formed without this milestone."),
    ),
    "lift": Rule(
        frozenset({ProgressState.EXCUSED}),
        _l("Ask for it after all"),
        _l("The milestone counts again, and the student has to do it."),
        _l("Ask for it"),
        _l("The milestone counts again."),
    ),
    "reopen": Rule(
        frozenset({ProgressState.ACCEPTED}),
        _l("Open it again"),
        _l("Takes the sign-off back. The grade is formed anew."),
        _l("Open it again"),
        _l("Opened again. The grade is formed anew."),
    ),
}


@bp.get("")
@requires(STAFF)
def show(student_id: int, milestone_id: int) -> ResponseReturnValue:
    """Show one student's milestone."""
    return _page(student_id, milestone_id)


@bp.post("/answer")
@requires(STAFF)
def answer(student_id: int, milestone_id: int) -> ResponseReturnValue:
    """Sign the milestone off, or send back what was sent."""
    form = AnswerForm(request.form, prefix="answer-")
    accepts = request.form.get("decision") == "accept"
    verb = milestones.accept if accepts else milestones.send_back

    def act(session: Session) -> None:
        verb(session, current_seat(), student_id, milestone_id, _words(form), form.opened_on, now=utcnow())

    name = _name(student_id, milestone_id)
    told = _("Signed off. %(name)s gets a mail.", name=name) if accepts else _("Sent back to %(name)s.", name=name)
    return _done(student_id, milestone_id, "answer", form, act, told)


@bp.post("/extend")
@requires(FACULTY)
def extend(student_id: int, milestone_id: int) -> ResponseReturnValue:
    """Give the student a date of their own."""
    form = ExtendForm(request.form, prefix="extend-")

    def act(session: Session) -> None:
        if form.due_on.data is not None:
            milestones.extend(
                session, current_seat(), student_id, milestone_id, form.due_on.data, _words(form), form.opened_on,
                now=utcnow(),
            )  # fmt: skip

    return _done(student_id, milestone_id, "extend", form, act, str(RULES["extend"].told))


@bp.post("/excuse")
@requires(FACULTY)
def excuse(student_id: int, milestone_id: int) -> ResponseReturnValue:
    """Excuse the student from this milestone."""
    return _by_rule(student_id, milestone_id, "excuse", milestones.excuse)


@bp.post("/lift")
@requires(FACULTY)
def lift(student_id: int, milestone_id: int) -> ResponseReturnValue:
    """Ask for an excused milestone after all."""
    return _by_rule(student_id, milestone_id, "lift", milestones.lift)


@bp.post("/reopen")
@requires(FACULTY)
def reopen(student_id: int, milestone_id: int) -> ResponseReturnValue:
    """Open a milestone again that was signed off."""
    return _by_rule(student_id, milestone_id, "reopen", milestones.reopen)


@bp.post("/appeal")
@requires(FACULTY)
def appeal(student_id: int, milestone_id: int) -> ResponseReturnValue:
    """Decide the student's appeal."""
    form = ReasonForm(request.form, prefix="appeal-")
    granted = request.form.get("decision") == "grant"

    def act(session: Session) -> None:
        milestones.decide_appeal(
            session, current_seat(), student_id, milestone_id, granted, _words(form), form.opened_on, now=utcnow()
        )

    told = _("Signed off. The student gets a mail.") if granted else _("It stays sent back. The student gets a mail.")
    return _done(student_id, milestone_id, "appeal", form, act, told)


def _by_rule(student_id: int, milestone_id: int, name: str, verb: Callable[..., None]) -> ResponseReturnValue:
    form = ReasonForm(request.form, prefix=f"{name}-")

    def act(session: Session) -> None:
        verb(session, current_seat(), student_id, milestone_id, _words(form), form.opened_on, now=utcnow())

    return _done(student_id, milestone_id, name, form, act, str(RULES[name].told))


def _done(
    student_id: int, milestone_id: int, name: str, form: Versioned, act: Callable[[Session], None], told: str
) -> ResponseReturnValue:
    """Check the form, act, and show the page again; what was typed stays when it did not work."""
    url = url_for(".show", student_id=student_id, milestone_id=milestone_id)
    if not form.validate():
        return _page(student_id, milestone_id, 422, name, form)
    try:
        with unit_of_work() as session:
            act(session)
    except MilestoneChanged as changed:
        return both_versions(_words(form), theirs_words(changed), url)
    except WordsNeeded as refused:
        form["words"].errors = [say(refused)]
        return _page(student_id, milestone_id, 422, name, form)
    except DateInThePast as refused:
        form["due_on"].errors = [say(refused)]
        return _page(student_id, milestone_id, 422, name, form)
    return redirect_or_hx(url, told=told)


def _page(
    student_id: int, milestone_id: int, status: int = 200, name: str = "", form: Versioned | None = None
) -> ResponseReturnValue:
    session = db.session()
    case = find_case(session, current_seat(), student_id, milestone_id)
    page = milestone_page(session, case, today=utcnow().date())
    assess_url = url_for("assessments.fill", student_id=student_id, milestone_id=milestone_id)
    forms = _forms(page) | ({name: form} if form else {})
    view = {
        "page": page,
        "pill": pill(page, own=False),
        "next": next_for_signer(page, assess_url),
        "events": events(page, own=False),
        "reader": reader(page),
        "due": due_words(page),
        "own": False,
        "may_send": False,
        "forms": forms,
        "open": name,
        "answers": _answers(page),
        "rules": {key: rule for key, rule in RULES.items() if page.is_faculty and _begins(page, rule)},
        "assess_url": assess_url if _may_assess(page) else "",
        "url": url_for(".show", student_id=student_id, milestone_id=milestone_id),
        "size_words": size_words,
        "kind_words": kind_words,
        "meeting_pills": PILLS,
        "zone": my_zone(current_seat()) if page.meetings else "",
    }
    partials = {
        "": "milestones/student.html",  # nothing was sent: whoever asks gets the page
        "answer": "milestones/_answer.html",
        "appeal": "milestones/_decide.html",
    }
    return render("milestones/student.html", partials.get(name, "milestones/_rule.html"), status, name=name, **view)


def _forms(page: MilestonePage) -> dict[str, Versioned]:
    data = {"version": page.version}
    reasons: dict[str, Versioned] = {
        name: ReasonForm(data=data, prefix=f"{name}-") for name in ("excuse", "lift", "reopen", "appeal")
    }
    extend_form = ExtendForm(data=data | {"due_on": page.own_date or page.standing.due}, prefix="extend-")
    return reasons | {"extend": extend_form, "answer": AnswerForm(data=data, prefix="answer-")}


def _answers(page: MilestonePage) -> tuple[str, ...]:
    """Return what the person in the seat may answer now: accept, return, both or nothing."""
    if not page.may_sign or page.retired:
        return ()
    if page.standing.proof in LOOKED_AT:
        sent = {ProgressState.SUBMITTED: ("accept", "return"), ProgressState.RETURNED: ("accept",)}
        if page.held:
            sent[ProgressState.OPEN] = ("accept",)
        return sent.get(page.state, ())
    return ("accept",) if page.standing.proof is Proof.WORD and page.state in NOT_DONE else ()


def _may_assess(page: MilestonePage) -> bool:
    if not (page.may_sign and page.form_title and page.mentor_name) or page.retired:
        return False
    return page.standing.proof is not Proof.ASSESSMENT or page.state in NOT_DONE


def _begins(page: MilestonePage, rule: Rule) -> bool:
    return page.state in rule.begins and not page.retired


def _words(form: Versioned) -> str:
    return str(form["words"].data or "")


def _name(student_id: int, milestone_id: int) -> str:
    return find_case(db.session(), current_seat(), student_id, milestone_id).student.shown_name
