"""Whom an administrator names to read concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from wtforms import Form, RadioField

from lti_mentoring.forms.fields import OFFERED, SelectChoice, a_row, needed

if TYPE_CHECKING:
    from collections.abc import Sequence


class NameForm(Form):
    """One of those who were found."""

    handler = RadioField(
        _l("Who"), [needed(_l("Choose somebody."))], coerce=a_row, validate_choice=False, **OFFERED
    )  # fmt: skip

    def __init__(self, found: Sequence[tuple[int, str, str]], data: Any = None) -> None:
        """Offer them, as (number, name, e-mail)."""
        super().__init__(data)
        self.handler.choices = [SelectChoice(str(number), name) for number, name, _email in found]
