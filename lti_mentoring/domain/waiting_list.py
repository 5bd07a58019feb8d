"""Who waits for a mentor: since when, and which of all that happened is why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from lti_mentoring.domain.mentorships import EndCause
from lti_mentoring.domain.rank_lists import Window

if TYPE_CHECKING:
    from lti_mentoring.domain.rank_lists import MatchingRules


class Because(StrEnum):
    """Why somebody waits: the last thing that happened."""

    NOT_YET = "not_yet"
    """Nothing has happened yet."""
    JOINED_LATE = "joined_late"
    """Came to the course after the others had got their mentors."""
    TEST_FIRST = "test_first"
    """Has not passed the test that the track asks for before a mentor."""
    ASKING = "asking"
    """A mentor has the question."""
    NOBODY_ACCEPTED = "nobody_accepted"
    PASSED_OVER = "passed_over"
    """The last published round left the student without a mentor."""
    MENTOR_LEFT = "mentor_left"
    MENTOR_STOPS = "mentor_stops"
    BACK_AGAIN = "back_again"
    """Had left the course, and is in it again."""
    TAKEN_BACK = "taken_back"
    ENDED = "ended"


OF_CAUSE = {
    EndCause.MENTOR_LEFT: Because.MENTOR_LEFT,
    EndCause.MENTOR_STOPS: Because.MENTOR_STOPS,
    EndCause.STUDENT_LEFT: Because.BACK_AGAIN,
    EndCause.TAKEN_BACK: Because.TAKEN_BACK,
}


@dataclass(frozen=True, slots=True)
class History:
    """What happened to somebody who waits; blank is what never did."""

    joined_at: datetime | None = None
    """When they came into the course; None: before that was kept, so certainly not late."""
    opened_at: datetime | None = None
    """When the track was published."""
    others_at: datetime | None = None
    """When the first round was published; in a track without rounds, when the first mentorship began."""
    ended_at: datetime | None = None
    ended_with: str = ""
    """The name of the mentor of before."""
    end_cause: EndCause | None = None
    passed_over: int = 0
    """How many published rounds left them without a mentor."""
    passed_at: datetime | None = None
    """When the last of these was published."""
    round_number: int = 0
    refused_at: datetime | None = None
    """When the last question ended without a yes."""
    reply_by: datetime | None = None
    """By when an open question is answered."""
    held_back: bool = False
    """Has not passed the test that comes before a mentor."""


@dataclass(frozen=True, slots=True)
class Wait:
    """How somebody waits. ``since`` None: a track that nobody has opened yet."""

    because: Because
    since: datetime | None
    passed_over: int = 0
    round_number: int = 0
    mentor: str = ""
    """Of a mentorship that ended: with whom it was."""
    reply_by: datetime | None = None
    joined_at: datetime | None = None


def wait_of(history: History) -> Wait:
    """Say why and since when somebody waits: for a test, for an answer, else by the last event."""
    events = [
        (history.ended_at, OF_CAUSE.get(history.end_cause or EndCause.OTHER, Because.ENDED)),
        (history.passed_at, Because.PASSED_OVER),
        (history.refused_at, Because.NOBODY_ACCEPTED),
    ]
    happened = [(at, because) for at, because in events if at is not None]
    because = max(happened, key=lambda one: one[0])[1] if happened else _from_the_beginning(history)
    if history.reply_by:
        because = Because.ASKING
    return Wait(
        because=Because.TEST_FIRST if history.held_back else because,
        since=history.ended_at or _later(history.joined_at, history.opened_at),
        passed_over=history.passed_over,
        round_number=history.round_number,
        mentor=history.ended_with,
        reply_by=history.reply_by,
        joined_at=history.joined_at,
    )


def rules_for(rules: MatchingRules, history: History, today: date) -> MatchingRules:
    """Return a track's rules as they hold for somebody who waits.

    Who came, lost the mentor or was passed over on the last day for wishes or after it may still state them: they could
    not before, or have to think anew.
    """
    if rules.window(today) is not Window.OVER or rules.wishes_until is None:
        return rules
    events = (history.joined_at, history.ended_at, history.passed_at)
    late = any(at is not None and at.date() >= rules.wishes_until for at in events)
    return replace(rules, wishes_until=None) if late else rules


def _from_the_beginning(history: History) -> Because:
    joined, others = history.joined_at, history.others_at
    late = joined is not None and others is not None and joined > others
    return Because.JOINED_LATE if late else Because.NOT_YET


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    known = [at for at in (one, other) if at is not None]
    return max(known, default=None)
