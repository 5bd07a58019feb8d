"""Two people who must not be brought together, and why."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectField, StringField
from wtforms.validators import InputRequired

from lti_mentoring.forms.fields import a_row, at_most, not_blank, one_line
from lti_mentoring.models.conflict import LONGEST_NOTE


class DeclareForm(Form):
    """Whom to keep apart."""

    student = SelectField(
        _l("Student"), coerce=a_row, validate_choice=False, validators=[InputRequired(_l("Choose the student"))]
    )
    mentor = SelectField(
        _l("Mentor"), coerce=a_row, validate_choice=False, validators=[InputRequired(_l("Choose the mentor"))]
    )
    note = StringField(
        _l("Why"),
        [at_most(LONGEST_NOTE)],
        filters=[one_line],
        description=_l("A few words, such as “we are related”. Leave out what nobody needs to know."),
    )


class FacultyDeclareForm(DeclareForm):
    """Faculty give a reason."""

    note = StringField(_l("Why"), [not_blank(_l("Say in a few words why")), at_most(LONGEST_NOTE)], filters=[one_line])
