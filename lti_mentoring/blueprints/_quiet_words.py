"""Quiet hours in a sentence, for the person whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.dates import format_time
from babel.lists import format_list
from flask_babel import gettext as _

from lti_mentoring.blueprints._words import locale_now
from lti_mentoring.forms.quiet_hours import day_names

if TYPE_CHECKING:
    from lti_mentoring.domain.quiet_hours import Hours


def quiet_words(hours: Hours | None) -> str:
    """Say when no mail is sent, and by whose clock; "" where one is sent at any hour."""
    if hours is None:
        return ""
    city = hours.zone.rpartition("/")[2].replace("_", " ")
    days = format_list([day_names()[day] for day in sorted(hours.days)], locale=locale_now())
    if hours.starts_at is None or hours.ends_at is None:
        return str(_("No mail on %(days)s (%(city)s time)", days=days, city=city))
    start, end = (format_time(clock, "HH:mm", locale=locale_now()) for clock in (hours.starts_at, hours.ends_at))
    if not days:
        return str(_("No mail from %(start)s to %(end)s (%(city)s time)", start=start, end=end, city=city))
    return str(_("No mail from %(start)s to %(end)s, nor on %(days)s (%(city)s time)",
                 start=start, end=end, days=days, city=city))  # fmt: skip
