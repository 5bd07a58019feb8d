"""A meeting as a calendar takes it (RFC 5545): the library escapes every text."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from icalendar import Calendar, Event

from lti_mentoring.domain.meetings import MeetingState

if TYPE_CHECKING:
    from lti_mentoring.queries.meetings import MeetingView

KIND = "text/calendar"
STATUS = {
    MeetingState.PROPOSED: "TENTATIVE",
    MeetingState.AGREED: "CONFIRMED",
    MeetingState.HELD: "CONFIRMED",
    MeetingState.CANCELLED: "CANCELLED",
    MeetingState.MISSED: "CANCELLED",
}


def as_calendar(one: MeetingView) -> bytes:
    """Return a calendar of one meeting: with the same name each time, and a higher number whenever it was changed.

    The same calendar then changes what it has (RFC 5545, 3.8.4.7 and 3.8.7.4). Nobody's mail address is in it.
    """
    event = Event()
    event.add("uid", f"{one.key}@lti-mentoring")
    event.add("sequence", one.version - 1)
    event.add("dtstamp", one.updated_at)
    event.add("dtstart", one.starts_at)
    event.add("dtend", one.starts_at + timedelta(minutes=one.minutes))
    event.add("status", STATUS[one.state])
    event.add("summary", _("Meeting with %(name)s", name=one.other))
    said = {
        "location": one.place or one.join_url,
        "description": "\n\n".join(filter(None, (one.join_url, one.agenda))),
        "url": one.join_url,
    }
    for name, value in said.items():
        if value:
            event.add(name, value)
    calendar = Calendar()
    calendar.add("prodid", "-//lti_mentoring//meetings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if STATUS[one.state] == "CANCELLED" else "PUBLISH")
    calendar.add_component(event)
    made: bytes = calendar.to_ical()
    return made
