"""Forms of the faculty's pages of mentors: who is one, with how many places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import Form, IntegerField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from lti_mentoring.forms.fields import SelectChoice, a_row
from lti_mentoring.services.mentors import LONGEST_FIELD, MOST_PLACES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lti_mentoring.domain.mentor_roles import MentorRole

USUAL_PLACES = 5
PLACES_WORDS = _l("Write a number from 0 to %(most)s", most=MOST_PLACES)


class PlacesField(IntegerField):
    """A number of places; anything else is answered in our own words."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number."""
        try:
            super().process_formdata(valuelist)
        except ValueError as wrong:
            raise ValueError(str(PLACES_WORDS)) from wrong


class ServingForm(Form):
    """In which of the track's roles somebody serves; a track with one asks for nothing."""

    roles = SelectMultipleField(_l("Serves as"), validate_choice=False)

    def offer(self, roles: Sequence[MentorRole]) -> None:
        """Set the roles to choose from."""
        several = roles if len(roles) > 1 else ()
        self.roles.choices = [SelectChoice(one.key, one.name) for one in several]


class TickForm(ServingForm):
    """People of the list who become mentors, and how many students each may have."""

    people = SelectMultipleField(_l("People"), coerce=a_row, validate_choice=False)
    places = PlacesField(
        _l("Places for each"),
        default=USUAL_PLACES,
        description=_l("How many students each may have. You can change it for everybody alone."),
        validators=[InputRequired(PLACES_WORDS), NumberRange(0, MOST_PLACES, PLACES_WORDS)],
    )


class PlacesForm(ServingForm):
    """What faculty say of one mentor."""

    places = PlacesField(
        _l("Places"), validators=[InputRequired(PLACES_WORDS), NumberRange(0, MOST_PLACES, PLACES_WORDS)]
    )
    field = StringField(
        _l("What they do"),
        description=_l("A few words, such as “Internal medicine”. Students see them."),
        validators=[Length(max=LONGEST_FIELD, message=_l("Use at most %(max)s letters", max=LONGEST_FIELD))],
    )
