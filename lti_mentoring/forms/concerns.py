"""A confidential word about somebody, and what is written about it afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, HiddenField, RadioField, TextAreaField

from lti_mentoring.domain.concerns import LONGEST_WORDS
from lti_mentoring.forms.fields import OFFERED, SelectChoice, a_row, at_most, lines, needed, not_blank

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lti_mentoring.queries.concerns import Whom

MOST_DIGITS = 20


class WordsForm(Form):
    """What is written."""

    text = TextAreaField(
        _l("What you want to say"),
        [not_blank(_l("Write something first")), at_most(LONGEST_WORDS)],
        filters=[lines],
    )


class RaiseForm(WordsForm):
    """About whom, and what; ``readers``: whom the page named as readers."""

    concerning = RadioField(
        _l("About whom"), [needed(_l("Choose whom it is about"))], coerce=a_row, validate_choice=False, **OFFERED
    )  # fmt: skip
    readers = HiddenField()

    def __init__(self, people: Sequence[Whom], data: Any = None) -> None:
        """Offer those whom it can be about, own ones first."""
        super().__init__(data)
        self.text.label.text = str(_("What happened"))
        self.concerning.choices = [SelectChoice(str(one.person_id), one.name) for one in people]

    @property
    def told(self) -> frozenset[int]:
        """Return who was said to read it."""
        sent = (self.readers.data or "").split(",")
        return frozenset(int(one) for one in sent if one.isascii() and one.isdigit() and len(one) < MOST_DIGITS)
