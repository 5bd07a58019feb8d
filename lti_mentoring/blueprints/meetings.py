"""Meetings of a mentor and a student: either proposes, the other answers, and what came of it is said by either."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._access import TAKER, current_seat, requires
from lti_mentoring.blueprints._award_words import download
from lti_mentoring.blueprints._calm import setting_up
from lti_mentoring.blueprints._failures import explain
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.blueprints._meeting_calendar import KIND, as_calendar
from lti_mentoring.blueprints._meeting_page import (
    plan_form,
    sealer,
    show_meeting,
    show_plan,
    talk_form,
    told_met,
)
from lti_mentoring.blueprints._meeting_words import HEADINGS, PILLS, about, lasts, my_zone, vocabulary_here, where
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.meetings import Act, ActNotPossible, MeetingChanged, MeetingRefused, NoteChanged
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.forms.meetings import HeldForm, NoteForm, ProposeForm
from lti_mentoring.queries.meeting_proofs import proved_by_meetings
from lti_mentoring.queries.meetings import agreed_meanwhile, my_meeting, my_meetings, partners
from lti_mentoring.queries.seats import track_of
from lti_mentoring.services import meetings as services

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from flask.typing import ResponseReturnValue
    from werkzeug.datastructures import MultiDict

    from lti_mentoring.models import Meeting

bp = Blueprint("meetings", __name__)
F = TypeVar("F", bound=ProposeForm)
explain(
    MeetingChanged.code,
    _l("The meeting was changed while you had it open"),
    _l("Nothing was overwritten. Load the page again, look at what it is now, and decide anew."),
    status=409,
)
explain(
    ActNotPossible.code,
    _l("This is not possible with the meeting any more"),
    _l("Load the page again: it says where the meeting stands. Nothing was changed."),
    status=409,
)
explain(
    NoteChanged.code,
    _l("You changed this note in another window"),
    _l("Nothing was overwritten. Load the page again to read both."),
    status=409,
)
explain("meeting_refused", _l("The meeting cannot be like this"), _l("Look at when, how long, about what and where."))


@bp.get("/meetings")
@requires(TAKER)
def show() -> ResponseReturnValue:
    """Show one's meetings: what waits for oneself first."""
    seat = current_seat()
    if seat.track_id is None or not seat.track_published:
        return setting_up()
    session = db.session()
    found = my_meetings(session, seat, now=utcnow())
    may_propose = bool(partners(session, seat, track_of(session, seat)))
    groups = [(one, words, found[one]) for one, words in HEADINGS.items() if found[one]]
    return render(
        "meetings/list.html", "meetings/list.html",
        groups=groups, may_propose=may_propose, zone=my_zone(seat), pills=PILLS, where=where, about=about, lasts=lasts,
    )  # fmt: skip


@bp.get("/meetings/new")
@requires(TAKER)
def new() -> ResponseReturnValue:
    """Ask when, where, about what, and with whom."""
    seat = current_seat()
    if seat.track_id is None or not seat.track_published:
        return setting_up()
    return _new_page(_asked_for(ProposeForm))


@bp.post("/meetings/new")
@requires(TAKER)
def propose() -> ResponseReturnValue:
    """Propose a meeting."""
    if not current_seat().track_published:
        return setting_up()
    form = _filled(ProposeForm, request.form)
    if not form.validate():
        return _new_page(form, 422)
    with unit_of_work() as session:
        made = services.propose(session, current_seat(), form.mentorship.data, form.plan(), now=utcnow())
    return _proposed(made)


@bp.get("/meetings/held")
@requires(TAKER)
def new_held() -> ResponseReturnValue:
    """Ask for a meeting that took place and that nobody had planned."""
    seat = current_seat()
    if seat.track_id is None or not seat.track_published:
        return setting_up()
    return _held_page(_asked_for(HeldForm))


@bp.post("/meetings/held")
@requires(TAKER)
def note_held() -> ResponseReturnValue:
    """Note a meeting that took place."""
    seat = current_seat()
    if not seat.track_published:
        return setting_up()
    form = _filled(HeldForm, request.form)
    if not form.validate():
        return _held_page(form, 422)
    try:
        with unit_of_work() as session:
            made = services.note_held(session, seat, form.mentorship.data, form.plan(), now=utcnow())
    except MeetingRefused as refused:
        form.refuse(refused)
        return _held_page(form, 422)
    return redirect_or_hx(url_for("meetings.one", meeting_id=made.id), told=told_met(seat, made))


@bp.get("/meetings/<int:meeting_id>")
@requires(TAKER)
def one(meeting_id: int) -> ResponseReturnValue:
    """Show one meeting and what is to be done with it."""
    return show_meeting(meeting_id)


@bp.post("/meetings/<int:meeting_id>/agree")
@requires(TAKER)
def agree(meeting_id: int) -> ResponseReturnValue:
    """Agree to the time that the other named."""
    return _do(services.agree, meeting_id, _("Agreed. The other gets a mail."))


@bp.get("/meetings/<int:meeting_id>/move")
@requires(TAKER)
def ask_move(meeting_id: int) -> ResponseReturnValue:
    """Ask for another time."""
    view = my_meeting(db.session(), current_seat(), meeting_id)
    if Act.MOVE not in view.acts(utcnow()):
        raise ActNotPossible
    return show_plan(view, plan_form(view))


