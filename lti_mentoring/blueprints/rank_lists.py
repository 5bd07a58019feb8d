"""A student's wishes: whom they would like as mentor, in which order, and whom not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._access import STUDENT, current_seat, requires
from lti_mentoring.blueprints._calm import calm, setting_up
from lti_mentoring.blueprints._failures import explain
from lti_mentoring.blueprints._htmx import announce, redirect_or_hx, render, wants_partial
from lti_mentoring.blueprints._role_chosen import role_chosen, role_links
from lti_mentoring.blueprints._track_words import window_words
from lti_mentoring.blueprints._wire import row_number
from lti_mentoring.blueprints._words import day
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.rank_lists import MatchingRules, MatchingWay, Window, Wishes, WishesChanged
from lti_mentoring.forms.rank_lists import sent_wishes
from lti_mentoring.queries.rank_lists import MyWishes, my_wishes, wishes_page
from lti_mentoring.queries.seats import track_of
from lti_mentoring.queries.waiting_list import rules_for
from lti_mentoring.services.rank_lists import save_wishes

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("rank_lists", __name__)
explain(
    "wishes_closed",
    _l("Wishes cannot be given now"),
    _l("Nothing was changed. The page of your wishes says when they can be given."),
    status=409,
)
explain(
    "wishes_unknown_mentor",
    _l("Somebody on this list does not mentor here any more"),
    _l("Nothing was changed. Open your wishes again: they show everybody whom you can wish for."),
    status=404,
)


@bp.get("/wishes")
@requires(STUDENT)
def show() -> ResponseReturnValue:
    """Show one's own wishes."""
    return _page()


@bp.post("/wishes")
@requires(STUDENT)
def save() -> ResponseReturnValue:
    """Keep the list as the page sent it, and do what its button says."""
    seat, wishes = current_seat(), sent_wishes(request.form)
    try:
        with unit_of_work() as session:
            version = request.form.get("version", 0, type=row_number)
            track = track_of(session, seat)
            role = role_chosen(track).key
            save_wishes(session, seat, track, wishes, version=version, now=utcnow(), role=role)
    except WishesChanged:
        return _clash(wishes)
    if wants_partial():
        announce(_("Saved."))
        return _page()
    where = _where()
    address = url_for("rank_lists.show", q=where.get("q"), page=where.get("page"), role=request.args.get("role"))
    return redirect_or_hx(address, told=_("Saved."))


def _page() -> ResponseReturnValue:
    session, seat = db.session(), current_seat()
    if seat.track_id is None or not seat.track_published:
        return setting_up()
    track = track_of(session, seat)
    role, links = role_chosen(track), role_links(track, "rank_lists.show")
    rules = rules_for(session, track, seat.person_id, today=utcnow().date(), role=role.key)
    window = rules.window(utcnow().date())
    if window is Window.OFF:
        return calm(
            _("Your course team brings students and mentors together"),
            _("You get a mail as soon as you have a mentor. There is nothing to choose here."),
        )
    mine = my_wishes(session, seat, track, role.key)
    where = _where() | ({"role": role.key} if links else {})
    view = wishes_page(
        session, seat, track, mine.wishes,
        role=role.key, wanted=where.get("q", ""), number=int(where.get("page", 1)),
    )  # fmt: skip
    return render(
        "wishes/show.html", "wishes/_wishes.html",
        mine=mine, view=view, window=window, days=window_words(rules), when=_when(rules, window), where=where,
        asks=rules.way is MatchingWay.REQUESTS, links=links, role=role,
    )  # fmt: skip


def _when(rules: MatchingRules, window: Window) -> str:
    """Say when wishes can be given, where that is not now."""
    if window is Window.BEFORE and rules.wishes_from:
        words = _("Wishes can be given from %(day)s on. Nothing is lost by waiting: being early counts for nothing.")
        return str(words % {"day": day(rules.wishes_from)})
    if window is Window.OVER and rules.wishes_until:
        return str(_("Wishes could be given until %(day)s. What stands here counts.", day=day(rules.wishes_until)))
    return ""


def _where() -> dict[str, str]:
    """Return what was looked for among the other mentors, so that a press of a button leads back to it."""
    wanted, number = request.args.get("q", "").strip()[:100], request.args.get("page", 1, type=row_number)
    return {**({"q": wanted} if wanted else {}), **({"page": str(number)} if number > 1 else {})}


def _clash(here: Wishes) -> ResponseReturnValue:
    """Show both lists: what another window saved, and what this one sends."""
    session, seat = db.session(), current_seat()
    track = track_of(session, seat)
    role = role_chosen(track).key
    kept = my_wishes(session, seat, track, role)
    both = Wishes((tuple({**here.places(), **kept.wishes.places()}),), vetoed=here.vetoed | kept.wishes.vetoed)
    named = wishes_page(session, seat, track, both, role=role).named
    sides = [(_("Saved in the other window"), kept), (_("In this window"), MyWishes(kept.version, here))]
    view = {"sides": sides, "named": named}
    page = "wishes/_clash.html" if wants_partial() else "wishes/clash.html"
    return make_response(render_template(page, **view), 409)
