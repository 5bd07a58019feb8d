"""Whom a mentor introduces a student to, and what for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, RadioField, StringField, ValidationError

from lti_mentoring.domain.introductions import To
from lti_mentoring.forms.fields import OFFERED, SelectChoice, a_row, at_most, not_blank, one_line
from lti_mentoring.models.introduction import LONGEST_DOES, LONGEST_NAME, LONGEST_PURPOSE

if TYPE_CHECKING:
    from wtforms import Field

OUTSIDE = "outside"


def _whom(value: object) -> str:
    """Return the number of a mentor, or the word for somebody outside; raise ValueError for anything else."""
    return OUTSIDE if value == OUTSIDE else str(a_row(value))


class IntroduceForm(Form):
    """Another mentor of the track, or somebody outside by name; and one line of what for."""

    to_mentor = RadioField(_l("To whom"), coerce=_whom, validate_choice=False, default=OUTSIDE, **OFFERED)
    name = StringField(
        _l("Name of somebody else"),
        [at_most(LONGEST_NAME)],
        filters=[one_line],
        description=_l("Only for somebody who is no mentor here."),
    )
    does = StringField(_l("What they do"), [at_most(LONGEST_DOES)], filters=[one_line])
    purpose = StringField(
        _l("What for"),
        [not_blank(_l("Say in one line what for")), at_most(LONGEST_PURPOSE)],
        filters=[one_line],
        description=_l("One line, such as “statistics for your audit”. Nothing about a patient."),
    )

    def __init__(self, others: Sequence[tuple[int, str, str]], data: Any = None) -> None:
        """Offer the mentors who were found, as (number, name, field)."""
        super().__init__(data)
        found = [SelectChoice(str(number), name) for number, name, _field in others]
        self.to_mentor.choices = [*found, SelectChoice(OUTSIDE, str(_("Somebody who is no mentor here")))]

    def validate_name(self, field: Field) -> None:
        """Ask for a name where it is somebody outside."""
        if self.to_mentor.data == OUTSIDE and not field.data:
            raise ValidationError(str(_("Write the name, or choose a mentor above")))

    def to(self) -> To:
        """Return whom the student is introduced to."""
        if self.to_mentor.data == OUTSIDE:
            return To(name=self.name.data or "", does=self.does.data or "")
        return To(mentor_id=int(self.to_mentor.data))
