"""Which mentors take nobody new at present, whatever places they have: a condition for every list and judgement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, func, or_

from lti_mentoring.domain.credentials import HOLDS
from lti_mentoring.models import Credential, Mentor, MentorProfile, Track
from lti_mentoring.queries.trained import lacks_training

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement


def takes_nobody(track: Track) -> ColumnElement[bool]:
    """Say of a row of the track's mentors that they can be given nobody new now: on pause, unchecked, or untrained."""
    return or_(is_paused(), lacks_credential(), lacks_training(track))


def is_paused() -> ColumnElement[bool]:
    """Say of a mentor's row that they take nobody yet; measured by the database's day, as leases are by its clock."""
    paused = exists().where(
        MentorProfile.institution_id == Mentor.institution_id,
        MentorProfile.person_id == Mentor.person_id,
        MentorProfile.paused_until > func.current_date(),
    )
    return paused.correlate(Mentor)


def lacks_credential() -> ColumnElement[bool]:
    """Say of a mentor's row that the track asks for a verified credential which they do not have (any more)."""
    asks = exists().where(Track.id == Mentor.track_id, Track.credential_needed.is_(True)).correlate(Mentor)
    return and_(asks, ~has_credential())


def has_credential() -> ColumnElement[bool]:
    """Say of a mentor's row that something verified of them holds."""
    holds = exists().where(
        Credential.institution_id == Mentor.institution_id,
        Credential.person_id == Mentor.person_id,
        Credential.state.in_(HOLDS),
        Credential.removed_at.is_(None),
    )
    return holds.correlate(Mentor)
