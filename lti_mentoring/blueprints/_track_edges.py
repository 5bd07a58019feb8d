"""What the two files of track routes share: rendering, the answer to a stale form, and where one goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flask import make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._access import current_seat
from lti_mentoring.blueprints._failures import explain, words_for
from lti_mentoring.blueprints._htmx import render
from lti_mentoring.blueprints._track_words import WORDS, differences
from lti_mentoring.db import db
from lti_mentoring.queries.seats import track_of
from lti_mentoring.queries.tracks import last_change

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.datastructures import ImmutableMultiDict

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.errors import MentoringError
    from lti_mentoring.forms.tracks import VersionedForm
    from lti_mentoring.models import Track

MOST_ID = 2**31 - 1
"""The largest key that a column holds; PostgreSQL refuses to compare with a larger one."""


def here() -> tuple[Sitter, Track]:
    """Return the seat and the track that its page of the course opens."""
    seat = current_seat()
    return seat, track_of(db.session(), seat)


def sent() -> ImmutableMultiDict[str, str] | None:
    """Return what a form sent, None where none was: an empty one would untick what is ticked."""
    return request.form if request.method == "POST" else None


def page(name: str, status: int = 200, **view: object) -> Response:
    """Render a page of a track with the words that all of them use."""
    return make_response(render_template(f"tracks/{name}.html", **WORDS, **view), status)


def stale(name: str, form: VersionedForm, theirs: VersionedForm, track: Track, **view: object) -> Response:
    """Show a form again that met another change: what was typed stays in it, with theirs beside it.

    The form carries the new version, so that sending it once more is a decision made with open eyes.
    """
    form.version.data = str(track.version)
    return page(
        name,
        409,
        form=form,
        track=track,
        clash=differences(form, theirs),
        changed=last_change(db.session(), track),
        **view,
    )


def show_as_it_is(failure: MentoringError) -> Response:
    """Answer a step that came too late, where there is no form to keep."""
    problem = replace(words_for(failure), action=(_("Look at it as it is now"), url_for("tracks.show")))
    return render("errors/page.html", "errors/partial.html", failure.status, problem=problem)


explain(
    "track_changed",
    _l("Somebody else changed this track while you had it open"),
    _l("Nothing was overwritten. Look at the track as it is now, then do it again if it still holds."),
    status=409,
)
explain(
    "link_chosen",
    _l("Somebody else has chosen a track for this page meanwhile"),
    _l("It opens “%(theirs)s” now. Your choice, “%(mine)s”, was not used, and nothing was made."),
    status=409,
)
explain(
    "track_not_publishable",
    _l("Something is missing before students can see this track"),
    _l("Nothing was changed. The page of the track says what is missing."),
)
explain(
    "track_too_many",
    _l("The track is full"),
    _l("There can be %(most)s at most. Take one out, or put two of them together."),
)
explain(
    "track_nothing_counts",
    _l("Something has to count"),
    _l("The grade is formed of weights, so one milestone at least needs one above 0. Or change how it is formed."),
)
explain(
    "track_last_milestone",
    _l("This is the last milestone"),
    _l("A running track needs one at least. Add another one first, or close the track."),
)
explain("track_form_missing", _l("Choose the form that the mentor fills"))
explain("track_activity_address", _l("Write the whole address of the activity, as the browser shows it"))
explain(
    "track_link_needed",
    _l("Open Mentoring from its place in the course"),
    _l("Then this page can ask which track that place opens."),
    status=409,
)
