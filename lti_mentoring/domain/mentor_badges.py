"""A mentor's badge says a level that its holder has, and is withdrawn where faculty take that level back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from lti_mentoring.domain.levels import Level, reaches
from lti_mentoring.errors import Conflict


class BadgeNotReached(Conflict):
    """Who is not trained has no badge to take."""

    code = "mentor_badge_not_reached"


class BadgeTakenBack(Conflict):
    """Faculty withdrew a badge with a reason, and have said nothing new since: none can be taken."""

    code = "mentor_badge_taken_back"


def may_take_again(withdrawn_at: datetime | None, words: Iterable[datetime | None]) -> bool:
    """Tell whether a badge may be taken after one was withdrawn by hand: only once something new was said or shown.

    ``words``: when training was confirmed, the mentor was named lead, and the test for mentors was passed last.
    """
    return withdrawn_at is None or any(said is not None and said > withdrawn_at for said in words)


def badges_lost(held: tuple[Level, ...], now: Level | None) -> tuple[Level, ...]:
    """Return which badges say more than is so now."""
    return tuple(level for level in held if not reaches(now, level))
