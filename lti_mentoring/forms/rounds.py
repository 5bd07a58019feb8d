"""Forms of rounds: how one is made, and what is changed in it by hand."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import (
    Form,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import NumberRange, Optional

from lti_mentoring.domain.fitting import MOST_WEIGHT, USUAL_WEIGHTS, Trait
from lti_mentoring.domain.mentor_roles import ONLY, MentorRole
from lti_mentoring.domain.rounds import MOST_UNDO_HOURS, UNDO_HOURS
from lti_mentoring.forms.fields import OFFERED, SelectChoice, WholeNumber, at_most, needed, not_blank, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask_babel import LazyString

LONGEST_REASON = 300
WEIGHT_WORDS = _l("Write a whole number from 0 to %(most)s.", most=MOST_WEIGHT)
HOURS_WORDS = _l("Write a whole number of hours from 0 to %(most)s.", most=MOST_UNDO_HOURS)


ALONE = _l("Nobody: everybody is matched alone")


def _weight(label: LazyString) -> WholeNumber:
    return WholeNumber(label, validators=[Optional(), NumberRange(0, MOST_WEIGHT, WEIGHT_WORDS)])


class RoundForm(Form):
    """How everybody who waits is matched."""

    role = SelectField(_l("Mentors of which role"), **OFFERED)
    together = SelectField(_l("Who stays together"), **OFFERED)
    strategy = RadioField(_l("Match by"), validators=[needed(_l("Choose how to match."))], **OFFERED)
    wish = _weight(_l("The students’ wishes"))
    mentor_wish = _weight(_l("The mentors’ wishes"))
    section = _weight(_l("Being in the same section or group"))
    help = _weight(_l("What students look for and mentors offer"))
    language = _weight(_l("A common language"))
    time = _weight(_l("Time in the same hours"))
    style = _weight(_l("The same way of working"))
    further = _weight(_l("The mentor being further on the way"))
    undo_hours = WholeNumber(
        _l("Hours in which publishing can be taken back"),
        validators=[needed(HOURS_WORDS), NumberRange(0, MOST_UNDO_HOURS, HOURS_WORDS)],
    )

    def offer(
        self,
        strategies: Sequence[tuple[str, str]],
        roles: Sequence[MentorRole] = (ONLY,),
        sets: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Set what there is to choose from; where there is one role, or no set of groups, it need not be sent."""
        self.together.choices = [SelectChoice(key, words) for key, words in (("", ALONE), *sets)]
        self.together.data = self.together.data or ""
        self.role.choices = [SelectChoice(one.key, one.name) for one in roles]
        if len(roles) == 1:
            self.role.data = roles[0].key
        self.strategy.choices = [SelectChoice(name, words) for name, words in strategies]

    @property
    def weights(self) -> dict[Trait, int]:
        """What counts how much; a blank counts nothing."""
        return {trait: self[trait.value].data or 0 for trait in Trait}


def usual_answers(announced: str, role: str = "", together: str = "") -> MultiDict[str, str]:
    """Return what the form says before anybody has answered; ``announced``: the rule that students were told of."""
    weights = {trait.value: str(number) for trait, number in USUAL_WEIGHTS.items()}
    return MultiDict(
        {"role": role, "together": together, "strategy": announced, "undo_hours": str(UNDO_HOURS), **weights}
    )


class AgainForm(Form):
    """Whether the lots are drawn anew."""

    lots = SelectField(
        _l("Where students come out equal"),
        choices=[
            SelectChoice("same", _l("decide as before")),
            SelectChoice("new", _l("draw lots anew")),
        ],
        default="same",
    )


class Moved(StrEnum):
    """Whom a change by hand moves."""

    GROUP = "group"
    ONE = "one"


class SwapForm(Form):
    """Another mentor for one student or the whole group, and why."""

    who = RadioField(
        _l("Who gets another mentor"),
        choices=[
            SelectChoice(Moved.GROUP.value, _l("The whole group")),
            SelectChoice(Moved.ONE.value, _l("This student alone")),
        ],
        default=Moved.GROUP.value,
        **OFFERED,
    )
    mentor = SelectField(_l("Mentor"), coerce=int, validate_choice=False)
    reason = StringField(
        _l("Reason, kept with the round"),
        description=_l("The course team reads it, and whoever looks into how fair the round was. Students do not."),
        filters=[one_line],
        validators=[not_blank(_l("Say in a few words why")), at_most(LONGEST_REASON)],
    )
