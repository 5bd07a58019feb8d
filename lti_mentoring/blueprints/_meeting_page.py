"""The page of one meeting, and the page to change it: they also answer for a form that was filled in wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, request
from flask_babel import gettext as _

from lti_mentoring.blueprints._access import current_seat
from lti_mentoring.blueprints._htmx import render
from lti_mentoring.blueprints._meeting_words import PILLS, about, lasts, my_zone, vocabulary_here, where
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db
from lti_mentoring.domain.meetings import join_host
from lti_mentoring.domain.milestones import ProgressState
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.forms.meetings import NoteForm, PlanForm, TalkForm
from lti_mentoring.models.sealed import place_of
from lti_mentoring.queries.meeting_proofs import proved_by_meetings, stands_at
from lti_mentoring.queries.meetings import agreed_meanwhile, my_meeting, my_note

if TYPE_CHECKING:
    from flask import Response

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Meeting, MeetingNote
    from lti_mentoring.queries.meeting_proofs import ProvedByMeeting
    from lti_mentoring.queries.meetings import MeetingView
    from lti_mentoring.sealing import Sealer


def show_meeting(
    meeting_id: int, talk: TalkForm | None = None, note: NoteForm | None = None, status: int = 200, clash: str = ""
) -> Response:
    """Show one meeting; ``talk`` or ``note``: a form that was not taken. ``clash``: which of them came too late."""
    session, seat, now = db.session(), current_seat(), utcnow()
    view = my_meeting(session, seat, meeting_id)
    kept = my_note(session, seat, meeting_id)
    own = opened(kept)
    return render(
        "meetings/one.html", "meetings/one.html", status,
        view=view, stands=view.stands(now), acts=view.acts(now), zone=my_zone(seat), about=about, lasts=lasts,
        where=where(view), host=join_host(view.join_url), pill=PILLS[view.state], clash=clash, own=own,
        also=_also(view), learns=seat.role is SeatRole.STUDENT, note=note or NoteForm(text=own),
        note_version=kept.version if kept else 0,
        talk=talk or talk_form(view),
    )  # fmt: skip


def show_plan(view: MeetingView, form: PlanForm, status: int = 200, *, clash: bool = False) -> Response:
    """Show the form in which another time is proposed; ``clash``: the meeting was changed while it was filled in."""
    return render(
        "meetings/move.html", "meetings/move.html", status,
        view=view, form=form, clash=clash, zone=my_zone(current_seat()), pill=PILLS[view.state], where=where(view),
    )  # fmt: skip


def plan_form(view: MeetingView, *, posted: bool = False) -> PlanForm:
    """Return the form with what a meeting is now, or as it was sent."""
    data = request.form if posted else None
    return PlanForm(vocabulary_here(), my_zone(current_seat()), utcnow(), data, was=view, proves=_proves(view))


def talk_form(view: MeetingView, *, posted: bool = False) -> TalkForm:
    """Return the form in which it is said that the two met, with what a meeting is now, or as it was sent."""
    return TalkForm(
        vocabulary_here(), request.form if posted else None, proves=_proves(view), chosen=view.milestone_id,
        minutes=view.minutes, domains=list(view.domains),
    )  # fmt: skip


def told_met(seat: Sitter, made: Meeting) -> str:
    """Say that a meeting was noted, and what has become of the milestone that it was for."""
    view = my_meeting(db.session(), seat, made.id)
    state = stands_at(db.session(), view.milestone_id, view.student_id)
    if state is ProgressState.ACCEPTED:
        return str(_("Noted: you met. %(title)s is reached.", title=view.milestone_title))
    if state is ProgressState.SUBMITTED:
        return str(_("Noted: you met. %(title)s waits for whoever signs it off.", title=view.milestone_title))
    return str(_("Noted: you met."))


def _proves(view: MeetingView) -> list[ProvedByMeeting]:
    """Return what a meeting can be for: what the student has still to reach in this role, and what it is for now."""
    found = proved_by_meetings(db.session(), view.track_id, view.student_id, view.milestone_id)
    return [one for one in found if one.is_with(view.role)]


def opened(note: MeetingNote | None) -> str:
    """Return what one's own note says; "": there is none."""
    return sealer().open(note.sealed_text, place_of(note, "sealed_text")) if note else ""


def sealer() -> Sealer:
    """Return what seals and opens notes."""
    found: Sealer = current_app.extensions["sealer"]
    return found


def _also(view: MeetingView) -> MeetingView | None:
    """Return another agreed meeting of the sitter's at the same time, while this one is still to come."""
    if view.starts_at <= utcnow():
        return None
    return agreed_meanwhile(db.session(), current_seat(), view.starts_at, view.minutes, but=view.meeting_id)
