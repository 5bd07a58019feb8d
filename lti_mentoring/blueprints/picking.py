"""Picking a link for a course, as a platform asks for it (deep linking)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, current_app, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._access import SEATED, current_seat, requires
from lti_mentoring.blueprints._failures import explain
from lti_mentoring.blueprints._headers import post_to
from lti_mentoring.blueprints._htmx import render
from lti_mentoring.blueprints._tool import our_launch_url
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.errors import NotFound
from lti_mentoring.lti.deep_linking import LinkItem, PickRefused, deep_linking_response, may_pick
from lti_mentoring.queries.frames import origin_of
from lti_mentoring.queries.picking import tracks_to_pick
from lti_mentoring.services.picking import Wish, finish, pick, what_is_wished

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("picking", __name__, url_prefix="/lti")

LATER = "later"
CANCEL = "cancel"

explain(
    "links_not_accepted",
    _l("Your course cannot take a link here"),
    _l("Go back to your course and add Mentoring as an activity or an assignment instead."),
    status=400,
)


@bp.get("/deep-link")
@requires(SEATED)
def show() -> ResponseReturnValue:
    """Offer the tracks of the course."""
    seat = current_seat()
    wish = what_is_wished(db.session(), seat)
    tracks = tracks_to_pick(db.session(), seat)
    return render(
        "lti/pick.html",
        "lti/_pick.html",
        tracks=tracks,
        takes_links=may_pick(wish.settings),
        later=LATER,
        cancel=CANCEL,
    )


@bp.post("/deep-link")
@requires(SEATED)
def answer() -> ResponseReturnValue:
    """Send the platform what was picked; without a choice, that nothing was."""
    seat, now = current_seat(), utcnow()
    chosen = request.form.get("track", CANCEL)
    items: list[LinkItem] = []
    with unit_of_work() as session:
        wish = what_is_wished(session, seat)
        if chosen == CANCEL:
            finish(session, seat, now=now)
        elif not may_pick(wish.settings):
            raise PickRefused("links_not_accepted")
        else:
            items.append(
                pick(session, seat, _number(chosen), launch_url=our_launch_url(), title=_("Mentoring"), now=now)
            )
    return _hand_over(wish, items)


def _hand_over(wish: Wish, items: list[LinkItem]) -> ResponseReturnValue:
    form = deep_linking_response(
        wish.settings,
        items,
        platform=wish.platform,
        deployment_id=wish.deployment_id,
        signer=current_app.extensions["signer"],
        now=utcnow(),
    )
    post_to(origin_of(form.action) or "")
    return render("lti/hand_over.html", "lti/hand_over.html", form=form)


def _number(chosen: str) -> int | None:
    if chosen == LATER:
        return None
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 10):
        raise NotFound
    return int(chosen)
