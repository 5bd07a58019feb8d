"""Faculty see which kinds of help students look for and mentors offer: a table for each, and a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._access import FACULTY, current_seat, requires
from lti_mentoring.blueprints._htmx import render
from lti_mentoring.blueprints._profile_words import term_words
from lti_mentoring.blueprints._spreadsheet import spreadsheet
from lti_mentoring.db import db
from lti_mentoring.domain.demand import BATCH
from lti_mentoring.domain.profiles import TermKind
from lti_mentoring.domain.seeking import HELP
from lti_mentoring.queries.demand import demand_of
from lti_mentoring.queries.seats import track_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flask.typing import ResponseReturnValue

    from lti_mentoring.domain.demand import Need
    from lti_mentoring.queries.demand import Demand

bp = Blueprint("demand", __name__)
KINDS = {
    TermKind.DOMAIN: _l("Kind of help"),
    TermKind.SPECIALTY: _l("Specialty"),
    TermKind.SKILL: _l("Skill"),
}


@bp.get("/mentors/demand")
@requires(FACULTY)
def show() -> ResponseReturnValue:
    """Show what is looked for and offered, and of what there is too little."""
    page = _page()
    return render(
        "demand/show.html", "demand/show.html",
        page=page, kinds=[_card(page, kind) for kind in HELP], short=_named(page.short), words=term_words, fewest=BATCH,
    )  # fmt: skip


@bp.get("/mentors/demand.csv")
@requires(FACULTY)
def export() -> ResponseReturnValue:
    """Give the numbers of the page as a spreadsheet; an empty cell is fewer students than are told of."""
    return spreadsheet(_lines(_page()), "looked-for-and-offered.csv")


def _card(page: Demand, kind: TermKind) -> tuple[str, list[Need], str]:
    found = page.of(kind)
    return (
        str(KINDS[kind]),
        [need for need in found if need.is_known],
        _named(need for need in found if not need.is_known),
    )


def _named(needs: Iterable[Need]) -> str:
    return ", ".join(term_words(need.kind, need.key) for need in needs)


def _lines(page: Demand) -> Iterator[tuple[object, ...]]:
    yield _("What it is"), _("Name"), _("Students who look for it"), _("Mentors who offer it"), _("Places")
    for need in page.needs:
        supply = need.supply
        yield KINDS[need.kind], term_words(need.kind, need.key), need.students or "", supply.mentors, supply.places


def _page() -> Demand:
    session = db.session()
    return demand_of(session, track_of(session, current_seat()))
