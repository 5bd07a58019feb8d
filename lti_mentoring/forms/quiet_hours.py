"""Hours in which a person is sent no mail: each day from when until when, whole days, and by whose clock."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Any

from babel.dates import get_day_names
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectField, TimeField
from wtforms.validators import Optional

from lti_mentoring.domain.quiet_hours import WEEK, Fault, Hours, HoursRefused
from lti_mentoring.forms.fields import OFFERED
from lti_mentoring.forms.profiles import TickList
from lti_mentoring.forms.zones import zone_now, zones

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask_babel import LazyString

AS_A_CLOCK: dict[str, Any] = {
    "invalid_value_message": _l("Write a time of day as hours and minutes, for example 21:00.")
}
FAULTS: dict[Fault, tuple[str, LazyString]] = {
    Fault.NO_START: ("starts_at", _l("Say from when, too.")),
    Fault.NO_END: ("ends_at", _l("Say until when, too.")),
    Fault.SAME: ("ends_at", _l("They begin at this time. Choose another, so that mails can go.")),
    Fault.EVERY_DAY: ("days", _l("Leave out one day, so that mails can go.")),
}


def day_names() -> Mapping[int, str]:
    """Return the days of a week in the reader's language, Monday as 0."""
    return get_day_names("wide", locale=get_locale() or "en")


class QuietHoursForm(Form):
    """One's own hours; nothing said is no hours."""

    starts_at = TimeField(_l("No mail from"), [Optional()], **AS_A_CLOCK)
    ends_at = TimeField(_l("Until"), [Optional()], **AS_A_CLOCK)
    days = TickList(_l("And none at all on"))
    timezone = SelectField(_l("Your time zone"), [Optional()], filters=[zone_now], **OFFERED)

    def __init__(self, hours: Hours | None, usual_zone: str, formdata: Any = None) -> None:
        """Begin with the hours that are kept, and with a zone that was named elsewhere."""
        shown = hours or Hours(usual_zone)
        super().__init__(
            formdata, starts_at=shown.starts_at, ends_at=shown.ends_at, timezone=shown.zone,
            days=[str(day) for day in shown.days],
        )  # fmt: skip
        self.days.choices = [(str(day), day_names()[day]) for day in WEEK]
        self.timezone.choices = [("", _("Choose")), *zones()]

    def validate(self, extra_validators: Any = None) -> bool:
        """Look at each field, then at what they say together."""
        if not super().validate(extra_validators):
            return False
        try:
            hours = self.hours()
        except HoursRefused as refused:
            name, words = FAULTS[refused.fault]
            return self._refuse(name, words)
        return True if hours is None or hours.zone else self._refuse("timezone", _l("Choose the town nearest to you."))

    def hours(self) -> Hours | None:
        """Return what was said; None: nothing. Raises HoursRefused."""
        starts_at: time | None = self.starts_at.data
        days = frozenset(int(day) for day in self.days.data or ())
        if starts_at is None and self.ends_at.data is None and not days:
            return None
        return Hours(self.timezone.data or "", starts_at, self.ends_at.data, days)

    def _refuse(self, name: str, words: LazyString) -> bool:
        self[name].errors = [str(words)]
        return False
