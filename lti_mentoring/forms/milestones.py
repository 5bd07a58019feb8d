"""What students send and what signers answer."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField, Form, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from lti_mentoring.forms.fields import Day
from lti_mentoring.services.milestones import LONGEST_WORDS


class Versioned(Form):
    """A form that knows on which version of the milestone it was opened."""

    version = IntegerField(widget=HiddenInput(), default=1)

    @property
    def opened_on(self) -> int:
        """The version that the page showed; 0, which is none, when it was tampered with."""
        return self.version.data or 0


class EvidenceForm(Versioned):
    """A text, a link, a file; one of them at least."""

    text = TextAreaField(
        _l("Your words"),
        description=_l("No patient’s name, date of birth or hospital number. It is saved while you write."),
    )
    url = StringField(_l("A link"), description=_l("Begins with https:// and can be opened by your reader."))
    file = FileField(_l("A file"))
    agree = BooleanField(
        _l("Send anyway: it names nobody"),
        description=_l("I have looked at each marked place; none of it names a patient."),
    )
    agreed = HiddenField()

    @property
    def agreed_to(self) -> str:
        """The findings that the student says name nobody; "" without the tick."""
        return str(self.agreed.data or "") if self.agree.data else ""


class AnswerForm(Versioned):
    """What the signer says to what was sent."""

    words = TextAreaField(
        _l("What do you want to say?"),
        [Length(max=LONGEST_WORDS, message=_l("This is too long: use 10,000 letters at most"))],
        description=_l("Something good, and one thing to do differently. Needed when you send it back."),
    )


class ReasonForm(Versioned):
    """A decision that needs a reason."""

    words = TextAreaField(
        _l("Why?"),
        [
            InputRequired(_l("Write the reason in one sentence")),
            Length(max=LONGEST_WORDS, message=_l("This is too long: use 10,000 letters at most")),
        ],
        description=_l("One sentence; the student and the mentor read it."),
    )


class ExtendForm(ReasonForm):
    """A date of one student's own."""

    due_on = Day(_l("New date"), [InputRequired(_l("Choose the new date"))])


class AppealForm(Versioned):
    """The student's own words to faculty."""

    words = TextAreaField(
        _l("Why should somebody look again?"),
        [
            InputRequired(_l("Write in one sentence why somebody should look again")),
            Length(max=LONGEST_WORDS, message=_l("This is too long: use 10,000 letters at most")),
        ],
        description=_l("The course team decides. Your mentor can read it, too."),
    )
