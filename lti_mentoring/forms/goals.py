"""A goal as its student writes it: what, by when, how one will know, and up to six steps, one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, StringField, TextAreaField, ValidationError

from lti_mentoring.domain.goals import (
    LONGEST_ACTION,
    LONGEST_SUCCESS,
    LONGEST_TITLE,
    MOST_ACTIONS,
    GoalFacts,
    is_past,
)
from lti_mentoring.domain.vocabularies import MentoringDomain
from lti_mentoring.forms.fields import OFFERED, Day, SelectChoice, at_most, lines, needed, not_blank, one_line
from lti_mentoring.forms.tracks import VersionedForm

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from wtforms import Field

    from lti_mentoring.domain.goals import GoalView

STEP = "step_{}".format
PLACES = range(1, MOST_ACTIONS + 1)
SHOWN_AT_FIRST = 3
"""Boxes for steps; the others are folded until one of them is used."""


class GoalForm(VersionedForm):
    """One goal. ``step_1`` and so on are its steps in their order; an empty one is none."""

    title = StringField(
        _l("What do you want to reach?"),
        [not_blank(_l("Write in one line what you want to reach")), at_most(LONGEST_TITLE)],
        filters=[one_line],
        description=_l("Something that will be true one day, such as “I take a history in 20 minutes”."),
    )
    domain = RadioField(_l("What is it about?"), [needed(_l("Choose what it is about"))], **OFFERED)
    due_on = Day(_l("By when?"), [needed(_l("Say by which day"))])
    success = TextAreaField(
        _l("How will you know that you are there?"),
        [at_most(LONGEST_SUCCESS)],
        filters=[lines],
        description=_l("What you, or somebody else, could see then. Nothing about a patient."),
    )
    shared = BooleanField(_l("My mentors may read this goal"))

    def __init__(
        self, words: Mapping[MentoringDomain, str], today: date, goal: GoalView | None = None, formdata: Any = None
    ) -> None:
        """Offer the domains in these words. ``goal``: the one that is changed; its day may stay though it is over."""
        # A step that is not sent is taken out: what is kept may not stand in for it.
        super().__init__(formdata, data=_written(goal) if goal and not formdata else None)
        self.domain.choices = [SelectChoice(one.value, str(_(said))) for one, said in words.items()]
        self.today, self.kept = today, goal.due_on if goal else None
        self.has_more = bool(formdata and one_line(formdata.get(STEP(MOST_ACTIONS + 1))))

    def validate_due_on(self, field: Field) -> None:
        """Refuse a day that is over, but for the one that the goal has had."""
        if field.data and is_past(field.data, self.today, kept=self.kept):
            raise ValidationError(str(_("Choose today or a later day")))

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse more steps than there may be, too."""
        fits = super().validate(extra_validators)
        if self.has_more:
            self.form_errors.append(str(_("A goal has %(most)s steps at most", most=MOST_ACTIONS)))
        return fits and not self.has_more

    @property
    def steps(self) -> list[Field]:
        """The boxes for steps."""
        return [self[STEP(place)] for place in PLACES]

    def facts(self) -> GoalFacts:
        """Return the goal; the form is valid, so that there is a day."""
        return GoalFacts(
            title=self.title.data or "",
            domain=MentoringDomain(self.domain.data),
            due_on=cast("date", self.due_on.data),
            success=self.success.data or "",
            steps=tuple(field.data for field in self.steps if field.data),
            shared=bool(self.shared.data),
        )


def _written(goal: GoalView) -> dict[str, object]:
    steps = {STEP(place): one.text for place, one in enumerate(goal.steps, start=1)}
    said = {"title": goal.title, "domain": goal.domain.value, "due_on": goal.due_on, "success": goal.success}
    return {**said, **steps, "shared": goal.shared, "version": str(goal.version)}


for _place in PLACES:
    _step = StringField(_l("Step %(number)s", number=_place), [at_most(LONGEST_ACTION)], filters=[one_line])
    setattr(GoalForm, STEP(_place), _step)
