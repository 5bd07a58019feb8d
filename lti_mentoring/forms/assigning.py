"""Forms with which faculty give students a mentor, move them, end a mentorship and bring a list."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import FileField, Form, SelectField, StringField
from wtforms.validators import Length

from lti_mentoring.forms.fields import a_row, not_blank, one_line

LONGEST_REASON = 300


class AssignForm(Form):
    """A mentor for one student."""

    mentor = SelectField(_l("Mentor"), coerce=a_row, validate_choice=False)


class DespiteForm(Form):
    """Why two come together although a conflict is declared; sent only by the page that asks for it."""

    despite = StringField(
        _l("Why all the same"),
        description=_l("Kept with the change, under your name; only the course team can read it."),
        filters=[one_line],
        validators=[
            not_blank(_l("Say in a few words why")),
            Length(max=LONGEST_REASON, message=_l("Use at most %(max)s letters", max=LONGEST_REASON)),
        ],
    )


class EndForm(Form):
    """Why a mentorship ends early."""

    reason = StringField(
        _l("Reason"),
        description=_l("Kept with the change; only the course team can read it."),
        filters=[one_line],
        validators=[
            not_blank(_l("Say in a few words why")),
            Length(max=LONGEST_REASON, message=_l("Use at most %(max)s letters", max=LONGEST_REASON)),
        ],
    )


class MoveForm(EndForm):
    """Another mentor for a student, and why."""

    mentor = SelectField(_l("New mentor"), coerce=a_row, validate_choice=False)


class UploadForm(Form):
    """A list of students and mentors."""

    file = FileField(_l("Your list"), description=_l("A CSV file with the columns student and mentor, up to 1 MB."))
