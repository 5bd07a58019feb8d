"""Forms of applying as a mentor, and of deciding about it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import Form, TextAreaField
from wtforms.validators import InputRequired, NumberRange

from lti_mentoring.domain.applications import LONGEST_WORDS
from lti_mentoring.forms.assigning import LONGEST_REASON
from lti_mentoring.forms.fields import at_most, lines
from lti_mentoring.forms.mentors import PLACES_WORDS, PlacesField
from lti_mentoring.services.mentors import MOST_PLACES


class SendForm(Form):
    """The last page before an application is sent."""

    words = TextAreaField(
        _l("Why you would like to mentor here"),
        [at_most(LONGEST_WORDS)],
        filters=[lines],
    )
    places = PlacesField(
        _l("How many students you would take"),
        default=2,
        validators=[InputRequired(PLACES_WORDS), NumberRange(1, MOST_PLACES, PLACES_WORDS)],
    )


class AcceptForm(Form):
    """So many places the new mentor gets."""

    places = PlacesField(
        _l("Places"), validators=[InputRequired(PLACES_WORDS), NumberRange(0, MOST_PLACES, PLACES_WORDS)]
    )


class DeclineForm(Form):
    """Why an application is declined."""

    reason = TextAreaField(
        _l("Why not"),
        [at_most(LONGEST_REASON)],
        filters=[lines],
        description=_l("The applicant reads this."),
    )
