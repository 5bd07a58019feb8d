"""Who reads confidential words: an administrator names them, of whatever role they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for
from flask_babel import gettext as _

from lti_mentoring.blueprints._access import ADMINISTRATOR, current_seat, requires
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.errors import NotFound
from lti_mentoring.forms.concern_handlers import NameForm
from lti_mentoring.queries.concern_handlers import MOST_FOUND, handlers_page
from lti_mentoring.services.concern_handlers import end_handler, name_handler

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("concern_handlers", __name__)


@bp.get("/admin/confidential")
@requires(ADMINISTRATOR)
def show() -> ResponseReturnValue:
    """Show who is named, and look for others."""
    return _page()


@bp.post("/admin/confidential")
@requires(ADMINISTRATOR)
def name() -> ResponseReturnValue:
    """Name one of those who were found."""
    form = NameForm((), request.form)
    if not form.validate():
        return _page(posted=True)
    try:
        with unit_of_work() as session:
            name_handler(session, current_seat(), form.handler.data, now=utcnow())
    except NotFound:
        return _page(posted=True, unknown=True)
    told = _("Named. From now on they read what is written in confidence; what was written before they do not.")
    return redirect_or_hx(url_for("concern_handlers.show"), told=told)


@bp.get("/admin/confidential/<int:handler_id>/end")
@requires(ADMINISTRATOR)
def ask(handler_id: int) -> ResponseReturnValue:
    """Ask first: who is named again later does not read again what was written before."""
    named = handlers_page(db.session(), current_seat()).named
    one = next((one for one in named if one.handler_id == handler_id), None)
    if one is None:
        raise NotFound
    return render("concern_handlers/ask.html", "concern_handlers/ask.html", one=one)


@bp.post("/admin/confidential/<int:handler_id>/end")
@requires(ADMINISTRATOR)
def end(handler_id: int) -> ResponseReturnValue:
    """Let somebody read nothing any more."""
    with unit_of_work() as session:
        end_handler(session, current_seat(), handler_id, now=utcnow())
    return redirect_or_hx(url_for("concern_handlers.show"), told=_("They read nothing any more."))


def _page(*, posted: bool = False, unknown: bool = False) -> ResponseReturnValue:
    wanted = request.args.get("q", "").strip()[:100]
    view = handlers_page(db.session(), current_seat(), wanted=wanted)
    form = NameForm(view.found, request.form if posted else None)
    if posted:
        form.validate()
    if unknown:
        form.handler.errors = [*form.handler.errors, _("Choose somebody who is listed.")]
    return render(
        "concern_handlers/show.html", "concern_handlers/show.html", 422 if posted else 200,
        view=view, form=form, wanted=wanted, most=MOST_FOUND,
        smalls={str(number): email for number, _name, email in view.found if email},
    )  # fmt: skip
