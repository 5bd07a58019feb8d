"""Forms around certificates: what strangers see, to whom one is issued, why one is withdrawn, a file to check."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import (
    FileField,
    Form,
    HiddenField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from lti_mentoring.domain.awards import Released
from lti_mentoring.forms.fields import SelectChoice

MOST_PEOPLE = 5000


class ReleaseForm(Form):
    """What the holder lets strangers see."""

    shows = SelectMultipleField(
        _l("What may strangers see?"),
        choices=[
            SelectChoice(Released.NAME.value, _l("My name")),
            SelectChoice(Released.COURSE.value, _l("What the certificate is for, and the course")),
            SelectChoice(Released.MILESTONES.value, _l("The milestones that I reached, with their dates")),
        ],
        description=_l(
            "Nothing is ticked at first: then the page says only who issued it, when, and that it is valid."
        ),
    )


class IssueForm(Form):
    """The students whose certificates are to be issued, as the page listed them."""

    people = HiddenField()

    @property
    def student_ids(self) -> list[int]:
        """The numbers sent; what is no number is left out."""
        pieces = (self.people.data or "").split(",")[:MOST_PEOPLE]
        return [int(piece) for piece in pieces if piece.isascii() and piece.isdigit() and len(piece) < 10]


class WithdrawForm(Form):
    """Why a certificate is withdrawn."""

    reason = TextAreaField(
        _l("Why do you withdraw it?"),
        [
            InputRequired(_l("Write a sentence that says why")),
            Length(max=1000, message=_l("Use at most 1,000 characters")),
        ],
        description=_l(
            "The holder and the course team can read this. The public page says only that it was withdrawn, and when."
        ),
    )


class CheckForm(Form):
    """A file that somebody wants to have checked."""

    certificate = FileField(
        _l("Certificate as PDF, PNG, SVG or JSON"),
        description=_l("It is checked and not kept. Nobody is told that you looked."),
    )