@bp.post("/meetings/<int:meeting_id>/move")
@requires(TAKER)
def move(meeting_id: int) -> ResponseReturnValue:
    """Propose another time; what was typed is not lost when somebody was quicker."""
    view = my_meeting(db.session(), current_seat(), meeting_id)
    form = plan_form(view, posted=True)
    if not form.validate():
        return show_plan(view, form, 422)
    try:
        with unit_of_work() as session:
            made = services.move(session, current_seat(), meeting_id, _version(), form.plan(), now=utcnow())
    except MeetingChanged:
        view = my_meeting(db.session(), current_seat(), meeting_id)
        if Act.MOVE not in view.acts(utcnow()):
            raise ActNotPossible(mine=form.agenda.data or "") from None
        return show_plan(view, form, 409, clash=True)
    return _proposed(made)


@bp.get("/meetings/<int:meeting_id>/cancel")
@requires(TAKER)
def ask_cancel(meeting_id: int) -> ResponseReturnValue:
    """Ask before a meeting is called off: the other gets a mail."""
    view = my_meeting(db.session(), current_seat(), meeting_id)
    if Act.CANCEL not in view.acts(utcnow()):
        raise ActNotPossible
    return render("meetings/cancel.html", "meetings/cancel.html", view=view, zone=my_zone(current_seat()))


@bp.post("/meetings/<int:meeting_id>/cancel")
@requires(TAKER)
def cancel(meeting_id: int) -> ResponseReturnValue:
    """Call a meeting off."""
    return _do(services.cancel, meeting_id, _("Called off. The other gets a mail."))


@bp.post("/meetings/<int:meeting_id>/met")
@requires(TAKER)
def met(meeting_id: int) -> ResponseReturnValue:
    """Say that the two met, how long and about what."""
    seat = current_seat()
    form = talk_form(my_meeting(db.session(), seat, meeting_id), posted=True)
    if not form.validate():
        return show_meeting(meeting_id, talk=form, status=422)
    try:
        with unit_of_work() as session:
            made = services.record_met(
                session, seat, meeting_id, _version(), form.minutes.data or 0, form.about(),
                milestone_id=form.milestone.data or None, now=utcnow(),
            )  # fmt: skip
    except MeetingChanged:
        return show_meeting(meeting_id, talk=form, status=409, clash="talk")
    return redirect_or_hx(url_for("meetings.one", meeting_id=meeting_id), told=told_met(seat, made))


@bp.post("/meetings/<int:meeting_id>/missed")
@requires(TAKER)
def missed(meeting_id: int) -> ResponseReturnValue:
    """Say that it did not take place."""
    return _do(services.record_missed, meeting_id, _("Noted: it did not take place."))


@bp.post("/meetings/<int:meeting_id>/note")
@requires(TAKER)
def note(meeting_id: int) -> ResponseReturnValue:
    """Keep one's own note; nothing written takes it away."""
    my_meeting(db.session(), current_seat(), meeting_id)
    form = NoteForm(request.form)
    if not form.validate():
        return show_meeting(meeting_id, note=form, status=422)
    text = form.text.data or ""
    try:
        with unit_of_work() as session:
            services.save_note(session, current_seat(), meeting_id, _version(), text, sealer(), now=utcnow())
    except NoteChanged:
        return show_meeting(meeting_id, note=form, status=409, clash="note")
    told = _("Saved. Nobody but you reads it.") if text else _("Your note is gone.")
    return redirect_or_hx(url_for("meetings.one", meeting_id=meeting_id), told=told)


@bp.get("/meetings/<int:meeting_id>/calendar.ics")
@requires(TAKER)
def calendar(meeting_id: int) -> ResponseReturnValue:
    """Hand a meeting to a calendar."""
    view = my_meeting(db.session(), current_seat(), meeting_id)
    return download(as_calendar(view), KIND, f"meeting-{meeting_id}.ics")


def _do(service: Callable[..., Any], meeting_id: int, told: str) -> ResponseReturnValue:
    with unit_of_work() as session:
        service(session, current_seat(), meeting_id, _version(), now=utcnow())
    return redirect_or_hx(url_for("meetings.one", meeting_id=meeting_id), told=told)


def _version() -> int:
    """Return the version that the page had; no meeting has 0, so that whoever sends none changes nothing."""
    return request.form.get("version", 0, type=int)


def _asked_for(kind: type[F]) -> F:
    """Return an empty form about whom, and for what, the person came to it."""
    return _filled(kind, None, request.args.get("student", type=int), request.args.get("milestone", type=int))


def _filled(
    kind: type[F],
    sent: MultiDict[str, str] | None,
    student_id: int | None = None,
    milestone_id: int | None = None,
) -> F:
    session, seat = db.session(), current_seat()
    track = track_of(session, seat)
    learner = seat.person_id if seat.role is SeatRole.STUDENT else student_id
    proves = proved_by_meetings(session, track.id, learner)
    form = kind(vocabulary_here(), my_zone(seat), utcnow(), sent, proves=proves, chosen=milestone_id)
    form.offer(partners(session, seat, track), student_id)
    return form


def _new_page(form: ProposeForm, status: int = 200) -> ResponseReturnValue:
    return render("meetings/new.html", "meetings/new.html", status, form=form)


def _held_page(form: ProposeForm, status: int = 200) -> ResponseReturnValue:
    return render("meetings/held.html", "meetings/held.html", status, form=form)


def _proposed(made: Meeting) -> ResponseReturnValue:
    """Lead on to the meeting; say where the sitter has agreed to another one at the same time."""
    also = agreed_meanwhile(db.session(), current_seat(), made.starts_at, made.minutes, but=made.id)
    told = _("Proposed. The other gets a mail and answers.")
    if also:
        told = _("%(told)s You have agreed to meet %(name)s at the same time.", told=told, name=also.other)
    return redirect_or_hx(url_for("meetings.one", meeting_id=made.id), told=told)
