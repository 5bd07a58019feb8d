"""Two people who must not be brought together, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, RadioField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired

from lti_mentoring.domain.conflicts import ConflictReason
from lti_mentoring.forms.fields import OFFERED, SelectChoice, a_row, at_most, needed, one_line
from lti_mentoring.models.conflict import LONGEST_NOTE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wtforms import Field

REASONS = {
    ConflictReason.MANAGER: _l("One works under the other"),
    ConflictReason.RELATIVE: _l("Relatives, or close in private life"),
    ConflictReason.WORKPLACE: _l("The same practice or employer"),
    ConflictReason.GRADER: _l("The mentor has a say in the student’s final grade"),
    ConflictReason.COMPLAINT: _l("A complaint in the past"),
    ConflictReason.OTHER: _l("Something else"),
}


class DeclareForm(Form):
    """Whom to keep apart."""

    asked = _l("What is between you?")

    student = SelectField(
        _l("Student"), coerce=a_row, validate_choice=False, validators=[InputRequired(_l("Choose the student"))]
    )
    mentor = SelectField(
        _l("Mentor"), coerce=a_row, validate_choice=False, validators=[InputRequired(_l("Choose the mentor"))]
    )
    reason = RadioField(asked, [needed(_l("Choose one."))], coerce=ConflictReason, **OFFERED)
    note = StringField(
        _l("In a few words"),
        [at_most(LONGEST_NOTE)],
        filters=[one_line],
        description=_l("Leave out what nobody needs to know."),
    )

    def __init__(self, reasons: Sequence[ConflictReason], data: Any = None) -> None:
        """Offer the reasons that this side can give."""
        super().__init__(data)
        self.reason.label.text = str(self.asked)
        self.reason.choices = [SelectChoice(one.value, str(REASONS[one])) for one in reasons]

    def validate_note(self, field: Field) -> None:
        """Refuse words about a complaint, rather than to drop what was written."""
        if field.data and self.reason.data is ConflictReason.COMPLAINT:
            raise ValidationError(str(_("Leave this empty: of a complaint no words are kept")))


class FacultyDeclareForm(DeclareForm):
    """Faculty say it in words, too."""

    asked = _l("What is between them?")

    def validate_note(self, field: Field) -> None:
        """Ask for words, but for a complaint."""
        super().validate_note(field)
        if not field.data and self.reason.data is not ConflictReason.COMPLAINT:
            raise ValidationError(str(_("Say in a few words why")))
