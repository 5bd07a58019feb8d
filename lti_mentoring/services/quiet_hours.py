"""Keep the hours in which a person is sent no mail; the trail says that it was done, and nothing of when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, update

from lti_mentoring.db import announce, database_now
from lti_mentoring.domain.events import MailsWritten
from lti_mentoring.models import Mail, QuietHours
from lti_mentoring.services.auditing import record
from lti_mentoring.services.upserting import upsert

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.quiet_hours import Hours
    from lti_mentoring.domain.seats import Sitter


def keep_quiet_hours(session: Session, by: Sitter, hours: Hours, *, now: datetime) -> None:
    """Keep the sitter's hours in the place of those that were there; they count from now on."""
    known = {"person_id": by.person_id}
    said = {
        "institution_id": by.institution_id,
        "timezone": hours.zone,
        "starts_at": hours.starts_at,
        "ends_at": hours.ends_at,
        "days": sum(1 << day for day in hours.days),
        "updated_at": now,
    }
    number = upsert(session, QuietHours, {**known, **said}, by=tuple(known))
    record(session, by, "quiet_hours.saved", "quiet_hours", number, now=now)
    _look_again(session, by)


def end_quiet_hours(session: Session, by: Sitter, *, now: datetime) -> None:
    """Let mails go to the sitter at any hour again; quiet where they do so already."""
    own = (QuietHours.institution_id == by.institution_id, QuietHours.person_id == by.person_id)
    ended = session.scalars(delete(QuietHours).where(*own).returning(QuietHours.id)).one_or_none()
    if ended is None:
        return
    record(session, by, "quiet_hours.ended", "quiet_hours", ended, now=now)
    _look_again(session, by)


def _look_again(session: Session, by: Sitter) -> None:
    """Make the sitter's mails that were held due again: whoever claims one looks at the hours that hold now."""
    held = session.scalars(
        update(Mail)
        .where(Mail.institution_id == by.institution_id, Mail.person_id == by.person_id, Mail.held_at.is_not(None))
        .values(held_at=None, due_at=database_now(session))
        .returning(Mail.id)
        .execution_options(synchronize_session=False)
    ).all()
    if held:
        announce(session, MailsWritten(after=min(held) - 1, upto=max(held)))
