"""What a student looks for in a mentor: nothing of it has to be said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.validators import Optional

from lti_mentoring.domain.profiles import ENDS, CareerStage, ProfileFacts
from lti_mentoring.domain.seeking import STYLE
from lti_mentoring.forms.fields import OFFERED
from lti_mentoring.forms.profiles import ENDED, TERMS, PartForm, TickList
from lti_mentoring.forms.zones import zone_now

if TYPE_CHECKING:
    from lti_mentoring.domain.vocabularies import Vocabulary
    from lti_mentoring.queries.profiles import ProfileView


class SeekingForm(PartForm):
    """Everything on one page."""

    domains = TickList(_l("I would like help with"))
    specialties = TickList(_l("Subjects"))
    skills = TickList(_l("What I would like to learn"))
    languages = TickList(_l("Languages in which I can be mentored"))
    timezone = SelectField(_l("My time zone"), [Optional()], filters=[zone_now], **OFFERED)
    hours = TickList(_l("When I usually have time"), description=_l("Roughly, by your own clock."))
    career = SelectField(_l("Where I am on my way"), [Optional()], **OFFERED)

    def __init__(self, vocabulary: Vocabulary, view: ProfileView, formdata: Any = None) -> None:
        super().__init__(vocabulary, view, formdata)
        fields: dict[str, Any] = dict(self._fields)
        for key, _about, one, other in STYLE:
            words = (_(one), _("Either, as it comes"), _(other))
            fields[f"{ENDED}{key}"].choices = list(zip(ENDS, words, strict=True))

    def facts(self) -> ProfileFacts:
        """Return what was said; what was not is empty."""
        style = {key: self[f"{ENDED}{key}"].data for key, *_words in STYLE}
        return ProfileFacts(
            values={
                "career": CareerStage(self.career.data) if self.career.data else None,
                "timezone": self.timezone.data or "",
                "style": {key: end for key, end in style.items() if end in ENDS},
            },
            terms={kind: tuple(self[name].data or ()) for name, kind in TERMS.items()},
        )


for _key, _about, _one, _other in STYLE:
    setattr(SeekingForm, f"{ENDED}{_key}", RadioField(_l(_about), [Optional()], **OFFERED))
