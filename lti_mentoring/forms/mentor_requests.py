"""What a student writes to a mentor, and why a mentor says no."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField, TextAreaField

from lti_mentoring.forms.fields import at_most, lines, one_line
from lti_mentoring.models.mentor_request import LONGEST_MESSAGE, LONGEST_REASON


class AskForm(Form):
    """A few words to go with the question."""

    message = TextAreaField(
        _l("A few words about you"),
        [at_most(LONGEST_MESSAGE)],
        filters=[lines],
        description=_l("What you would like to learn, and when you have time. 600 letters at most."),
    )


class DeclineForm(Form):
    """Why not."""

    reason = StringField(_l("Why not"), [at_most(LONGEST_REASON)], filters=[one_line])
