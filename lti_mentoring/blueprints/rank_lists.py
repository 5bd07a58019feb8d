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
from lti_mentoring.blueprints._round_words import strategy_name
from lti_mentoring.blueprints._said import filled
from lti_mentoring.blueprints._track_words import window_words
from lti_mentoring.blueprints._wire import row_number
from lti_mentoring.blueprints._words import bdi, day
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.mentor_requests import RequestState
from lti_mentoring.domain.rank_lists import (
    IN_ANY_ORDER,
    TRUTHFUL,
    MatchingRules,
    MatchingWay,
    Window,
    Wishes,
    WishesChanged,
)
from lti_mentoring.forms.rank_lists import sent_wishes
from lti_mentoring.models import TrackState
from lti_mentoring.queries.mentor_requests import mentor_in, my_requests
from lti_mentoring.queries.rank_lists import MyWishes, my_wishes, wishes_page
from lti_mentoring.queries.seats import track_of
from lti_mentoring.queries.trained import to_pass_first
from lti_mentoring.queries.waiting_list import rules_for
from lti_mentoring.services.rank_lists import save_wishes

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from markupsafe import Markup

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track
    from lti_mentoring.queries.mentor_requests import MyRequest

bp = Blueprint("rank_lists", __name__)
NEVER_SHOWN = _l("What mentors may wish is never shown to you, and your order is never shown to them.")
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
        means=_means(seat, track, rules, role.key),
    )  # fmt: skip


def _means(seat: Sitter, track: Track, rules: MatchingRules, role: str) -> Markup | str:
    """Say what the list is good for, as things stand with the student."""
    if track.state is TrackState.CLOSED:
        return str(_("This track is closed: nobody is brought together with a mentor any more."))
    guide = mentor_in(db.session(), track, seat.person_id, role)
    if guide:
        has = _("You have a mentor: %(name)s. These wishes count only if you should need another one.")
        return filled(has, name=bdi(guide))
    first = to_pass_first(db.session(), track, seat.person_id)
    if first is not None:
        return filled(_("Your wishes count once you have passed the test: %(title)s."), title=first.title)
    if rules.way is not MatchingWay.REQUESTS:
        return f"{_true_order(rules.strategy)} {NEVER_SHOWN}"
    asked = next((one for one in my_requests(db.session(), seat, track) if _has_question(one, role)), None)
    if asked is None:
        return str(_("We ask them in this order, one at a time, until one says yes."))
    has = _("%(name)s has your question. Without a yes the next one is asked, in this order.")
    return filled(has, name=bdi(asked.mentor))


def _true_order(strategy: str) -> str:
    """Say what order is best to give, by the rule that was announced; nothing that does not hold of it."""
    if strategy == TRUTHFUL:
        return str(_("Put them in your true order: nothing else can get you a mentor whom you like better."))
    if strategy == IN_ANY_ORDER:
        return str(_("Places are shared out evenly in this course: your order counts only if that should change."))
    return str(
        _("Put them in your true order. Everybody’s wishes are weighed together (%(rule)s), so nobody can promise you "
          "one of the first; who leaves mentors out may be left with nobody.", rule=strategy_name(strategy))
    )  # fmt: skip


def _has_question(one: MyRequest, role: str) -> bool:
    return one.state is RequestState.ASKED and one.role == role


def _when(rules: MatchingRules, window: Window) -> str:
    """Say when wishes can be given, where that is not now."""
    if window is Window.BEFORE and rules.wishes_from:
        words = _("Wishes can be given from %(day)s on. Nothing is lost by waiting: being early counts for nothing.")
        return str(words % {"day": day(rules.wishes_from)})
    if window is Window.OVER and rules.wishes_until:
        return str(_("Wishes could be given until %(day)s. What stands here is kept.", day=day(rules.wishes_until)))
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
