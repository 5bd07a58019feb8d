"""A mentor's own profile: step by step the first time, on one page later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext as _

from lti_mentoring.blueprints._access import APPLICANT, current_seat, requires
from lti_mentoring.blueprints._calm import calm
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.blueprints._level_words import level_lines, level_words
from lti_mentoring.blueprints._profile_words import TITLES, explain_all
from lti_mentoring.blueprints._quiet_words import quiet_words
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.profiles import Part, next_part
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.vocabularies import vocabulary_of
from lti_mentoring.forms.profiles import PARTS, PartForm, ProfileForm
from lti_mentoring.queries.levels import own_level
from lti_mentoring.queries.mentor_roles import own_roles
from lti_mentoring.queries.profiles import may_have_profile, profile_of
from lti_mentoring.queries.quiet_hours import quiet_hours_of
from lti_mentoring.queries.seats import track_of
from lti_mentoring.services.profiles import save_profile

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("profiles", __name__)
STEPS = ",".join(part.value for part in Part)


@bp.get("/profile")
@requires(APPLICANT)
def show() -> ResponseReturnValue:
    """Show all of the profile; where parts are missing, lead on from the first of these."""
    seat, session = current_seat(), db.session()
    if not may_have_profile(session, seat):
        return calm(
            _("There is no profile for you here"),
            _("Only mentors have one. Your course team chooses the mentors of this track; nobody applies."),
        )
    return _whole(_form(ProfileForm))


@bp.post("/profile")
@requires(APPLICANT)
def save() -> ResponseReturnValue:
    """Save all of the profile."""
    form = _form(ProfileForm, posted=True)
    if not form.validate():
        return _whole(form, 422)
    with unit_of_work() as session:
        save_profile(session, current_seat(), form.facts(), now=utcnow())
    return redirect_or_hx(url_for("profiles.show"), told=_("Saved."))


@bp.get(f"/profile/<any({STEPS}):part>")
@requires(APPLICANT)
def step(part: str) -> ResponseReturnValue:
    """Ask for one part."""
    if not may_have_profile(db.session(), current_seat()):
        return redirect(url_for("profiles.show"))
    return _step(Part(part), _form(PARTS[Part(part)]))


@bp.post(f"/profile/<any({STEPS}):part>")
@requires(APPLICANT)
def save_step(part: str) -> ResponseReturnValue:
    """Save one part and lead on: to the next one, or to where the person came from."""
    here = Part(part)
    form = _form(PARTS[here], posted=True)
    if not form.validate():
        return _step(here, form, 422)
    with unit_of_work() as session:
        save_profile(session, current_seat(), form.facts(), now=utcnow())
    following = next_part(here)
    if "leave" in request.form or following is None:
        return redirect_or_hx(_end(), told=_("Saved. You can go on whenever you like."))
    return redirect_or_hx(url_for("profiles.step", part=following.value))


def _end() -> str:
    """Return where one goes on after the last part: mentors to their profile, others to their application."""
    return url_for("profiles.show" if current_seat().role is SeatRole.MENTOR else "applications.mine")


def _form(kind: type[PartForm], *, posted: bool = False) -> PartForm:
    seat, session = current_seat(), db.session()
    track = track_of(session, seat)
    view = profile_of(session, seat.institution_id, seat.person_id)
    return kind(vocabulary_of(track.template), view, request.form if posted else None)


def _step(part: Part, form: PartForm, status: int = 200) -> ResponseReturnValue:
    number = list(Part).index(part) + 1
    view = {"part": part, "title": TITLES[part], "number": number, "of": len(Part), "end": _end()}
    return render("profiles/step.html", "profiles/step.html", status, form=form, **view)


def _whole(form: PartForm, status: int = 200) -> ResponseReturnValue:
    seat = current_seat()
    missing = profile_of(db.session(), seat.institution_id, seat.person_id).missing
    end = "" if seat.role is SeatRole.MENTOR else url_for("applications.mine")
    said = {} if end else _as_mentor()
    view = {"missing": missing, "titles": TITLES, "back": end, **said}
    return render("profiles/show.html", "profiles/show.html", status, form=form, **view)


def _as_mentor() -> dict[str, object]:
    """Return what is said of a mentor besides what they say themselves."""
    seat, session = current_seat(), db.session()
    track = track_of(session, seat)
    quiet: dict[str, object] = {"quiet": quiet_words(quiet_hours_of(session, seat))}
    level = own_level(session, track, seat.person_id, now=utcnow())
    if level is None:
        return quiet
    roles = ", ".join(own_roles(session, track, seat.person_id))
    return {**quiet, "level": level_words(level.level), "level_lines": level_lines(level), "roles": roles}


explain_all()
