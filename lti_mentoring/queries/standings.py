"""Where each student stands with each milestone of a track: a fixed number of statements for any number of rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, select, true

from lti_mentoring.domain.mentorships import MentorshipState
from lti_mentoring.domain.milestones import ProgressState, Standing, StudentProgress, due_date, is_overdue
from lti_mentoring.models import (
    Membership,
    MentorRequest,
    Mentorship,
    Milestone,
    MilestoneProgress,
    Person,
    Stage,
    Track,
    TrackState,
)
from lti_mentoring.models.alias import alias_of

if TYPE_CHECKING:
    from sqlalchemy.orm import InstrumentedAttribute, Session

MOST_NAMED = 1000
"""Of more students a track's rows are all read: PostgreSQL takes 65,535 values in one statement, and slowly."""
Pretended = alias_of(Person)
NEVER_BEGAN = (MentorshipState.PROPOSED, MentorshipState.DECLINED, MentorshipState.EXPIRED)


def open_mentorship() -> ColumnElement[bool]:
    """Return the condition for a mentorship in which the two work together now."""
    return Mentorship.ended_at.is_(None) & (Mentorship.state != MentorshipState.PROPOSED)


def given_meanwhile() -> ColumnElement[bool]:
    """Return the condition for a mentorship that the student of a question has by now in the role asked for."""
    return and_(
        Mentorship.track_id == MentorRequest.track_id,
        Mentorship.student_id == MentorRequest.student_id,
        Mentorship.role == MentorRequest.mentor_role,
        Mentorship.ended_at.is_(None),
    )


def learns_here() -> ColumnElement[bool]:
    """Return the condition for the membership of a student; the platform's pretended one is counted nowhere."""
    pretended = exists().where(Pretended.id == Membership.person_id, Pretended.is_test_user)
    return and_(Membership.is_student, ~pretended)


def track_progress(
    session: Session, track_id: int, student_ids: Collection[int] | None, *, today: date
) -> dict[int, StudentProgress]:
    """Return each student's standings in the track's order; None: every student of the course. At most 4 statements."""
    ids = track_student_ids(session, track_id) if student_ids is None else list(student_ids)
    milestones = session.execute(
        select(Milestone, Stage.title, Track.state)
        .join(Track, Track.id == Milestone.track_id)
        .outerjoin(Stage, Stage.id == Milestone.stage_id)
        .where(Milestone.track_id == track_id, Milestone.retired_at.is_(None))
        .order_by(Milestone.position, Milestone.id)
    ).all()
    closed = any(state is TrackState.CLOSED for *_milestone, state in milestones)
    started = starts(session, track_id, ids)
    # Columns, not objects: a thousand students have seven thousand rows, and objects cost most of the page's time.
    rows = select(
        MilestoneProgress.student_id,
        MilestoneProgress.milestone_id,
        MilestoneProgress.state,
        MilestoneProgress.due_on,
        MilestoneProgress.submitted_at,
        MilestoneProgress.decided_at,
    ).where(MilestoneProgress.track_id == track_id, _among(MilestoneProgress.student_id, ids))
    rows_of: dict[int, dict[int, Row[*tuple[Any, ...]]]] = defaultdict(dict)
    for row in session.execute(rows):
        rows_of[row.student_id][row.milestone_id] = row
    return {
        student: StudentProgress(
            student,
            tuple(
                standing(
                    milestone,
                    stage or "",
                    rows_of[student].get(milestone.id),
                    started.get(student),
                    today=today,
                    closed=closed,
                )
                for milestone, stage, _state in milestones
            ),
            closed,
        )
        for student in ids
    }


def track_student_ids(session: Session, track_id: int) -> list[int]:
    """Return the students of the track's course, and whoever has a mentorship in the track; one statement."""
    members = (
        select(Membership.person_id)
        .join(Track, Track.context_ref == Membership.context_ref)
        .where(Track.id == track_id, learns_here())
    )
    paired = select(Mentorship.student_id).where(Mentorship.track_id == track_id)
    return sorted(session.scalars(members.union(paired)))


def starts(session: Session, track_id: int, student_ids: Collection[int]) -> Mapping[int, datetime]:
    """Return when each student's first mentorship in the track began: a new mentor does not move the dates.

    Where many are asked for, others of the track may be among them.
    """
    rows = session.execute(
        select(Mentorship.student_id, func.min(Mentorship.started_at))
        .where(
            Mentorship.track_id == track_id,
            _among(Mentorship.student_id, student_ids),
            Mentorship.state.not_in(NEVER_BEGAN),
        )
        .group_by(Mentorship.student_id)
    )
    return dict(rows.all())


def _among(student: InstrumentedAttribute[int], ids: Collection[int]) -> ColumnElement[bool]:
    return student.in_(ids) if len(ids) <= MOST_NAMED else true()


def standing(
    milestone: Milestone,
    stage: str,
    row: MilestoneProgress | Row[*tuple[Any, ...]] | None,
    started_at: datetime | None,
    *,
    today: date,
    closed: bool,
) -> Standing:
    """Return one student's standing with one milestone; without a row it has not begun."""
    state = row.state if row else ProgressState.OPEN
    due = due_date(started_at, milestone.due_after_days, row.due_on if row else None)
    late = is_overdue(state, due, today=today, closed=closed)
    return Standing(
        milestone_id=milestone.id,
        position=milestone.position,
        title=milestone.title,
        stage=stage,
        proof=milestone.proof,
        signer=milestone.signer,
        weight=milestone.weight,
        needed_for_certificate=milestone.needed_for_certificate,
        state=state,
        due=due,
        overdue=late,
        days_late=(today - due).days if late and due else 0,
        submitted_at=row.submitted_at if row else None,
        decided_at=row.decided_at if row else None,
        instrument_id=milestone.instrument_id,
        test_id=milestone.test_id,
        signer_role=milestone.signer_role,
    )


def names_of(session: Session, person_ids: Collection[int]) -> dict[int, str]:
    """Return the names to show of these people; one statement."""
    return {person.id: person.shown_name for person in session.scalars(select(Person).where(Person.id.in_(person_ids)))}
