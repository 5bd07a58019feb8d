"""The page of somebody who looks on: a summary of each person whom the course named, in words, and nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import ngettext

from lti_mentoring.blueprints._calm import calm
from lti_mentoring.blueprints._htmx import render
from lti_mentoring.blueprints._words import day
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db
from lti_mentoring.domain.observing import Pace
from lti_mentoring.queries.observing import observer_home

if TYPE_CHECKING:
    from flask import Response

    from lti_mentoring.domain.milestones import Standing
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.queries.observing import Observed, ObserverHome

LOOKS = {
    Pace.NOT_BEGUN: ("wait", "waiting"),
    Pace.FINISHED: ("done", "check"),
    Pace.CLOSED: ("", "info"),
    Pace.LATE: ("late", "clock"),
    Pace.ON_PACE: ("done", "check"),
}
"""Kind and icon of each state's pill."""


def show_observer(seat: Sitter) -> Response:
    """Show the observer's page, or in words why there is nobody on it."""
    home = observer_home(db.session(), seat, now=utcnow())
    if home.is_old:
        return calm(
            _("Open Mentoring from your course again"),
            _("Whom you may see is asked of your course each time. That was more than a day ago."),
        )
    if not home.people:
        return _nobody(home)
    return render(
        "home/observer.html", "home/_observer.html", home=home, finding=_finding(home), pill=_pill, due=_due, name=_name
    )


def _nobody(home: ObserverHome) -> Response:
    if home.unknown:
        return calm(
            _("Nothing to show yet"),
            _("Your course named somebody to you whom Mentoring does not know as a student here yet. It shows as soon "
              "as the course list is read again, or when they open Mentoring for the first time."),
        )  # fmt: skip
    return calm(
        _("Nobody is named to you yet"),
        _("Your course says whom you may look after. When it names somebody, you see here how far they are. If that "
          "seems wrong, ask the course team."),
    )  # fmt: skip


def _finding(home: ObserverHome) -> str:
    if len(home.people) == 1:
        return str(_("%(name)s: %(state)s", name=_name(home.people[0]), state=_state(home.people[0].pace)))
    late = sum(one.pace is Pace.LATE for one in home.people)
    if late:
        return str(
            ngettext("%(num)s of %(total)s is late", "%(num)s of %(total)s are late", late, total=len(home.people))
        )
    return str(ngettext("%(num)s person, nobody late", "%(num)s people, nobody late", len(home.people)))


def _name(one: Observed) -> str:
    return one.name or str(_("A student whose name your course does not tell"))


def _state(pace: Pace) -> str:
    words = {
        Pace.NOT_BEGUN: _("not begun yet"),
        Pace.FINISHED: _("finished"),
        Pace.CLOSED: _("closed, not finished"),
        Pace.LATE: _("late"),
        Pace.ON_PACE: _("on pace"),
    }
    return str(words[pace])


def _pill(one: Observed) -> tuple[str, str, str]:
    kind, icon = LOOKS[one.pace]
    words = _state(one.pace)
    return kind, words[:1].upper() + words[1:], icon


def _due(one: Observed) -> str:
    said = {
        Pace.NOT_BEGUN: _("The dates begin with the first day with a mentor."),
        Pace.FINISHED: _("Everything is done."),
        Pace.CLOSED: _("The course team has closed this track."),
    }
    if one.pace in said:
        return str(said[one.pace])
    return _next(one.due) if one.due else str(_("Nothing is due now."))


def _next(lit: Standing) -> str:
    if lit.due is None:
        return ""
    if lit.overdue:
        return str(_("Next: %(title)s. It was due on %(day)s.", title=lit.title, day=day(lit.due)))
    return str(_("Next: %(title)s, due on %(day)s.", title=lit.title, day=day(lit.due)))
