"""Let faculty say that a mentor is trained where no test says it, and name whoever leads the others."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from lti_mentoring.domain.levels import LeadNotTrained, TrainedByTest
from lti_mentoring.queries.levels import level_in
from lti_mentoring.services.auditing import record
from lti_mentoring.services.mentor_badges import withdraw_lost
from lti_mentoring.services.mentors import find_mentor, name_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Mentor


def confirm_training(session: Session, by: Sitter, mentor_id: int, *, now: datetime) -> Mentor:
    """Say that a mentor is trained; raise TrainedByTest where the track has a test for that."""
    mentor = _locked(session, by, mentor_id)
    if mentor.track.mentor_test is not None:
        raise TrainedByTest
    if mentor.trained_at is None:
        mentor.trained_at, mentor.trained_by_id = now, by.person_id
        record(session, by, "mentor.training_confirmed", "mentor", mentor.id, now=now)
    return mentor


def take_training_back(session: Session, by: Sitter, mentor_id: int, *, now: datetime) -> Mentor:
    """Take back what faculty said; who is lead by it is so no longer until they are trained again."""
    mentor = _locked(session, by, mentor_id)
    if mentor.trained_at is not None:
        mentor.trained_at = mentor.trained_by_id = None
        record(session, by, "mentor.training_taken_back", "mentor", mentor.id, now=now)
        withdraw_lost(session, by, mentor, now=now)
    return mentor


def name_lead(session: Session, by: Sitter, mentor_id: int, *, now: datetime) -> Mentor:
    """Name a mentor lead; raise LeadNotTrained for who is not trained."""
    mentor = _locked(session, by, mentor_id)
    if not level_in(session, mentor.track, mentor.id, now=now).done.is_trained:
        raise LeadNotTrained(mentor=name_of(session, mentor))
    if mentor.lead_at is None:
        mentor.lead_at, mentor.lead_by_id = now, by.person_id
        record(session, by, "mentor.lead_named", "mentor", mentor.id, now=now)
    return mentor


def end_lead(session: Session, by: Sitter, mentor_id: int, *, now: datetime) -> Mentor:
    """Let a mentor lead no longer."""
    mentor = _locked(session, by, mentor_id)
    if mentor.lead_at is not None:
        mentor.lead_at = mentor.lead_by_id = None
        record(session, by, "mentor.lead_ended", "mentor", mentor.id, now=now)
        withdraw_lost(session, by, mentor, now=now)
    return mentor


def _locked(session: Session, by: Sitter, mentor_id: int) -> Mentor:
    mentor = find_mentor(session, by, mentor_id)
    session.refresh(mentor, with_for_update=True)
    return mentor
