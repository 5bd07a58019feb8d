"""Picking links for a course, as a platform asks for it (deep linking)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask import Blueprint, current_app, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from lti_mentoring.blueprints._access import SEATED, current_seat, requires
from lti_mentoring.blueprints._failures import explain
from lti_mentoring.blueprints._headers import post_to
from lti_mentoring.blueprints._htmx import announce, render
from lti_mentoring.blueprints._tool import our_launch_url
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.placing import Placed
from lti_mentoring.lti.deep_linking import (
    LinkItem,
    PickRefused,
    Telling,
    deep_linking_response,
    may_pick,
    window_choices,
)
from lti_mentoring.queries.frames import origin_of
from lti_mentoring.queries.picking import PickableTrack, tracks_to_pick
from lti_mentoring.services.picking import NothingPicked, Picking, Wish, finish, pick, what_is_wished

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from lti_mentoring.queries.picking import Pickable

bp = Blueprint("picking", __name__, url_prefix="/lti")

LATER = "later"
ADD, FIND = "add", "find"
LONGEST_SEARCH = 100
TITLES: dict[Placed, Callable[[Pickable], str]] = {
    Placed.TRACK: lambda thing: thing.name,
    Placed.MILESTONE: lambda thing: thing.name,
    Placed.ASSESSMENT: lambda thing: thing.name,
    Placed.TEST: lambda thing: thing.name,
    Placed.CERTIFICATES: lambda _thing: _("My certificates"),
}
"""What a link is called in the course."""
KIND_WORDS = {
    Placed.TRACK: _l("The whole track"),
    Placed.MILESTONE: _l("Milestone"),
    Placed.ASSESSMENT: _l("Form of a milestone"),
    Placed.TEST: _l("Test"),
    Placed.CERTIFICATES: _l("Certificates of the track"),
}

explain(
    "links_not_accepted",
    _l("Your course cannot take a link here"),
    _l("Go back to your course and add Mentoring as an activity or an assignment instead."),
    status=400,
)
explain(
    "one_item_only",
    _l("Your course takes one link here"),
    _l("Go back and choose one. You can add more afterwards."),
    status=400,
)


@dataclass(frozen=True, slots=True)
class _Choice:
    """What the form holds at the moment."""

    find: str = ""
    picked: frozenset[str] = frozenset()
    new_window: bool = False
    with_dates: bool = False

    def matches(self, thing: Pickable, track: PickableTrack) -> bool:
        """Whether a thing is shown: all that is found, and what is ticked already."""
        words = f"{TITLES[thing.opens.kind](thing)} {KIND_WORDS[thing.opens.kind]} {track.title}"
        return thing.value in self.picked or self.find.casefold() in words.casefold()


@bp.get("/deep-link")
@requires(SEATED)
def show() -> ResponseReturnValue:
    """Offer what can be placed in the course."""
    return _page(_Choice())


@bp.post("/deep-link")
@requires(SEATED)
def answer() -> ResponseReturnValue:
    """Send the platform what was picked; without a choice, that nothing was. Looking for something comes here, too."""
    what, chosen = request.form.get("do", ""), _chosen()
    if what == FIND:
        return _page(chosen)
    try:
        with unit_of_work() as session:
            wish = what_is_wished(session, current_seat())
            if what == ADD:
                items = _picked(session, wish, chosen)
            else:
                items = []
                finish(session, current_seat(), now=utcnow())
    except NothingPicked:
        return _page(chosen, 422)
    return _hand_over(wish, items)


def _picked(session: Session, wish: Wish, chosen: _Choice) -> list[LinkItem]:
    if not may_pick(wish.settings):
        raise PickRefused("links_not_accepted")
    if len(chosen.picked) > 1 and not wish.settings.accept_multiple:
        raise PickRefused("one_item_only")
    return pick(session, current_seat(), _picking(chosen), now=utcnow())


def _chosen() -> _Choice:
    return _Choice(
        find=request.form.get("find", "")[:LONGEST_SEARCH].strip(),
        picked=frozenset(request.form.getlist("pick")),
        new_window=request.form.get("where") == "window",
        with_dates="dates" in request.form,
    )


def _picking(chosen: _Choice) -> Picking:
    return Picking(
        values=sorted(chosen.picked - {LATER}),
        launch_url=our_launch_url(),
        title_of=lambda thing: TITLES[thing.opens.kind](thing),
        later=_("Mentoring") if LATER in chosen.picked else None,
        new_window=chosen.new_window,
        with_dates=chosen.with_dates,
    )


def _page(chosen: _Choice, status: int = 200) -> ResponseReturnValue:
    seat = current_seat()
    wish = what_is_wished(db.session(), seat)
    tracks = tracks_to_pick(db.session(), seat)
    shown = [
        replace(track, things=tuple(thing for thing in track.things if chosen.matches(thing, track)))
        for track in tracks
    ]
    found = sum(len(track.things) for track in shown)
    if chosen.find:
        announce(ngettext("%(num)s thing is shown", "%(num)s things are shown", found))
    return render(
        "lti/pick.html",
        "lti/_pick.html",
        status,
        tracks=[track for track in shown if track.things],
        has_tracks=bool(tracks),
        has_dates=any(thing.due_at for track in tracks for thing in track.things),
        takes_links=may_pick(wish.settings),
        takes_many=wish.settings.accept_multiple,
        takes_columns=wish.settings.accept_lineitem is not False,
        windows=window_choices(wish.settings),
        chosen=chosen,
        missing=status == 422,
        kind_words=KIND_WORDS,
        title_of=lambda thing: TITLES[thing.opens.kind](thing),
        later=LATER,
    )


def _hand_over(wish: Wish, items: list[LinkItem]) -> ResponseReturnValue:
    form = deep_linking_response(
        wish.settings,
        items,
        platform=wish.platform,
        deployment_id=wish.deployment_id,
        signer=current_app.extensions["signer"],
        now=utcnow(),
        told=_telling(wish, len(items)),
    )
    post_to(origin_of(form.action) or "")
    return render("lti/hand_over.html", "lti/hand_over.html", form=form)


def _telling(wish: Wish, count: int) -> Telling:
    if count:
        said = ngettext("%(num)s link to Mentoring was chosen.", "%(num)s links to Mentoring were chosen.", count)
        return Telling(said, log=f"links chosen: {count}")
    if not may_pick(wish.settings):
        said = _("Mentoring can only be added as an activity, an assignment or a module item.")
        return Telling(error=said, error_log="ltiResourceLink is not among accept_types")
    return Telling(_("Nothing was added."), log="picking cancelled")
