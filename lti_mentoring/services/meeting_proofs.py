"""A meeting that took place proves the milestone that it was for, as soon as whoever signs that off says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from lti_mentoring.domain.meetings import MeetingState
from lti_mentoring.domain.milestones import Proof, StepKind, step_of_meeting
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Meeting, Mentorship, Milestone
from lti_mentoring.queries.cases import Case, case_of
from lti_mentoring.queries.meetings import proved_by_meetings
from lti_mentoring.services.milestones import finish
from lti_mentoring.services.steps import open_progress, progress_of, signers, take_step, tell

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter


def check_proves(session: Session, pair: Mentorship, milestone_id: int | None) -> None:
    """Raise NotFound for a milestone that no meeting of these two proves; None: the meeting is for none."""
    if milestone_id is None:
        return
    found = {one.milestone_id: one for one in proved_by_meetings(session, pair.track_id)}
    if milestone_id not in found or not found[milestone_id].is_with(pair.role):
        raise NotFound


def hold_progress(session: Session, mentorship_id: int, milestone_id: int | None) -> None:
    """Lock where the student stands with what a meeting is for, before the mentorship: decisions lock in this order."""
    row = session.execute(
        select(Milestone, Mentorship.student_id)
        .join(Mentorship, Mentorship.track_id == Milestone.track_id)
        .where(
            Milestone.id == milestone_id,
            Mentorship.id == mentorship_id,
            Milestone.proof == Proof.MEETING,
            Milestone.retired_at.is_(None),
        )
    ).one_or_none()
    if row is not None:
        progress_of(session, *row)


def count_meeting(session: Session, by: Sitter, pair: Mentorship, meeting: Meeting, *, now: datetime) -> None:
    """Carry on to its milestone what was noted of a meeting: that it took place, or after all did not.

    Nothing happens where it is for none, or another meeting for the same one took place.
    """
    if meeting.milestone_id is None:
        return
    case = case_of(session, by, pair.student_id, meeting.milestone_id)
    held = meeting.state is MeetingState.HELD
    if case.milestone.proof is not Proof.MEETING or case.milestone.retired_at is not None:
        return
    if not held and _held_for(session, case):
        return
    progress = open_progress(session, case)
    kind = step_of_meeting(progress.state, held=held, signs=case.may_sign)
    if kind is StepKind.REPORTED:
        take_step(session, case, progress, kind, now=now)
        progress.submitted_at = now
        once = f"{progress.id}.{progress.version}"
        tell(session, case, signers(session, case), "meeting_waits", once, now=now)
    elif kind is not None:
        finish(session, case, progress, kind, "", now=now)
    if kind is StepKind.MET:
        tell(session, case, [case.student.id], "evidence_accepted", f"{progress.id}.{progress.version}", now=now)


def _held_for(session: Session, case: Case) -> bool:
    """Whether the student had a meeting for the milestone, whoever it was with."""
    return session.scalars(
        select(
            exists().where(
                Meeting.milestone_id == case.milestone.id,
                Meeting.state == MeetingState.HELD,
                Mentorship.id == Meeting.mentorship_id,
                Mentorship.student_id == case.student.id,
            )
        )
    ).one()
