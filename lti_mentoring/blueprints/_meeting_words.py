"""Meetings in words: where one stands, what was done, and the next one on a first page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from lti_mentoring.blueprints._access import current_seat
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db
from lti_mentoring.domain.meetings import MeetingState, Stands, join_host
from lti_mentoring.domain.vocabularies import vocabulary_of
from lti_mentoring.queries.clocks import own_zone
from lti_mentoring.queries.meetings import unsettled
from lti_mentoring.queries.seats import track_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask_babel import LazyString

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.domain.vocabularies import MentoringDomain, Vocabulary
    from lti_mentoring.queries.meetings import MeetingView

PILLS: dict[MeetingState, tuple[str, LazyString]] = {
    MeetingState.HELD: ("done", _l("You met")),
    MeetingState.MISSED: ("", _l("Did not take place")),
    MeetingState.CANCELLED: ("", _l("Called off")),
    MeetingState.AGREED: ("done", _l("Agreed")),
    MeetingState.PROPOSED: ("wait", _l("Not agreed yet")),
}
HEADINGS: dict[Stands, LazyString] = {
    Stands.ANSWER: _l("Waits for your answer"),
    Stands.RECORD: _l("Did you meet?"),
    Stands.COMING: _l("Coming"),
    Stands.ASKED: _l("Waits for the other’s answer"),
    Stands.PAST: _l("Over"),
}
"""In the order in which the list has them: one's own turn first."""


def my_zone(seat: Sitter) -> str:
    """Return the zone by whose clock the sitter reads times; "": they have named none."""
    return own_zone(db.session(), seat)


def about(domains: Iterable[MentoringDomain]) -> str:
    """Say what a meeting is about, in the words of the track's field of work."""
    words = vocabulary_here().domain_words
    return ", ".join(_(words[one]) for one in domains)


def vocabulary_here() -> Vocabulary:
    """Return the words of the sitter's track."""
    return vocabulary_of(track_of(db.session(), current_seat()).template)


def lasts(minutes: int) -> str:
    """Say how long a meeting is."""
    return str(ngettext("%(num)s minute", "%(num)s minutes", minutes))


def where(one: MeetingView) -> str:
    """Say in few words where a meeting is: a link by its host."""
    online = _("online at %(host)s", host=join_host(one.join_url) or "") if one.join_url else ""
    return ", ".join(filter(None, (one.place, online)))


def next_meeting(seat: Sitter) -> dict[str, Any]:
    """Return what a first page shows of meetings; two statements."""
    now, found = utcnow(), unsettled(db.session(), seat)
    coming = [one for one in found if one.stands(now) in {Stands.ANSWER, Stands.COMING}]
    return {
        "meeting": next(iter(coming), None),
        "answers": any(one.stands(now) is Stands.ANSWER for one in coming[:1]),
        "to_answer": sum(one.stands(now) is Stands.ANSWER for one in coming[1:]),
        "to_record": sum(one.stands(now) is Stands.RECORD for one in found),
        "zone": my_zone(seat),
        "where": where,
    }
