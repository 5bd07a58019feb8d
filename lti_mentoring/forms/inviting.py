"""Forms of invitations: what faculty write, and what the invited person answers."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, ValidationError

from lti_mentoring.domain.inviting import LONGEST_NAME, MOST_AT_ONCE, Fault, FaultyEntry, Pasted, read_pasted
from lti_mentoring.forms.fields import OFFERED, at_most, lines, needed, not_blank, one_line
from lti_mentoring.forms.mentors import PLACES_WORDS, USUAL_PLACES, PlacesField
from lti_mentoring.services.mentors import LONGEST_FIELD, MOST_PLACES

LONGEST_NOTE = 300
LONGEST_PASTED = 20_000
MOST_SAID = 8
"""Faulty entries that one answer names; the others are counted."""
FAULTS = {
    Fault.NO_ADDRESS: _l("%(typed)s: there is no e-mail address"),
    Fault.BAD_ADDRESS: _l("%(typed)s: this is no whole e-mail address"),
    Fault.LONG_NAME: _l("%(typed)s: the name is too long"),
    Fault.TWICE: _l("%(typed)s: this address is there twice"),
    Fault.INVITED_ALREADY: _l("%(typed)s is invited already; send the invitation again in the list below"),
    Fault.MENTOR_ALREADY: _l("%(typed)s mentors in this track already"),
}
LONGEST_SHOWN = 80


def fault_words(faults: Sequence[FaultyEntry]) -> list[str]:
    """Say what is wrong with each entry."""
    said = [str(FAULTS[one.fault]) % {"typed": one.typed[:LONGEST_SHOWN]} for one in faults[:MOST_SAID]]
    more = len(faults) - len(said)
    return [*said, _("and %(number)s more", number=more)] if more else said


class InviteForm(Form):
    """People to invite, and what they are offered."""

    whom = TextAreaField(
        _l("Whom do you invite?"),
        [needed(_l("Write at least one e-mail address")), at_most(LONGEST_PASTED)],
        filters=[lines],
        description=_l("One person on each line: the name, then the e-mail address. You can paste up to %(most)s.",
                       most=MOST_AT_ONCE),
    )  # fmt: skip
    places = PlacesField(
        _l("Places for each"),
        default=USUAL_PLACES,
        validators=[InputRequired(PLACES_WORDS), NumberRange(0, MOST_PLACES, PLACES_WORDS)],
    )
    field = StringField(
        _l("What they do"),
        [at_most(LONGEST_FIELD)],
        filters=[one_line],
        description=_l("A few words, such as “Internal medicine”. Students see them."),
    )
    note = TextAreaField(
        _l("A line of your own"),
        [at_most(LONGEST_NOTE)],
        filters=[lines],
        description=_l("It stands in each mail, as you write it. Name no student and no patient."),
    )

    def validate_whom(self, field: TextAreaField) -> None:
        """Refuse all of it where one entry cannot be used: nobody wonders later who was invited."""
        if field.errors or not (faults := self.pasted().faults):
            return
        *first, last = fault_words(faults)
        field.errors = first
        raise ValidationError(last)

    def pasted(self) -> Pasted:
        """Return whom the text names."""
        return read_pasted(self.whom.data or "")


class AcceptForm(Form):
    """Who accepts."""

    name = StringField(
        _l("Your name"),
        [not_blank(_l("Write your name")), at_most(LONGEST_NAME)],
        filters=[one_line],
        description=_l("As students and the course team shall read it."),
    )
    language = SelectField(_l("Your language"), **OFFERED)


class DeclineForm(Form):
    """Why somebody declines, if they like to say."""

    reason = StringField(
        _l("Why not"), [at_most(LONGEST_NOTE)], filters=[one_line], description=_l("The course team reads it.")
    )
