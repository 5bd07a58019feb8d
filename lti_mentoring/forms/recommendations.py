"""Would a student choose this mentor again: one question, and no answer is one, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import Form, RadioField

from lti_mentoring.domain.recommendations import Again
from lti_mentoring.forms.fields import OFFERED, SelectChoice

if TYPE_CHECKING:
    from lti_mentoring.queries.recommendations import Asked

NOTHING = "nothing"
AGAIN = {
    Again.YES: _l("Yes"),
    Again.RESERVED: _l("Yes, with reservations"),
    Again.NO: _l("No"),
}


class RecommendationForm(Form):
    """The question about one mentor; several may stand on one page."""

    again = RadioField(
        _l("Would you choose this mentor again?"),
        choices=[
            *(SelectChoice(answer.value, words) for answer, words in AGAIN.items()),
            SelectChoice(NOTHING, _l("I would rather not say; this also takes an answer back")),
        ],
        **OFFERED,
    )

    def __init__(self, asked: Asked, formdata: Any = None) -> None:
        stands = asked.answer.value if asked.answer else NOTHING
        self.asked = asked
        super().__init__(formdata, prefix=f"again-{asked.mentor_id}", data={"again": stands})

    @property
    def said(self) -> Again | None:
        """What was answered; None: nothing, or not any more."""
        return None if self.again.data == NOTHING else Again(self.again.data)
