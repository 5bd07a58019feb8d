"""Faculty see what mentoring in their course is about: the four domains from wish to meeting, and a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint
from flask_babel import gettext as _

from lti_mentoring.blueprints._access import FACULTY, current_seat, requires
from lti_mentoring.blueprints._htmx import render
from lti_mentoring.blueprints._profile_words import term_words
from lti_mentoring.blueprints._spreadsheet import spreadsheet
from lti_mentoring.db import db
from lti_mentoring.domain.demand import BATCH
from lti_mentoring.domain.profiles import TermKind
from lti_mentoring.queries.mentoring_domains import domains_of
from lti_mentoring.queries.seats import track_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.typing import ResponseReturnValue

    from lti_mentoring.domain.mentoring_domains import DomainLine

bp = Blueprint("mentoring_domains", __name__)


@bp.get("/mentors/domains")
@requires(FACULTY)
def show() -> ResponseReturnValue:
    """Show each domain in a line, and which are wanted while nobody talks about them."""
    lines = _lines()
    silent = ", ".join(_name(one) for one in lines if one.is_silent)
    return render(
        "mentoring_domains/show.html", "mentoring_domains/show.html",
        lines=lines, silent=silent, is_anything=any(one.is_wanted or one.meetings for one in lines), name=_name,
        fewest=BATCH,
    )  # fmt: skip


@bp.get("/mentors/domains.csv")
@requires(FACULTY)
def export() -> ResponseReturnValue:
    """Give the numbers of the page as a spreadsheet; an empty cell is fewer than are told of."""
    return spreadsheet(_rows(), "what-mentoring-is-about.csv")


def _rows() -> Iterator[tuple[object, ...]]:
    yield (
        _("Kind of help"), _("Students who look for it"), _("Mentors who offer it"), _("Students with a goal in it"),
        _("Students who met one"), _("Meetings about it"),
    )  # fmt: skip
    for one in _lines():
        numbers = (one.aiming or "", one.arrived or "", one.meetings or "")
        yield _name(one), one.seeking or "", one.mentors, *numbers


def _name(one: DomainLine) -> str:
    return term_words(TermKind.DOMAIN, one.key)


def _lines() -> tuple[DomainLine, ...]:
    session = db.session()
    return domains_of(session, track_of(session, current_seat()))
