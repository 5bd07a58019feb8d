"""The hours in which a person is sent no mail: as their own page and the outbox read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.domain.quiet_hours import WEEK, Hours
from lti_mentoring.models import QuietHours

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter


def quiet_hours_of(session: Session, sitter: Sitter) -> Hours | None:
    """Return the sitter's own hours; None: they have none."""
    own = (QuietHours.institution_id == sitter.institution_id, QuietHours.person_id == sitter.person_id)
    row = session.scalars(select(QuietHours).where(*own)).one_or_none()
    return hours_of_row(row) if row else None


def hours_of_row(row: QuietHours) -> Hours:
    """Return the hours that a row holds."""
    days = frozenset(day for day in WEEK if row.days >> day & 1)
    return Hours(row.timezone, row.starts_at, row.ends_at, days)
