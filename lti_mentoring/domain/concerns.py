"""Concerns: a confidential word about a mentor or a student, read by those alone who handle it.

Confidential, not anonymous: its handlers see who writes. Whom it is about never reads it, whatever they are here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lti_mentoring.domain import conflicts
from lti_mentoring.errors import Conflict, Refused

RECEIPT_WITHIN = timedelta(days=7)
"""In which its handlers say that they have it; as EU 2019/1937 Art. 9 asks."""
LONGEST_WORDS = 4000
MOST_OPEN = 10
"""Of one person at a time: more is written into those that are open."""
SEALED = "concern"
"""The thing of lines of the audit trail that no page shows or counts."""
WAITS = "something_waits"
"""The kind of the mails that its handlers get; whom they went to is told and counted nowhere."""
NOT_SHOWN = frozenset({SEALED, conflicts.SEALED})


class ConcernState(StrEnum):
    """Where a concern is."""

    OPEN = "open"
    CLOSED = "closed"


BEFORE = {ConcernState.CLOSED: ConcernState.OPEN, ConcernState.OPEN: ConcernState.CLOSED}
"""Which state each follows."""


class WordsNeeded(Refused):
    """Nothing was written, or more than is kept. Facts: ``most``."""

    code = "concern_words"


class PretendedStudent(Refused):
    """Whoever looks at the course as the platform's pretended student would write in nobody's name."""

    code = "pretended_student"


class NobodyHandles(Refused):
    """Nobody is named who may read it."""

    code = "nobody_handles"


class ReadersChanged(Conflict):
    """Somebody reads it whom the page had not named."""

    code = "readers_changed"


class TooManyOpen(Refused):
    """So many are open already. Facts: ``most``."""

    code = "too_many_concerns"


class ConcernClosed(Conflict):
    """It is closed: nobody writes into it before a handler opens it again. Facts: ``mine``."""

    code = "concern_closed"


class ConcernMoved(Conflict):
    """Something was written into it, or it was closed or opened again, meanwhile."""

    code = "concern_moved"


class NoPair(Refused):
    """The two are not a mentor and a student of one track, so that nothing brings them together."""

    code = "no_pair"


class ReadFirst(Conflict):
    """Whoever answers has read what there is. Facts: ``mine``."""

    code = "read_first"


@dataclass(frozen=True, slots=True)
class Between:
    """Who raised a concern, about whom, and when."""

    raised_by: int
    about: int
    raised_at: datetime


def may_read(person_id: int, named_at: datetime, one: Between) -> bool:
    """Tell whether a handler reads a concern: not one about themselves, nor their own.

    Nor one that was there before they were named: whoever wrote it was told who would read it.
    """
    return person_id not in {one.raised_by, one.about} and named_at <= one.raised_at


def readers(handlers: Mapping[int, datetime], one: Between) -> frozenset[int]:
    """Return which of the handlers, given with when each was named, read a concern; perhaps nobody."""
    return frozenset(person for person, named_at in handlers.items() if may_read(person, named_at, one))


def check_readers(found: frozenset[int], told: frozenset[int]) -> None:
    """Raise NobodyHandles where nobody would read it, ReadersChanged where somebody would who was not told."""
    if not found:
        raise NobodyHandles
    if not found <= told:
        raise ReadersChanged


def words_of(text: str) -> str:
    """Return what was written, without blanks around it; raise WordsNeeded for nothing and for too much."""
    said = text.strip()
    if not 0 < len(said) <= LONGEST_WORDS:
        raise WordsNeeded(most=LONGEST_WORDS)
    return said


def receipt_by(raised_at: datetime) -> datetime:
    """Return until when whoever raised a concern hears that it was read."""
    return raised_at + RECEIPT_WITHIN


def is_late(raised_at: datetime, answered_at: datetime | None, state: ConcernState, *, now: datetime) -> bool:
    """Tell whether an open concern had no answer within that time and still has none."""
    return state is ConcernState.OPEN and answered_at is None and now > receipt_by(raised_at)
