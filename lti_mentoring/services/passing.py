"""Whoever passes a test has reached the milestones that it proves: the tool signs, and nobody has to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.domain.milestones import DONE, Proof, StepKind, after
from lti_mentoring.models import Attempt, Mentorship, Milestone, MilestoneStep, Track
from lti_mentoring.queries.standings import open_mentorship
from lti_mentoring.services import grading
from lti_mentoring.services.auditing import record
from lti_mentoring.services.steps import progress_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.models import Test


def reach_milestones(session: Session, test: Test, student_id: int, *, now: datetime) -> None:
    """Let a student who has passed ``test`` reach what it proves; what is done already stays as it is."""
    proved = session.scalars(
        select(Milestone)
        .where(
            Milestone.track_id == test.track_id,
            Milestone.test_id == test.id,
            Milestone.proof == Proof.TEST,
            Milestone.retired_at.is_(None),
        )
        .order_by(Milestone.id)
    ).all()
    for milestone in proved:
        _reach(session, milestone, student_id, now=now)


def reach_by_all(session: Session, milestone: Milestone, *, now: datetime) -> None:
    """Let everybody reach ``milestone`` who had passed its test before it was asked for here."""
    passed = select(Attempt.person_id).where(Attempt.test_id == milestone.test_id, Attempt.passed).distinct()
    for student_id in session.scalars(passed.order_by(Attempt.person_id)).all():
        _reach(session, milestone, student_id, now=now)
        grading.recompute(session, milestone.track_id, student_id, now=now)


def reach_again(session: Session, milestone: Milestone, student_id: int, *, now: datetime) -> None:
    """Let a student whose excuse was lifted reach ``milestone`` at once, where its test is passed already."""
    passed = select(Attempt.id).where(
        Attempt.test_id == milestone.test_id, Attempt.person_id == student_id, Attempt.passed
    )
    if milestone.proof is Proof.TEST and session.scalars(passed.limit(1)).first() is not None:
        _reach(session, milestone, student_id, now=now)
        grading.recompute(session, milestone.track_id, student_id, now=now)


def _reach(session: Session, milestone: Milestone, student_id: int, *, now: datetime) -> None:
    progress = progress_of(session, milestone, student_id)
    if progress.state in DONE:
        return
    before = progress.state
    progress.state = after(before, StepKind.PASSED)
    progress.version += 1
    progress.decided_at, progress.decided_by_id = now, None
    mentorships = session.scalars(
        select(Mentorship)
        .where(Mentorship.track_id == milestone.track_id, Mentorship.student_id == student_id, open_mentorship())
        .order_by(Mentorship.id)
    ).all()
    for one in reversed(mentorships):
        progress.mentorship_id, one.contact_at = one.id, now
    session.add(
        MilestoneStep(
            institution_id=milestone.institution_id,
            progress=progress,
            kind=StepKind.PASSED,
            by_id=student_id,
            at=now,
        )
    )
    record(
        session, None, "milestone.passed", "milestone_progress", progress.id, now=now,
        institution_id=milestone.institution_id,
        context_id=session.scalar(select(Track.context_ref).where(Track.id == milestone.track_id)),
        milestone=milestone.id, student=student_id, test=milestone.test_id, **{"from": before.value},
    )  # fmt: skip
    session.flush()
