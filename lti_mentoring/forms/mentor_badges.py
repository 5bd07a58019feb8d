"""What strangers see of a mentor's badge; a page may have one form for each badge, so names begin with the level."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectMultipleField

from lti_mentoring.domain.awards import Released
from lti_mentoring.forms.fields import SelectChoice


class BadgeShownForm(Form):
    """What the holder lets strangers see."""

    shows = SelectMultipleField(
        _l("What may strangers see?"),
        choices=[
            SelectChoice(Released.NAME.value, _l("My name")),
            SelectChoice(Released.COURSE.value, _l("Which level it says, and the course")),
        ],
        description=_l(
            "Nothing is ticked at first: then the page says only who issued it, when, and that it is valid."
        ),
    )
