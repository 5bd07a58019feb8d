"""A mentor's limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectField
from wtforms.validators import NumberRange, Optional

from lti_mentoring.forms.fields import OFFERED, SelectChoice, WholeNumber
from lti_mentoring.queries.mentor_choices import Limits
from lti_mentoring.services.mentors import MOST_PLACES

if TYPE_CHECKING:
    from collections.abc import Iterable

EVERYBODY = 0


class LimitsForm(Form):
    """Whom a mentor takes, and how many new ones at once."""

    only = SelectField(_l("Students"), coerce=int, **OFFERED)
    most_new = WholeNumber(
        _l("New students in one round, at most"),
        [Optional(), NumberRange(0, MOST_PLACES, _l("Write a number from 0 to %(most)s", most=MOST_PLACES))],
        description=_l("Leave it empty for: as many as you have places."),
    )

    def offer(self, groups: Iterable[tuple[int, str]]) -> None:
        """Fill in the sections that the mentor is in."""
        everybody = SelectChoice(str(EVERYBODY), _("Students of the whole course"))
        own = [SelectChoice(str(number), _("Only students of %(name)s", name=name)) for number, name in groups]
        self.only.choices = [everybody, *own]

    def facts(self) -> Limits:
        """Return what was chosen."""
        chosen = self.only.data or None
        return Limits(chosen is not None, chosen, self.most_new.data)
