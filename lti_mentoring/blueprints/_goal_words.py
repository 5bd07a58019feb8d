"""What a goal says to its readers: its domain, how far it is, and by when; and the failures around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from lti_mentoring.blueprints._failures import explain
from lti_mentoring.blueprints._words import bdi, day, short_day, short_day_of_year
from lti_mentoring.domain.goals import GoalState
from lti_mentoring.domain.vocabularies import vocabulary_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from markupsafe import Markup

    from lti_mentoring.domain.goals import GoalView
    from lti_mentoring.domain.vocabularies import MentoringDomain

explain(
    "goal_flawed",
    _l("This goal cannot be kept as it is written"),
    _l("Nothing was changed. Look at its title, its day and its steps again."),
)
explain(
    "goal_changed",
    _l("You changed this goal in another window"),
    _l("Nothing was overwritten. Open the goal again: it shows what stands there now."),
    status=409,
)
explain(
    "goal_ended",
    _l("You ended this goal, or opened it again, in another window"),
    _l("Nothing was changed. Open the goal again: it shows how it stands now."),
    status=409,
)
explain(
    "goal_step_gone",
    _l("This step is not there any more"),
    _l("You took it out of the goal in another window. Nothing was changed."),
    status=404,
)
explain(
    "goals_full",
    _l("You have %(most)s open goals"),
    _l("That is as many as there can be. Meet one or drop one first. Nothing was changed."),
    status=409,
)
PILLS = {GoalState.MET: ("done", _l("Met"), ""), GoalState.DROPPED: ("", _l("Dropped"), "cross")}


def domain_words(template: str) -> dict[MentoringDomain, str]:
    """Return what a track of this template calls each of the four domains."""
    return {domain: str(_(words)) for domain, words in vocabulary_of(template).domain_words.items()}


@dataclass(frozen=True, slots=True)
class GoalWords:
    """Says goals of a track on a day."""

    domains: Mapping[MentoringDomain, str]
    today: date

    def line(self, goal: GoalView) -> str:
        """Say what a goal is about, by when, and how far it is."""
        return " · ".join(filter(None, (self.domains[goal.domain], self.due(goal), self.progress(goal))))

    def progress(self, goal: GoalView) -> str:
        """Say how many of the steps are done; "" for a goal without steps."""
        if not goal.steps:
            return ""
        total = len(goal.steps)
        return str(ngettext("%(done)s of %(num)s step", "%(done)s of %(num)s steps", total, done=goal.done))

    def due(self, goal: GoalView) -> str:
        """Say by when a goal is to be reached, since when it is late, or when it ended."""
        if goal.ended_at is not None:
            words = _("met on %(day)s") if goal.state is GoalState.MET else _("dropped on %(day)s")
            return str(words % {"day": short_day(goal.ended_at)})
        if late := goal.days_late(self.today):
            return str(ngettext("due %(num)s day ago", "due %(num)s days ago", late))
        if goal.due_on == self.today:
            return str(_("due today"))
        far = goal.due_on.year != self.today.year
        return str(_("due %(day)s", day=short_day_of_year(goal.due_on) if far else day(goal.due_on)))

    def pill(self, goal: GoalView) -> tuple[str, str, str] | None:
        """Return kind, words and icon of what is special about a goal; None while it is on its way."""
        if goal.days_late(self.today):
            return "late", str(_("Late")), ""
        known = PILLS.get(goal.state)
        return known and (known[0], str(known[1]), known[2])

    def checklist(self, goal: GoalView) -> list[tuple[str, Markup]]:
        """Return the steps for a reader who ticks none of them."""
        return [("done" if step.done else "", bdi(step.text)) for step in goal.steps]


def goal_words(template: str, today: date) -> GoalWords:
    """Return what says goals of a track of this template."""
    return GoalWords(domain_words(template), today)
