"""People who want no mail at some hours."""

from datetime import timedelta

from factories.world import NOON

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.quiet_hours import WEEK, Hours
from lti_mentoring.services.quiet_hours import keep_quiet_hours


def quiet_now():
    """Hours in which it is quiet when the test runs, and until the day after tomorrow."""
    open_day = (utcnow() + timedelta(days=3)).weekday()
    return Hours("UTC", days=frozenset(WEEK) - {open_day})


def quiet_hours(session, world, who, hours=None):
    """What somebody said."""
    keep_quiet_hours(session, world.sitter(who), hours or quiet_now(), now=NOON)
