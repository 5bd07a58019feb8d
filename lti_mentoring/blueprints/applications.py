"""Applying as a mentor from inside the course, and faculty's decisions about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for
from flask_babel import gettext as _

from lti_mentoring.blueprints._access import APPLICANT, FACULTY, current_seat, requires
from lti_mentoring.blueprints._failures import say
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.blueprints._profile_words import NAMES, lines_of, profession_words
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.applications import ApplicationState, ReasonNeeded
from lti_mentoring.domain.profiles import Part
from lti_mentoring.forms.applications import AcceptForm, DeclineForm, SendForm
from lti_mentoring.queries import applications as reads
from lti_mentoring.queries.seats import track_of
from lti_mentoring.services import applications

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("applications", __name__)


@bp.get("/apply")
@requires(APPLICANT)
def mine() -> ResponseReturnValue:
    """Show where one stands with applying here, and the one next step."""
    return _mine(SendForm())


@bp.post("/apply")
@requires(APPLICANT)
def begin() -> ResponseReturnValue:
    """Begin an application."""
    with unit_of_work() as session:
        seat = current_seat()
        applications.begin(session, seat, track_of(session, seat), now=utcnow())
    view = _own()
    first = view.profile.missing
    return redirect_or_hx(url_for("profiles.step", part=first[0].value) if first else url_for("applications.mine"))


@bp.post("/apply/send")
@requires(APPLICANT)
def send() -> ResponseReturnValue:
    """Send the application to the course team."""
    form = SendForm(request.form)
    if not form.validate():
        return _mine(form, 422)
    with unit_of_work() as session:
        seat = current_seat()
        words, places = form.words.data or "", form.places.data or 1
        applications.send(session, seat, track_of(session, seat), words, places, now=utcnow())
    told = _("Sent. You get a mail when your course team has decided.")
    return redirect_or_hx(url_for("applications.mine"), told=told)


@bp.post("/apply/withdraw")
@requires(APPLICANT)
def withdraw() -> ResponseReturnValue:
    """Take back what was sent."""
    with unit_of_work() as session:
        seat = current_seat()
        applications.withdraw(session, seat, track_of(session, seat), now=utcnow())
    told = _("Taken back. The course team sees it no longer.")
    return redirect_or_hx(url_for("applications.mine"), told=told)


@bp.get("/mentors/applications")
@requires(FACULTY)
def listed() -> ResponseReturnValue:
    """Show the track's applications, those that wait first."""
    session = db.session()
    track = track_of(session, current_seat())
    page = reads.applications_page(session, track, request.args.get("page", 1, type=int))
    is_open = reads.takes_applications(track)
    view = {"page": page, "open": is_open, "profession_words": profession_words, "pills": PILLS}
    return render("applications/list.html", "applications/_list.html", **view)


@bp.get("/mentors/applications/<int:application_id>")
@requires(FACULTY)
def one(application_id: int) -> ResponseReturnValue:
    """Show one application."""
    return _one(application_id)


@bp.post("/mentors/applications/<int:application_id>/accept")
@requires(FACULTY)
def accept(application_id: int) -> ResponseReturnValue:
    """Make the applicant a mentor."""
    form = AcceptForm(request.form)
    if not form.validate():
        return _one(application_id, accept_form=form)
    with unit_of_work() as session:
        seat = current_seat()
        track, places = track_of(session, seat), form.places.data or 0
        name = applications.accept(session, seat, track, application_id, places, now=utcnow())
    told = _("%(name)s is a mentor now and gets a mail.", name=name)
    return redirect_or_hx(url_for("applications.listed"), told=told)


@bp.post("/mentors/applications/<int:application_id>/decline")
@requires(FACULTY)
def decline(application_id: int) -> ResponseReturnValue:
    """Decline an application with a reason."""
    form = DeclineForm(request.form)
    if not form.validate():
        return _one(application_id, decline_form=form)
    try:
        with unit_of_work() as session:
            seat = current_seat()
            reason, track = form.reason.data or "", track_of(session, seat)
            name = applications.decline(session, seat, track, application_id, reason, now=utcnow())
    except ReasonNeeded as needed:
        form.reason.errors = [say(needed)]
        return _one(application_id, decline_form=form)
    told = _("Declined. %(name)s gets a mail.", name=name)
    return redirect_or_hx(url_for("applications.listed"), told=told)


PILLS = {
    ApplicationState.SENT: ("you", lambda: _("Waits for you")),
    ApplicationState.ACCEPTED: ("done", lambda: _("Accepted")),
    ApplicationState.DECLINED: ("", lambda: _("Declined")),
}


def _own() -> reads.OwnApplication:
    seat, session = current_seat(), db.session()
    return reads.own_application(session, seat, track_of(session, seat))


def _mine(form: SendForm, status: int = 200) -> ResponseReturnValue:
    view = _own()
    parts = [(part, NAMES[part], lines_of(view.profile, part)) for part in Part]
    bar = view.bar.value if view.bar else ""
    return render(
        "applications/mine.html", "applications/mine.html", status, view=view, parts=parts, form=form, bar=bar
    )


def _one(
    application_id: int, *, accept_form: AcceptForm | None = None, decline_form: DeclineForm | None = None
) -> ResponseReturnValue:
    view = reads.application_view(db.session(), current_seat(), application_id)
    parts = [(NAMES[part], lines_of(view.profile, part)) for part in Part]
    return render(
        "applications/one.html",
        "applications/one.html",
        422 if accept_form or decline_form else 200,
        view=view,
        parts=parts,
        pill=PILLS[view.state],
        accept_form=accept_form or AcceptForm(data={"places": view.places}),
        decline_form=decline_form or DeclineForm(),
    )
