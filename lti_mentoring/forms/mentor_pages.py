"""What a mentor lets strangers see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectMultipleField

from lti_mentoring.domain.mentor_pages import PublicPart
from lti_mentoring.forms.fields import SelectChoice

if TYPE_CHECKING:
    from collections.abc import Sequence


PARTS = [
    SelectChoice(PublicPart.CHECKED.value, _l("Which licences and degrees were checked, by whom and when")),
    SelectChoice(PublicPart.LEVEL.value, _l("How far I am as a mentor: trained, practising, lead")),
    SelectChoice(PublicPart.AGAIN.value, _l("How many of ten students would choose me again, once that is told")),
    SelectChoice(PublicPart.WORK.value, _l("My profession, and how far I am")),
    SelectChoice(PublicPart.SUBJECTS.value, _l("What I help with")),
    SelectChoice(PublicPart.TIMES.value, _l("My languages, time zone and hours")),
    SelectChoice(PublicPart.STYLE.value, _l("How I like to work")),
    SelectChoice(PublicPart.OFFER.value, _l("Where I meet students, and my words about myself")),
]


class PublicPartsForm(Form):
    """Which parts the public page shows."""

    public = SelectMultipleField(
        _l("What may strangers see?"),
        choices=PARTS,
        description=_l("Your name and that of your institution always stand there. Nothing else is ticked at first."),
    )

    def offer(self, roles: Sequence[str]) -> None:
        """Let the mentor also show what they mentor as, where there is anything to tell."""
        if roles:
            words = _l("What I mentor as: %(roles)s", roles=", ".join(roles))
            self.public.choices = [SelectChoice(PublicPart.ROLES.value, words), *PARTS]
