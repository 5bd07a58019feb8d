"""Forms that end mentorships of people who leave."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, SelectMultipleField, StringField
from wtforms.validators import Length

from lti_mentoring.forms.assigning import LONGEST_REASON
from lti_mentoring.forms.fields import a_row, not_blank, one_line


class ShownForm(Form):
    """The mentorships that the page showed."""

    shown = SelectMultipleField(_l("Who is concerned"), coerce=a_row, validate_choice=False)


class PartForm(ShownForm):
    """Why a mentor goes, and whether for good."""

    reason = StringField(
        _l("Reason"),
        description=_l("Kept with the change; only the course team can read it."),
        filters=[one_line],
        validators=[
            not_blank(_l("Say in a few words why")),
            Length(max=LONGEST_REASON, message=_l("Use at most %(max)s letters", max=LONGEST_REASON)),
        ],
    )
    stops = BooleanField(
        _l("Take the tick away, too"),
        description=_l("The person is no mentor here any more, and gets no students in rounds or by hand."),
    )
