"""Long work: its bar, asked for again by htmx until it ends, and the questions that it may have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._access import FACULTY, current_seat, requires
from lti_mentoring.blueprints._failures import explain
from lti_mentoring.blueprints._htmx import announce, redirect_or_hx, render, wants_partial
from lti_mentoring.blueprints._problems import problem
from lti_mentoring.blueprints._round_words import published_words, taken_back_words
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.models import JobKind
from lti_mentoring.queries.jobs import find_job_view
from lti_mentoring.services.roster import confirm_hold, dismiss_hold

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from lti_mentoring.queries.jobs import JobView

bp = Blueprint("jobs", __name__)

OF_A_ROUND = (JobKind.PUBLISHING, JobKind.TAKING_BACK, JobKind.CHECKING)
TITLES = {
    JobKind.ROSTER: _l("Reading the course list"),
    JobKind.CERTIFICATES: _l("Issuing certificates"),
    JobKind.ROUND: _l("Drawing up a round"),
    JobKind.PUBLISHING: _l("Publishing the round"),
    JobKind.TAKING_BACK: _l("Taking the round back"),
    JobKind.CHECKING: _l("Checking the round again"),
}
STOP_POLLING = 286
"""htmx ends a polling trigger on this status."""
WHY_FAILED = {
    "platform_unavailable": _l("The course did not answer. Nothing was changed; press the button again later."),
    "platform_answer_unreadable": _l(
        "The course answered with something that is no list (often a page that says that it is being looked after). "
        "Nothing was changed; press the button again later."
    ),
    "platform_refused": _l(
        "The course said no. Nothing was changed. Its administrator has to allow this tool to read the course list."
    ),
    "scope_not_granted": _l(
        "The course does not let this tool read its list. Nothing was changed. Its administrator can allow it."
    ),
    "no_roster": _l("The course does not offer its list to this tool any more. Its administrator can allow it again."),
    "gave_up": _l("It was begun several times and never came to its end. Press the button again, or ask for help."),
}


@bp.app_template_filter()
def work_title(kind: JobKind) -> str:
    """Say what long work does."""
    return str(TITLES[kind])


@bp.app_template_filter()
def why_failed(code: str) -> str:
    """Say why long work failed."""
    return str(WHY_FAILED.get(code) or problem(code, 422).title)


@bp.app_template_filter()
def why_not(code: str) -> str:
    """Say in one line why long work left somebody out."""
    return str(problem(code, 422).title)


@bp.get("/jobs/<int:job_id>")
@requires(FACULTY)
def show(job_id: int) -> ResponseReturnValue:
    """Show how far the work is; the status 286 tells htmx that it need not ask again."""
    job = find_job_view(db.session(), current_seat(), job_id)
    over = wants_partial() and not job.is_under_way
    if over and job.kind in OF_A_ROUND:  # the page around it says how the round stood before
        return redirect_or_hx(round_page(job), told=round_words(job))
    if over:
        announce(_("The work has ended."))
    return render("jobs/show.html", "jobs/_job.html", STOP_POLLING if over else 200, job=job)


@bp.post("/jobs/<int:job_id>/confirm")
@requires(FACULTY)
def confirm(job_id: int) -> ResponseReturnValue:
    """Believe a list that was held back."""
    with unit_of_work() as session:
        confirm_hold(session, current_seat(), job_id, now=utcnow())
    return redirect_or_hx(url_for("mentors.show"), told=_("The list is read once more, and then believed."))


@bp.post("/jobs/<int:job_id>/dismiss")
@requires(FACULTY)
def dismiss(job_id: int) -> ResponseReturnValue:
    """Keep everybody whom a held list does not name."""
    with unit_of_work() as session:
        dismiss_hold(session, current_seat(), job_id, now=utcnow())
    return redirect_or_hx(url_for("mentors.show"), told=_("Everybody stays as they were."))


@bp.app_template_filter()
def round_words(job: JobView) -> str:
    """Say what became of a round; nothing where its page says what was in the way."""
    if job.is_failed:
        return ""
    if job.kind is JobKind.CHECKING:
        return str(_("The round has been checked again."))
    if job.kind is JobKind.PUBLISHING:
        return published_words(job.total or 0)
    return taken_back_words(job.total or 0, job.numbers["stay"])


@bp.app_template_filter()
def round_page(job: JobView) -> str:
    """Return the address of the page that says what became of a round."""
    endpoint = "fairness.check" if job.kind is JobKind.CHECKING else "rounds.show"
    return url_for(endpoint, round_id=job.numbers["round"])


def is_roster(kind: JobKind) -> bool:
    """Tell the reading of a list from other work."""
    return kind is JobKind.ROSTER


def is_round(kind: JobKind) -> bool:
    """Tell the drawing up of a round from other work."""
    return kind is JobKind.ROUND


bp.add_app_template_test(is_roster, "a_roster")


def is_of_a_round(kind: JobKind) -> bool:
    """Tell publishing, taking back and checking from other work."""
    return kind in OF_A_ROUND


bp.add_app_template_test(is_round, "a_round")
bp.add_app_template_test(is_of_a_round, "of_a_round")
explain(
    "no_roster",
    _l("This course does not offer its list"),
    _l("Its administrator has to allow this tool to read names and roles. People still come in as they open the tool."),
    status=409,
)
explain(
    "nothing_held",
    _l("Somebody has answered this already"),
    _l("Nothing was changed by your press. The page of mentors shows how it stands now."),
    status=409,
)
