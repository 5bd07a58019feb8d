"""Which mentors take nobody new at present, whatever places they have: a condition for every list and judgement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, func

from lti_mentoring.models import Mentor, MentorProfile

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement


def is_paused() -> ColumnElement[bool]:
    """Say of a mentor's row that they take nobody yet; measured by the database's day, as leases are by its clock."""
    return exists().where(
        MentorProfile.institution_id == Mentor.institution_id,
        MentorProfile.person_id == Mentor.person_id,
        MentorProfile.paused_until > func.current_date(),
    )
