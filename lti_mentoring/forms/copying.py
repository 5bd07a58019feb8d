"""The form of copying a setup from another course."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import Form

from lti_mentoring.forms.fields import Day, needed


class CopyForm(Form):
    """The one thing that a copy needs to be told."""

    starts_on = Day(
        _l("Begins on"),
        [needed(_l("Say on which day it begins."))],
        description=_l("The only date that moves. What is due is counted in days from each student’s own start."),
    )

    @property
    def beginning(self) -> date:
        """The day that was typed."""
        assert self.starts_on.data is not None  # noqa: S101  # the form is valid: it is needed
        return self.starts_on.data
