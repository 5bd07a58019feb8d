"""Quiet hours: each person says for themselves when no mail is sent to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._access import SEATED, current_seat, requires
from lti_mentoring.blueprints._failures import explain
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.blueprints._quiet_words import quiet_words
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.quiet_hours import HoursRefused
from lti_mentoring.forms.quiet_hours import QuietHoursForm
from lti_mentoring.queries.clocks import own_zone
from lti_mentoring.queries.quiet_hours import quiet_hours_of
from lti_mentoring.services.quiet_hours import end_quiet_hours, keep_quiet_hours

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from lti_mentoring.domain.quiet_hours import Hours

bp = Blueprint("quiet_hours", __name__)
explain(
    HoursRefused.code,
    _l("These hours leave no time for a mail"),
    _l("Choose others, so that mails can go at some time. Nothing was changed."),
)


@bp.get("/quiet-hours")
@requires(SEATED)
def show() -> ResponseReturnValue:
    """Show one's own hours."""
    hours = quiet_hours_of(db.session(), current_seat())
    return _page(hours, _form(hours))


@bp.post("/quiet-hours")
@requires(SEATED)
def save() -> ResponseReturnValue:
    """Keep them; nothing said, or the button that says so, ends them."""
    kept = quiet_hours_of(db.session(), current_seat())
    form = _form(kept, posted=True)
    wants_none = "none" in request.form
    if not wants_none and not form.validate():
        return _page(kept, form, 422)
    wanted = None if wants_none else form.hours()
    with unit_of_work() as session:
        if wanted is None:
            end_quiet_hours(session, current_seat(), now=utcnow())
        else:
            keep_quiet_hours(session, current_seat(), wanted, now=utcnow())
    told = _("Saved.") if wanted else _("You have no quiet hours. Mails come at any time.")
    return redirect_or_hx(url_for("quiet_hours.show"), told=told)


def _form(kept: Hours | None, *, posted: bool = False) -> QuietHoursForm:
    return QuietHoursForm(kept, own_zone(db.session(), current_seat()), request.form if posted else None)


def _page(kept: Hours | None, form: QuietHoursForm, status: int = 200) -> ResponseReturnValue:
    page = "quiet_hours/show.html"
    return render(page, page, status, form=form, quiet=quiet_words(kept))
