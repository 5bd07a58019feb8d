"""A meeting that took place proves the milestone that it was for, as soon as whoever signs that off says so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.domain.milestones import (
    ProgressState,
    Proof,
    StepKind,
    is_by_meeting,
    step_of_meeting,
    step_of_no_meeting,
)
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Meeting, Mentor, Mentorship, Milestone, MilestoneProgress
from lti_mentoring.queries.cases import Case, case_of
from lti_mentoring.queries.meeting_proofs import held_for, proved_by_meetings
from lti_mentoring.queries.meetings import side_of
from lti_mentoring.services.milestones import finish
from lti_mentoring.services.steps import open_progress, progress_of, signers, take_step, tell

if TYPE_CHECKING:
    from collections.abc import Iterable
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


def hold_progress(
    session: Session, by: Sitter, mentorship_id: int, milestone_ids: Iterable[int | None], *, make: bool
) -> None:
    """Lock where the student stands with what a meeting is for, before the mentorship: decisions lock in this order.

    Only for one of the two. ``make``: where nothing has happened yet, too.
    """
    rows = session.execute(
        select(Milestone, Mentorship.student_id, MilestoneProgress.id)
        .join(Mentorship, Mentorship.track_id == Milestone.track_id)
        .join(Mentor, Mentor.id == Mentorship.mentor_id)
        .outerjoin(
            MilestoneProgress,
            (MilestoneProgress.milestone_id == Milestone.id) & (MilestoneProgress.student_id == Mentorship.student_id),
        )
        .where(
            Milestone.id.in_([one for one in milestone_ids if one is not None]),
            Mentorship.id == mentorship_id,
            Mentorship.institution_id == by.institution_id,
            side_of(by),
            Milestone.proof == Proof.MEETING,
            Milestone.retired_at.is_(None),
        )
        .order_by(Milestone.id)
    ).all()
    for milestone, student_id, begun in rows:
        if make or begun is not None:
            progress_of(session, milestone, student_id)


def count_held(session: Session, by: Sitter, pair: Mentorship, meeting: Meeting, *, first: bool, now: datetime) -> None:
    """Carry on to its milestone that a meeting took place.

    ``first``: it was not noted before. A correction only confirms what waits for whoever corrects it: what was decided
    since stays decided.
    """
    case = _case(session, by, pair, meeting.milestone_id)
    if case is None:
        return
    progress = open_progress(session, case)
    kind = step_of_meeting(progress.state, signs=case.may_sign)
    waits = progress.state is ProgressState.SUBMITTED and is_by_meeting(_kinds(progress))
    if kind is StepKind.MET and (first or waits):
        finish(session, case, progress, kind, "", now=now)
        _tell(session, case, progress, [case.student.id], "evidence_accepted", now=now)
    elif kind is StepKind.REPORTED and first:
        take_step(session, case, progress, kind, now=now)
        progress.submitted_at = now
        _tell(session, case, progress, signers(session, case), "meeting_waits", now=now)


def count_missed(session: Session, by: Sitter, pair: Mentorship, milestone_id: int | None, *, now: datetime) -> None:
    """Carry on to its milestone that a meeting that had counted did not take place, or was for something else."""
    case = _case(session, by, pair, milestone_id)
    if case is None:
        return
    progress = open_progress(session, case)
    noted, confirmed = held_for(session, case.milestone, case.student.id)
    kind = step_of_no_meeting(
        progress.state, _kinds(progress), signs=case.may_sign, noted=noted, confirmed=confirmed
    )  # fmt: skip
    if kind is StepKind.DOUBTED:
        take_step(session, case, progress, kind, now=now)
        _tell(session, case, progress, signers(session, case), "meeting_doubted", now=now)
    elif kind is not None:
        finish(session, case, progress, kind, "", now=now)
        progress.submitted_at = None
        _tell(session, case, progress, [case.student.id], "meeting_doubted", now=now)


def _case(session: Session, by: Sitter, pair: Mentorship, milestone_id: int | None) -> Case | None:
    """Return what a meeting is about; None where it proves nothing, or the student takes no part any more."""
    if milestone_id is None:
        return None
    try:
        case = case_of(session, by, pair.student_id, milestone_id)
    except NotFound:
        return None
    proves = case.milestone.proof is Proof.MEETING and case.milestone.retired_at is None
    return replace(case, within=pair) if proves else None


def _kinds(progress: MilestoneProgress) -> list[StepKind]:
    return [one.kind for one in progress.steps]


def _tell(
    session: Session, case: Case, progress: MilestoneProgress, people: Iterable[int], kind: str, *, now: datetime
) -> None:
    others = [one for one in people if one != case.by.person_id]
    tell(session, case, others, kind, f"{progress.id}.{progress.version}", now=now)
