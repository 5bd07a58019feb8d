"""The sentence on top of the board: the finding of the day, whom it is about, and the one thing to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape

from lti_mentoring.blueprints._said import Said, filled
from lti_mentoring.blueprints._waiting_words import held_back_words
from lti_mentoring.blueprints._words import bdi
from lti_mentoring.domain.board import BoardState, finding, in_order, shown, week_of
from lti_mentoring.models import TrackState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from lti_mentoring.domain.board import BoardRow, Finding
    from lti_mentoring.queries.board import Board

MOST_NAMED = 2


def say_finding(board: Board, *, today: date) -> Said:
    """Say what faculty should know first about a track."""
    found = finding(board.rows)
    eyebrow = _eyebrow(board, found.total, today)
    if board.state is TrackState.DRAFT:
        return _draft(eyebrow)
    if not found.total:
        return _nobody(eyebrow)
    if found.lead is None:
        return _closed(eyebrow, found) if board.state is TrackState.CLOSED else _calm(eyebrow, found)
    about = in_order(shown(board.rows, found.lead))
    action, second = _ways(found.lead, about)
    return Said(eyebrow, _title(found, about), _body(found.lead, about), action, second)


def _eyebrow(board: Board, students: int, today: date) -> str:
    people = ngettext("%(num)s student", "%(num)s students", students)
    week = week_of(today, board.starts_on)
    if board.state is TrackState.CLOSED:
        return str(_("%(people)s · closed", people=people))
    if not week or not board.weeks:
        return str(people)
    if week > board.weeks:
        return str(_("%(people)s · after the last week", people=people))
    return str(_("%(people)s · week %(week)s of %(weeks)s", people=people, week=week, weeks=board.weeks))


def _draft(eyebrow: str) -> Said:
    return Said(
        eyebrow,
        _("Students do not see this track yet."),
        _("Look through it once more, then publish it. You can go on changing it afterwards."),
        (_("Go to the track"), url_for("tracks.show")),
    )


def _nobody(eyebrow: str) -> Said:
    return Said(
        eyebrow,
        _("Nobody is on the course list yet."),
        _("Read the course list once. Then choose who mentors, and share out the students."),
        (_("Read the course list"), url_for("mentors.show")),
    )


def _closed(eyebrow: str, found: Finding) -> Said:
    finished = ngettext("One has finished.", "%(num)s have finished.", found.done) if found.done else ""
    return Said(
        eyebrow,
        " ".join(filter(None, (_("This track is closed."), finished))),
        _("Everything stays readable. You can issue certificates, and open the track again."),
        (_("Go to certificates"), url_for("awards.ledger")),
        (_("Go to the track"), url_for("tracks.show")),
    )


def _calm(eyebrow: str, found: Finding) -> Said:
    if found.done == found.total:
        return Said(
            eyebrow,
            _("Everybody has finished."),
            _("What is left is the certificates."),
            (_("Go to certificates"), url_for("awards.ledger")),
        )
    finished = ngettext("One has finished.", "%(num)s have finished.", found.done) if found.done else ""
    return Said(
        eyebrow,
        " ".join(filter(None, (_("Everybody is on pace."), finished))),
        _("Nothing needs you today. Who goes quiet or falls behind is named here."),
    )


def _title(found: Finding, about: Sequence[BoardRow]) -> str:
    pace = ngettext("One is on pace.", "%(num)s are on pace.", found.on_pace) if found.on_pace else ""
    return " ".join(filter(None, (pace, _lead_said(found, about))))


def _lead_said(found: Finding, about: Sequence[BoardRow]) -> str:
    number = found.count
    with_nobody = not any(row.mentors for row in about)
    if found.lead is BoardState.NEEDS_MENTOR and number == found.total and with_nobody:
        return str(_("Nobody has a mentor yet."))
    said: Mapping[BoardState, Callable[[], str]] = {
        BoardState.NEEDS_YOU: lambda: ngettext("One waits for you.", "%(num)s wait for you.", number),
        BoardState.QUIET: lambda: ngettext("One has gone quiet.", "%(num)s have gone quiet.", number),
        BoardState.NEEDS_MENTOR: lambda: ngettext("One needs a mentor.", "%(num)s need a mentor.", number),
        BoardState.LATE: lambda: ngettext("One is late.", "%(num)s are late.", number),
        BoardState.WAITING: lambda: ngettext("One waits for an answer.", "%(num)s wait for an answer.", number),
        BoardState.REFUSED: lambda: ngettext(
            "One grade was not accepted.", "%(num)s grades were not accepted.", number
        ),
        BoardState.TEST_FIRST: lambda: held_back_words(number),
    }
    return str(said[found.lead]()) if found.lead else ""


def _body(lead: BoardState, about: Sequence[BoardRow]) -> Markup:
    words = {
        BoardState.NEEDS_YOU: _("Only you can decide here: %(who)s."),
        BoardState.QUIET: _(
            "No contact for three weeks or more: %(who)s. A short word now usually saves a mentorship."
        ),
        BoardState.NEEDS_MENTOR: _("A mentor in one of the roles is lacking: %(who)s.")
        if any(row.mentors for row in about)
        else _("Until somebody is chosen, nobody answers: %(who)s."),
        BoardState.LATE: _("Ask how it goes, or agree on a new date: %(who)s."),
        BoardState.WAITING: _("Something has waited for the mentor for a week or more: %(who)s."),
        BoardState.REFUSED: _("The course did not take it into the gradebook: %(who)s."),
        BoardState.TEST_FIRST: _("No mentor is given before; the first page of each leads to the test: %(who)s."),
    }
    return filled(words[lead], who=_who(lead, about))


def _who(lead: BoardState, about: Sequence[BoardRow]) -> Markup:
    pairs = lead in {BoardState.QUIET, BoardState.WAITING, BoardState.LATE}
    named = [_pair(row) if pairs else bdi(row.name) for row in about[:MOST_NAMED]]
    more = len(about) - len(named)
    if more:
        named.append(escape(ngettext("%(num)s more", "%(num)s more", more)))
    return (escape("; ") if pairs else escape(", ")).join(named)


def _pair(row: BoardRow) -> Markup:
    return filled(_("%(student)s with %(mentor)s"), student=bdi(row.name), mentor=bdi(row.mentor_name))


def _ways(lead: BoardState, about: Sequence[BoardRow]) -> tuple[tuple[str, str] | None, tuple[str, str] | None]:
    if lead is BoardState.NEEDS_YOU:
        first = url_for("board.student", student_id=about[0].student_id)
        return (_("Open the first"), first), _listed(lead, about)
    if lead is BoardState.NEEDS_MENTOR:
        return (_("Choose mentors"), url_for("mentors.show")), _listed(lead, about)
    if lead is BoardState.REFUSED:
        return (_("See why"), url_for("grades.show")), _listed(lead, about)
    if lead is BoardState.TEST_FIRST:
        return (_("Tests"), url_for("tests.index")), _listed(lead, about)
    label, url = _listed(lead, about)
    return (label, url), ((_("Find another mentor"), url_for("mentors.show")) if lead is BoardState.QUIET else None)


def _listed(lead: BoardState, about: Sequence[BoardRow]) -> tuple[str, str]:
    label = str(ngettext("Show this one", "Show these %(num)s", len(about)))
    return label, url_for("home.today", show=lead.value, _anchor="results")
