"""The faculty's pages of mentors: who mentors, how many places there are, and who is still without a mentor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lti_mentoring.blueprints._access import FACULTY, current_seat, requires
from lti_mentoring.blueprints._failures import say
from lti_mentoring.blueprints._group_words import group_choices
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.blueprints._load_words import load_lines
from lti_mentoring.blueprints._mentor_page import show_mentor
from lti_mentoring.blueprints._mentor_words import explain_all
from lti_mentoring.blueprints._wire import row_number
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.forms.mentors import PlacesForm, TickForm
from lti_mentoring.models import JobKind
from lti_mentoring.queries import mentors as reads
from lti_mentoring.queries.jobs import latest_job
from lti_mentoring.queries.leavers import count_leavers
from lti_mentoring.queries.people import people_page
from lti_mentoring.queries.rank_lists import rules_of, who_gave_wishes
from lti_mentoring.queries.seats import track_of
from lti_mentoring.services.mentor_roles import RoleNeeded, StillServing, set_served
from lti_mentoring.services.mentors import PlacesTaken, set_places, tick, untick
from lti_mentoring.services.roster import queue_roster

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.datastructures import MultiDict

bp = Blueprint("mentors", __name__)


@bp.get("/mentors")
@requires(FACULTY)
def show() -> ResponseReturnValue:
    """Show students without a mentor, mentors with their places, and the state of the course list."""
    seat, wanted = current_seat(), request.args.get("group", type=row_number)
    track = track_of(db.session(), seat)
    page = reads.mentors_page(
        db.session(),
        track,
        role=request.args.get("role"),
        waiting_page=request.args.get("waiting", 1, type=int),
        mentors_page=request.args.get("mentors", 1, type=int),
        group=wanted,
    )
    job = latest_job(db.session(), seat, JobKind.ROSTER)
    groups = group_choices(page.groups, page.waiting_people)
    return render(
        "mentors/show.html", "mentors/_lists.html", page=page, job=job, groups=groups, wanted=wanted,
        rules=rules_of(db.session(), track), gave=who_gave_wishes(db.session(), track, role=page.role.key),
        names=track.role_names, role_chips=_role_chips(page),
        leavers=count_leavers(db.session(), track), load_lines=load_lines,
    )  # fmt: skip


@bp.post("/mentors/roster")
@requires(FACULTY)
def read_list() -> ResponseReturnValue:
    """Read the course list again."""
    with unit_of_work() as session:
        queue_roster(session, current_seat(), now=utcnow())
    return redirect_or_hx(url_for("mentors.show"))


@bp.get("/mentors/people")
@requires(FACULTY)
def people() -> ResponseReturnValue:
    """Show the course's people who are no mentors yet."""
    return _people(_tick_form())


@bp.post("/mentors/people")
@requires(FACULTY)
def tick_people() -> ResponseReturnValue:
    """Make the ticked people mentors."""
    form = _tick_form(request.form)
    if not form.validate():
        return _people(form, 422)
    if not form.people.data:
        form.people.errors = [_("Tick at least one person")]
        return _people(form, 422)
    with unit_of_work() as session:
        seat = current_seat()
        made = tick(
            session, seat, track_of(session, seat), form.people.data,
            places=form.places.data or 0, roles=form.roles.data or (), now=utcnow(),
        )  # fmt: skip
    told = ngettext("%(num)s person is a mentor now.", "%(num)s people are mentors now.", len(made))
    return redirect_or_hx(url_for("mentors.show"), told=told)


@bp.get("/mentors/<int:mentor_id>")
@requires(FACULTY)
def one(mentor_id: int) -> ResponseReturnValue:
    """Show one mentor's places and students."""
    return show_mentor(mentor_id)


@bp.post("/mentors/<int:mentor_id>")
@requires(FACULTY)
def change(mentor_id: int) -> ResponseReturnValue:
    """Change a mentor's places and field."""
    form, seat = PlacesForm(request.form), current_seat()
    form.offer(track_of(db.session(), seat).roles)
    if not form.validate():
        return show_mentor(mentor_id, form, 422)
    try:
        with unit_of_work() as session:
            if form.roles.choices:
                set_served(session, seat, track_of(session, seat), mentor_id, form.roles.data or (), now=utcnow())
            set_places(session, seat, mentor_id, form.places.data or 0, form.field.data or "", now=utcnow())
    except PlacesTaken as taken:
        form.places.errors = [say(taken)]
        return show_mentor(mentor_id, form, 422)
    except (RoleNeeded, StillServing) as wrong:
        form.roles.errors = [say(wrong)]
        return show_mentor(mentor_id, form, wrong.status)
    return redirect_or_hx(url_for("mentors.one", mentor_id=mentor_id), told=_("Saved."))


@bp.post("/mentors/<int:mentor_id>/untick")
@requires(FACULTY)
def untick_one(mentor_id: int) -> ResponseReturnValue:
    """End somebody's being a mentor."""
    with unit_of_work() as session:
        gone = untick(session, current_seat(), mentor_id, now=utcnow())
        name = gone.person.shown_name
    return redirect_or_hx(url_for("mentors.show"), told=_("%(name)s is no mentor any more.", name=name))


def _role_chips(page: reads.MentorsPage) -> list[tuple[str, str, int, bool]]:
    """List the roles with how many wait for a mentor in each."""
    return [
        (role.name, url_for("mentors.show", role=role.key), number, role == page.role) for role, number in page.waits
    ]


def _tick_form(sent: MultiDict[str, str] | None = None) -> TickForm:
    form = TickForm(sent)
    form.offer(track_of(db.session(), current_seat()).roles)
    return form


def _people(form: TickForm, status: int = 200) -> ResponseReturnValue:
    session, wanted = db.session(), request.args.get("q", "").strip()[:100]
    page = people_page(
        session, track_of(session, current_seat()), wanted=wanted, number=request.args.get("page", 1, type=int)
    )
    return render("mentors/people.html", "mentors/_people.html", status, page=page, form=form, wanted=wanted)


explain_all()
