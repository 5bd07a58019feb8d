"""The faculty's page of one mentor, which also answers for a form of it that was filled in wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lti_mentoring.blueprints._access import current_seat
from lti_mentoring.blueprints._htmx import render
from lti_mentoring.blueprints._level_words import level_lines, level_words
from lti_mentoring.blueprints._load_words import load_lines
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db
from lti_mentoring.forms.mentors import PlacesForm
from lti_mentoring.queries.levels import level_in
from lti_mentoring.queries.mentor_badges import badges_of
from lti_mentoring.queries.mentors import mentor_page
from lti_mentoring.queries.seats import track_of

if TYPE_CHECKING:
    from flask import Response

    from lti_mentoring.forms.assigning import EndForm, MoveForm


def show_mentor(
    mentor_id: int,
    form: PlacesForm | None = None,
    status: int = 200,
    wrong: tuple[int, str, MoveForm | EndForm] | None = None,
) -> Response:
    """Show a mentor's places and students; ``wrong``: the mentorship, "move" or "end", and the form with its error."""
    session, seat = db.session(), current_seat()
    track = track_of(session, seat)
    view = mentor_page(session, seat, track, mentor_id)
    filled = form or PlacesForm(
        data={"places": view.mentor.places, "field": view.mentor.field, "roles": sorted(view.mentor.roles or ())}
    )
    filled.offer(track.roles)
    level = level_in(session, track, mentor_id, now=utcnow())
    levels = {"level": level, "pill": level_words(level.level), "level_lines": level_lines(level, names=True)}
    levels["load_lines"] = load_lines
    levels["badges"] = badges_of(session, track, view.mentor.person_id)
    return render("mentors/one.html", "mentors/one.html", status, view=view, form=filled, wrong=wrong, **levels)
