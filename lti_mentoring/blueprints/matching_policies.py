"""The page of a track that says how students and mentors come together."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from flask import Blueprint, current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._access import FACULTY, requires
from lti_mentoring.blueprints._htmx import redirect_or_hx
from lti_mentoring.blueprints._round_words import strategies, strategy_notes
from lti_mentoring.blueprints._track_edges import here, page, sent, stale
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.rank_lists import FacultyAsMentor, MatchingWay
from lti_mentoring.domain.tracks import TrackChanged
from lti_mentoring.forms.matching_policies import MatchingForm
from lti_mentoring.queries.rank_lists import rules_of
from lti_mentoring.services.matching_policies import edit_matching

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.datastructures import MultiDict

    from lti_mentoring.models import Track

bp = Blueprint("matching_policies", __name__)
SMALLS = {
    MatchingWay.BY_HAND.value: _l("One by one, by a list, or automatically by places."),
    MatchingWay.REQUESTS.value: _l(
        "A student asks the first wish; who does not answer in time, or says no, is followed by the next."
    ),
    MatchingWay.ROUNDS.value: _l("Everybody’s wishes are weighed at once; nobody is better off for being early."),
    FacultyAsMentor.WARN.value: _l("The page Mentors marks who teaches this course. Nobody is kept apart by it."),
    FacultyAsMentor.REFUSE.value: _l(
        "The usual rule of a new track. By hand you can bring two together in spite of it, with a reason."
    ),
}


@bp.route("/track/matching", methods=["GET", "POST"])
@requires(FACULTY)
def edit() -> ResponseReturnValue:
    """Change how the track matches."""
    seat, track = here()
    form = _form(track, sent())
    if request.method == "GET" or not form.validate():
        return page("matching", 422 if form.errors else 200, form=form, track=track, **_words())
    try:
        with unit_of_work() as session:
            edit_matching(session, seat, form.facts(), version=form.opened_on, now=utcnow())
    except TrackChanged:
        return stale("matching", form, _form(track), track, **_words())
    return redirect_or_hx(url_for("tracks.show"), told=_("Saved."))


def _words() -> dict[str, object]:
    return {"smalls": SMALLS, "notes": strategy_notes()}


def _form(track: Track, asked: MultiDict[str, str] | None = None) -> MatchingForm:
    form = MatchingForm(asked, data=_data(track))
    form.offer(strategies(current_app.extensions["matchers"]))
    return form


def _data(track: Track) -> dict[str, object]:
    return {**asdict(rules_of(db.session(), track)), "version": track.version}
