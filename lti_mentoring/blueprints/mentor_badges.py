"""A mentor's own badges: taken, shown to strangers as far as wished, carried to a wallet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.awarding.baking import bake_png
from lti_mentoring.awarding.picture import badge_png
from lti_mentoring.blueprints._access import MENTOR, current_seat, requires
from lti_mentoring.blueprints._award_words import badge_words, document_download, download, full_day, issuing_desk
from lti_mentoring.blueprints._calm import calm
from lti_mentoring.blueprints._failures import explain
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.blueprints._level_words import level_lines, level_words
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.levels import Level
from lti_mentoring.forms.mentor_badges import BadgeShownForm
from lti_mentoring.queries.awards import held_award
from lti_mentoring.queries.mentor_badges import my_badges
from lti_mentoring.queries.seats import track_of
from lti_mentoring.services.awarding import release
from lti_mentoring.services.certificates import verify_url
from lti_mentoring.services.mentor_badges import take_badge

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("mentor_badges", __name__)
LEVEL = f"<any({','.join(Level)}):level>"


@bp.get("/profile/badges")
@requires(MENTOR)
def show() -> ResponseReturnValue:
    """Show the badge that can be taken, and those that were."""
    seat, session = current_seat(), db.session()
    view = my_badges(session, seat, track_of(session, seat), now=utcnow())
    if view.level is None:
        return calm(
            _("There are no badges for you here"),
            _("Only mentors have them. Your course team chooses the mentors of this track."),
        )
    public = issuing_desk().public_url
    held = [(one, _form(one.level, one.released), verify_url(public, one.public_id)) for one in view.held]
    words = {"level_words": level_words, "level_lines": level_lines(view.level), "full_day": full_day}
    return render("mentor_badges/show.html", "mentor_badges/show.html", view=view, held=held, **words)


@bp.post("/profile/badges")
@requires(MENTOR)
def take() -> ResponseReturnValue:
    """Take the badge of the level that the mentor has now."""
    with unit_of_work() as session:
        take_badge(session, current_seat(), issuing_desk(), badge_words(), now=utcnow())
    return redirect_or_hx(url_for("mentor_badges.show"), told=_("Your badge is here."))


@bp.post(f"/profile/badges/{LEVEL}/shown")
@requires(MENTOR)
def choose(level: str) -> ResponseReturnValue:
    """Keep what strangers may see of a badge from now on."""
    wanted = request.form.getlist(f"{level}-shows")
    with unit_of_work() as session:
        release(session, current_seat(), wanted, issuing_desk(), now=utcnow(), level=level)
    return redirect_or_hx(url_for("mentor_badges.show"), told=_("Kept. The public page shows just this from now on."))


@bp.get(f"/profile/badges/{LEVEL}/badge.png")
@requires(MENTOR)
def picture(level: str) -> ResponseReturnValue:
    """Hand the holder the badge's picture with the document inside."""
    award = held_award(db.session(), current_seat(), level)
    return download(bake_png(badge_png(), award.document), "image/png", f"badge-{award.facts['number']}.png")


@bp.get(f"/profile/badges/{LEVEL}/credential.json")
@requires(MENTOR)
def document(level: str) -> ResponseReturnValue:
    """Hand the holder the signed document, for a wallet."""
    return document_download(held_award(db.session(), current_seat(), level), "badge")


def _form(level: str, released: list[str]) -> BadgeShownForm:
    return BadgeShownForm(prefix=f"{level}-", data={"shows": released})


explain(
    "mentor_badge_not_reached",
    _l("You have no level yet"),
    _l("A badge says that you are trained as a mentor, or more. Nothing was changed."),
    status=409,
)
explain(
    "mentor_badge_taken_back",
    _l("Your course team withdrew your badge"),
    _l("Talk to them: when they confirm your training anew, you can take another. Nothing was changed."),
    status=409,
)
