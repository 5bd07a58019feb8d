"""Whether the database is there with the tables that this version needs, and how much work waits in it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, or_, select

from lti_mentoring.models import Job, JobState, Mail, MailState, Score, ScoreState

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


@lru_cache(maxsize=4)
def wanted_heads(directory: str) -> frozenset[str]:
    """Return where the migrations of this version end."""
    return frozenset(ScriptDirectory(directory).get_heads())


def is_at_head(session: Session, directory: str) -> bool:
    """Tell whether the database has been upgraded to this version; raise SQLAlchemyError when it is not there."""
    found = MigrationContext.configure(session.connection()).get_current_heads()
    return frozenset(found) == wanted_heads(directory)


def waiting_work(session: Session, *, now: datetime) -> dict[str, int]:
    """Count the rows that wait to be worked on, by kind; a mail that waits for its reader's morning does not."""
    mails = (Mail.state == MailState.PENDING, or_(Mail.held_at.is_(None), Mail.due_at <= now))
    return {
        "scores": session.scalar(select(func.count()).where(Score.state == ScoreState.PENDING)) or 0,
        "mails": session.scalar(select(func.count()).select_from(Mail).where(*mails)) or 0,
        "jobs": session.scalar(select(func.count()).where(Job.state.in_([JobState.QUEUED, JobState.RUNNING]))) or 0,
    }
