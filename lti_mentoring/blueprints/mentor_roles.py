"""Which roles a track's mentors serve in: faculty name them, put them in order, and take away what is in no use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._access import FACULTY, requires
from lti_mentoring.blueprints._failures import explain, say
from lti_mentoring.blueprints._htmx import redirect_or_hx
from lti_mentoring.blueprints._track_edges import here, page, stale
from lti_mentoring.clock import utcnow
from lti_mentoring.db import unit_of_work
from lti_mentoring.domain.mentor_roles import LONGEST_NAME, MOST_ROLES, Flaw, RoleInUse, RolesFlawed
from lti_mentoring.domain.track_templates import ROLES_TO_CHOOSE
from lti_mentoring.domain.tracks import TrackChanged
from lti_mentoring.forms.mentor_roles import RolesForm, sent_roles
from lti_mentoring.services.mentor_roles import edit_roles

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from lti_mentoring.models import Track

bp = Blueprint("mentor_roles", __name__)
FLAWS = {
    Flaw.NAME_MISSING: _l("Give each role a name: with several, people have to tell them apart."),
    Flaw.NAME_TWICE: _l("Two roles have the same name."),
    Flaw.TOO_MANY: _l("There can be %(most)s roles at most.", most=MOST_ROLES),
    Flaw.NOBODY: _l("One role has to be left."),
}
explain(
    "mentor_role_in_use",
    _l("“%(role)s” is in use, so it stays"),
    _l("Students have a mentor in it: %(pairs)s. They ask for one: %(asked)s. Draft rounds: %(drafts)s. "
       "Milestones that it signs off: %(milestones)s. Nothing was changed."),
    status=409,
)  # fmt: skip
explain(
    "mentor_role_gone",
    _l("This track has no “%(role)s” any more"),
    _l("That role of mentors was taken away meanwhile. Nothing was changed."),
    status=409,
)
explain("mentor_roles_flawed", _l("The track cannot have these roles"), _l("Nothing was changed."))


@bp.route("/track/roles", methods=["GET"])
@requires(FACULTY)
def show() -> ResponseReturnValue:
    """Show the roles."""
    _seat, track = here()
    return _page(RolesForm(obj=track), track, [(one.key, one.name) for one in track.roles])


@bp.post("/track/roles")
@requires(FACULTY)
def save() -> ResponseReturnValue:
    """Keep the names, the order and what was added or taken away."""
    seat, track = here()
    form, wanted = RolesForm(request.form), sent_roles(request.form)
    there = [(one.key, one.name) for one in track.roles]
    try:
        with unit_of_work() as session:
            edit_roles(session, seat, wanted, version=form.opened_on, now=utcnow())
    except RolesFlawed as flawed:
        form.form_errors.append(str(FLAWS[flawed.flaw]))
        return _page(form, track, _typed(there), 422)
    except RoleInUse as used:
        form.form_errors.append(say(used))
        return _page(form, track, there, 409)
    except TrackChanged:
        return stale("mentor_roles", form, RolesForm(obj=track), track, **_view(track, there))
    return redirect_or_hx(url_for("mentor_roles.show"), told=_("Saved."))


def _typed(there: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the roles with the names that were just typed."""
    return [(key, request.form.get(f"name-{place}", name)) for place, (key, name) in enumerate(there)]


def _page(form: RolesForm, track: Track, roles: list[tuple[str, str]], status: int = 200) -> ResponseReturnValue:
    return page("mentor_roles", status, form=form, track=track, **_view(track, roles))


def _view(track: Track, roles: list[tuple[str, str]]) -> dict[str, object]:
    named = {name.casefold() for _key, name in roles}
    offered = [_(name) for name in ROLES_TO_CHOOSE.get(track.template, ROLES_TO_CHOOSE[""])]
    return {
        "roles": roles,
        "offered": [name for name in offered if name.casefold() not in named],
        "most": MOST_ROLES,
        "longest": LONGEST_NAME,
        "new": request.form.get("new", ""),
    }
