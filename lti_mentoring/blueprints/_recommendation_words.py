"""What students would choose again, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _

from lti_mentoring.domain.recommendations import Band

if TYPE_CHECKING:
    from lti_mentoring.domain.recommendations import Told


def told_words(told: Told | None) -> str:
    """Say what is told of a mentor; "" where that is nothing."""
    if told is None:
        return ""
    said = {
        Band.ABOUT: lambda: _("About %(many)s of 10 students would choose this mentor again.", many=told.of_ten),
        Band.AT_LEAST: lambda: _("At least %(many)s of 10 students would choose this mentor again.", many=told.of_ten),
        Band.AT_MOST: lambda: _("At most %(many)s of 10 students would choose this mentor again.", many=told.of_ten),
    }[told.band]()
    reserved = _("Some of them have reservations.") if told.some_reserved else ""
    return f"{said} {reserved}".strip()
