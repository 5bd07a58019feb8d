"""Faculty give students a mentor: one by hand, many from a list or as the matcher proposes; and move or end."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from flask import Blueprint, current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lti_mentoring.blueprints._access import FACULTY, current_seat, requires
from lti_mentoring.blueprints._assigning_words import explain_all
from lti_mentoring.blueprints._choosing_page import show_move
from lti_mentoring.blueprints._conflict_words import ask_despite
from lti_mentoring.blueprints._failures import say
from lti_mentoring.blueprints._group_words import group_name
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.blueprints._mentor_page import show_mentor
from lti_mentoring.blueprints._pairs import (
    Preview,
    place_wishes,
    preview,
    preview_proposal,
    preview_sheet,
    template_lines,
)
from lti_mentoring.blueprints._role_chosen import role_chosen
from lti_mentoring.blueprints._spreadsheet import spreadsheet
from lti_mentoring.blueprints._waiting_words import held_back_words
from lti_mentoring.blueprints._wire import row_number
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.assigning import Obstacle
from lti_mentoring.domain.assignment_csv import MOST_BYTES, SheetUnreadable, read_sheet
from lti_mentoring.domain.mentor_roles import MentorRole
from lti_mentoring.forms.assigning import AssignForm, DespiteForm, EndForm, MoveForm, UploadForm
from lti_mentoring.queries.conflicts import declared_between
from lti_mentoring.queries.groups import groups_of, people_in
from lti_mentoring.queries.pairing import pairing
from lti_mentoring.queries.seats import track_of
from lti_mentoring.services.assigning import (
    CapacityReached,
    PairImpossible,
    PlanChanged,
    assign,
    assign_all,
    end,
    propose,
    transfer,
)

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from lti_mentoring.domain.matching.outcome import Matcher

bp = Blueprint("assigning", __name__)


@bp.post("/students/<int:student_id>/mentor")
@requires(FACULTY)
def assign_one(student_id: int) -> ResponseReturnValue:
    """Give one student a mentor."""
    form, why = AssignForm(request.form), DespiteForm(request.form)
    despite = (why.despite.data or "") if why.validate() else ""
    try:
        with unit_of_work() as session:
            seat = current_seat()
            track, mentor_id = track_of(session, seat), form.mentor.data or 0
            role = request.form.get("role", "")
            made = assign(session, seat, track, student_id, mentor_id, now=utcnow(), role=role, despite=despite)
            names = {"student": made.student.shown_name, "mentor": made.mentor.person.shown_name}
    except PairImpossible as impossible:
        address = url_for("assigning.assign_one", student_id=student_id)
        asked = {name: request.form.get(name, "") for name in ("role", "back")}
        return _despite(impossible, address, {"mentor": form.mentor.data, **asked}, why)
    told = _("%(student)s is with %(mentor)s now. Both get a mail.", **names)
    back = "waiting_list.show" if request.form.get("back") == "waiting" else "mentors.show"
    return redirect_or_hx(url_for(back, role=request.form.get("role") or None), told=told)


@bp.post("/mentorships/<int:mentorship_id>/move")
@requires(FACULTY)
def move(mentorship_id: int) -> ResponseReturnValue:
    """Move a student to another mentor."""
    form = MoveForm(request.form)
    if not form.validate():
        return _not_moved(mentorship_id, form)
    why = DespiteForm(request.form)
    despite = (why.despite.data or "") if why.validate() else ""
    try:
        with unit_of_work() as session:
            seat = current_seat()
            moved = transfer(
                session, seat, track_of(session, seat), mentorship_id, form.mentor.data or 0, form.reason.data or "",
                now=utcnow(), despite=despite,
            )  # fmt: skip
            names = {"student": moved.student.shown_name, "mentor": moved.mentor.person.shown_name}
    except (CapacityReached, PairImpossible) as impossible:
        impossible.facts["mine"] = form.reason.data  # no form opens again with a mentor who has no place
        if isinstance(impossible, CapacityReached):
            raise
        hidden = {"mentor": form.mentor.data, "reason": form.reason.data}
        return _despite(impossible, url_for("assigning.move", mentorship_id=mentorship_id), hidden, why)
    told = _("%(student)s is with %(mentor)s now. All that was done is kept.", **names)
    return redirect_or_hx(url_for("mentors.show"), told=told)


@bp.post("/mentorships/<int:mentorship_id>/end")
@requires(FACULTY)
def end_one(mentorship_id: int) -> ResponseReturnValue:
    """End a mentorship early."""
    form = EndForm(request.form)
    if not form.validate():
        return show_mentor(request.form.get("from", 0, type=int), status=422, wrong=(mentorship_id, "end", form))
    with unit_of_work() as session:
        ended = end(session, current_seat(), mentorship_id, form.reason.data or "", now=utcnow())
        name = ended.student.shown_name
    told = _("%(name)s waits for another mentor now. All that was done is kept. Both get a mail.", name=name)
    return redirect_or_hx(url_for("mentors.show"), told=told)


@bp.get("/mentors/automatic")
@requires(FACULTY)
def automatic() -> ResponseReturnValue:
    """Show what the matcher proposes; nothing is changed."""
    session = db.session()
    track = track_of(session, current_seat())
    now_there, groups = pairing(session, track), groups_of(session, track)
    wanted = request.args.get("group", type=row_number)
    only = people_in(groups, wanted)
    matcher: Matcher = current_app.extensions["matcher"]
    role = role_chosen(track)
    pairs, left = propose(now_there, matcher, only, role=role.key)
    name = next((group_name(one) for one in groups if one.id == wanted), "")
    held = [one for one in now_there.held_back(role.key) if only is None or one.person_id in only]
    view = preview_proposal(
        now_there, pairs, left, MentorRole(role.key, track.role_names.get(role.key, "")), only=name,
        held_back=len(held),
    )  # fmt: skip
    return _preview(view)


@bp.get("/mentors/upload")
@requires(FACULTY)
def upload() -> ResponseReturnValue:
    """Ask for a list."""
    names = track_of(db.session(), current_seat()).role_names
    return render("assigning/upload.html", "assigning/upload.html", form=UploadForm(), names=names)


@bp.post("/mentors/upload")
@requires(FACULTY)
def read_upload() -> ResponseReturnValue:
    """Show what an uploaded list would do; nothing is changed."""
    form = UploadForm(request.files)
    try:
        sheet = read_sheet(_sent_file())
    except SheetUnreadable as unreadable:
        form.file.errors = [say(unreadable)]
        names = track_of(db.session(), current_seat()).role_names
        return render("assigning/upload.html", "assigning/upload.html", 422, form=form, names=names)
    session = db.session()
    track = track_of(session, current_seat())
    view = preview_sheet(pairing(session, track), sheet, track.roles)
    return _preview(view)


@bp.get("/mentors/template.csv")
@requires(FACULTY)
def template() -> ResponseReturnValue:
    """Hand out a list to fill in: everybody who waits for a mentor."""
    session = db.session()
    track = track_of(session, current_seat())
    return spreadsheet(template_lines(pairing(session, track), track.roles), "mentors.csv")


@bp.post("/mentors/place")
@requires(FACULTY)
def place() -> ResponseReturnValue:
    """Place everybody of a preview, or nobody when anything has changed since it was made."""
    how, wishes = place_wishes(request.form)
    if not wishes:
        return redirect_or_hx(url_for("mentors.show"), told=_("Nobody was chosen, so nothing was changed."))
    seat = current_seat()
    try:
        with unit_of_work() as session:
            made = assign_all(session, seat, track_of(session, seat), wishes, how, now=utcnow())
    except PlanChanged as changed:
        track = track_of(db.session(), seat)
        view = preview(pairing(db.session(), track), how, wishes, changed.stopped, track.roles)
        return _preview(view, 409)
    told = ngettext(
        "%(num)s student has a mentor now. Both get a mail.",
        "%(num)s students have a mentor now. All get a mail.",
        len(made),
    )
    return redirect_or_hx(url_for("mentors.show"), told=told)


def _preview(view: Preview, status: int = 200) -> ResponseReturnValue:
    return render(
        "assigning/preview.html", "assigning/preview.html", status, view=view, held_back_words=held_back_words
    )  # fmt: skip


def _despite(
    impossible: PairImpossible, address: str, hidden: dict[str, object], why: DespiteForm
) -> ResponseReturnValue:
    """Ask faculty why, where a declared conflict is all that stands in the way; any other obstacle is final."""
    if impossible.stopped.obstacle is not Obstacle.CONFLICT:
        raise impossible
    asked_before = "despite" in request.form
    session, seat, wish = db.session(), current_seat(), impossible.stopped.wish
    declared = declared_between(session, seat, track_of(session, seat), wish.student_id, wish.mentor_id)
    return ask_despite(impossible.stopped, declared, address, hidden, why if asked_before else DespiteForm())


def _not_moved(mentorship_id: int, form: MoveForm) -> ResponseReturnValue:
    """Show the form again where it was filled in: on the page of the mentor whose student it is, or on its own."""
    shown = request.form.get("from", type=row_number)
    if shown is None:
        return show_move(mentorship_id, form.mentor.data or 0, form, 422)
    return show_mentor(shown, status=422, wrong=(mentorship_id, "move", form))


def _sent_file() -> bytes:
    """Return the uploaded file, at most one byte more than a list may have."""
    sent = request.files.get("file")
    if sent is None:
        return b""
    with closing(sent):
        return sent.stream.read(MOST_BYTES + 1)


explain_all()
