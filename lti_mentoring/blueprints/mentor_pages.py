"""A mentor's own public page: what it shows, a preview, and its link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._access import MENTOR, current_seat, requires
from lti_mentoring.blueprints._calm import calm
from lti_mentoring.blueprints._failures import explain
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.blueprints._public_words import public_words
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.forms.mentor_pages import PublicPartsForm
from lti_mentoring.queries.mentor_pages import mentors_somewhere, own_page, page_beforehand
from lti_mentoring.queries.mentor_roles import roles_anywhere
from lti_mentoring.services.mentor_pages import choose_shown, renew, share, stop

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("mentor_pages", __name__)


@bp.get("/profile/public")
@requires(MENTOR)
def show() -> ResponseReturnValue:
    """Show what strangers read, or would read, and the link where the page is on."""
    seat, session = current_seat(), db.session()
    if not mentors_somewhere(session, seat.institution_id, seat.person_id):
        return calm(
            _("There is no public page for you here"),
            _("Only mentors have one. Your course team chooses the mentors of this track."),
        )
    page = own_page(session, seat.institution_id, seat.person_id)
    form = PublicPartsForm(data={"public": page.shows if page else []})
    form.offer(roles_anywhere(session, seat.institution_id, seat.person_id))
    address = page.address if page else None
    link = address and current_app.extensions["settings"].public_url + url_for("public_mentors.show", address=address)
    return render(
        "mentor_pages/show.html",
        "mentor_pages/show.html",
        form=form,
        link=link,
        shared_at=page and page.shared_at,
        **public_words(page_beforehand(session, seat, now=utcnow())),
    )


@bp.post("/profile/public")
@requires(MENTOR)
def choose() -> ResponseReturnValue:
    """Keep what the page shows."""
    with unit_of_work() as session:
        page = choose_shown(session, current_seat(), request.form.getlist("public"), now=utcnow())
        is_on = page.address is not None
    told = _("Kept. Your public page shows just this from now on.") if is_on else _("Kept. Look at the preview.")
    return redirect_or_hx(url_for("mentor_pages.show"), told=told)


@bp.post("/profile/public/share")
@requires(MENTOR)
def turn_on() -> ResponseReturnValue:
    """Turn the page on."""
    with unit_of_work() as session:
        share(session, current_seat(), now=utcnow())
    return redirect_or_hx(url_for("mentor_pages.show"), told=_("Your page is shared. Here is its link."))


@bp.post("/profile/public/renew")
@requires(MENTOR)
def change_address() -> ResponseReturnValue:
    """Give the page another link."""
    with unit_of_work() as session:
        renew(session, current_seat(), now=utcnow())
    return redirect_or_hx(
        url_for("mentor_pages.show"), told=_("The former link leads nowhere now. Here is the new one.")
    )


@bp.post("/profile/public/stop")
@requires(MENTOR)
def turn_off() -> ResponseReturnValue:
    """Turn the page off."""
    with unit_of_work() as session:
        stop(session, current_seat(), now=utcnow())
    return redirect_or_hx(url_for("mentor_pages.show"), told=_("Your page is off. Its link leads nowhere now."))


explain("unknown_public_part", _l("No page shows this"), _l("Nothing was changed."))
explain(
    "mentor_page_not_shared",
    _l("Your public page is off"),
    _l("It has no link to renew. It was turned off meanwhile."),
    status=409,
)
