"""The page on which faculty look for a mentor of one student, and the one that asks why a student is moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask_babel import gettext as _

from lti_mentoring.blueprints._access import current_seat
from lti_mentoring.blueprints._htmx import render
from lti_mentoring.blueprints._profile_words import term_words
from lti_mentoring.db import db
from lti_mentoring.domain.profiles import TermKind
from lti_mentoring.domain.vocabularies import vocabulary_of
from lti_mentoring.queries.choosing import Sought, moving_page
from lti_mentoring.queries.seats import track_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Response

    from lti_mentoring.forms.assigning import MoveForm
    from lti_mentoring.models import Track
    from lti_mentoring.queries.choosing import Choice, Choices


@dataclass(frozen=True, slots=True)
class Chooser:
    """Where the page is, and what a press does: ``place`` takes a form at once, ``choose`` is an address that asks."""

    here: str
    kept: Mapping[str, str]
    """What its addresses and forms say beside what is looked for."""
    sought: Sought
    place: str = ""
    choose: str = ""

    def page_url(self, number: int, *, everybody: bool = False) -> str:
        """Return the address of another page of the same, or of ``everybody``."""
        sought = {} if everybody else {"q": self.sought.name, "specialty": self.sought.specialty}
        asked = {**self.kept, **{name: value for name, value in sought.items() if value}, "page": number}
        return f"{self.here}?{urlencode(asked)}"


def show_chooser(template: str, chooser: Chooser, track: Track, found: Choices, /, **view: object) -> Response:
    """Show a page of mentors to choose from; htmx gets the list alone."""
    known = vocabulary_of(track.template).specialties
    specialties = [("", _("any")), *((key, _(said)) for key, said in known)]
    return render(
        template,
        "choosing/_list.html",
        chooser=chooser,
        found=found,
        specialties=specialties,
        does=_does,
        **view,
    )


def show_move(mentorship_id: int, mentor_id: int, form: MoveForm, status: int = 200) -> Response:
    """Ask why a student shall go to this mentor."""
    session, seat = db.session(), current_seat()
    page = moving_page(session, seat, track_of(session, seat), mentorship_id, Sought(), mentor_id)
    return render("choosing/moving.html", "choosing/moving.html", status, page=page, form=form)


def _does(row: Choice) -> str:
    """Say what a mentor does, in their own words and by their subjects, each once."""
    subjects = [term_words(TermKind.SPECIALTY, key) for key in row.subjects]
    return " · ".join(dict.fromkeys(filter(None, [row.field, *subjects])))
