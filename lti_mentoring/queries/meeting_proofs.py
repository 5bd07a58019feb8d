"""What meetings prove: the milestones that they can be for, and where those stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from lti_mentoring.domain.meetings import MeetingState
from lti_mentoring.domain.milestones import DONE, Proof, Signer
from lti_mentoring.models import Meeting, Mentor, Mentorship, Milestone, MilestoneProgress

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.milestones import ProgressState


@dataclass(frozen=True, slots=True)
class ProvedByMeeting:
    """A milestone that a meeting proves. ``signer_role``: with a mentor of which role; None: of any."""

    milestone_id: int
    title: str
    signer_role: str | None

    def is_with(self, role: str) -> bool:
        """Say whether a meeting with a mentor in this role proves it."""
        return self.signer_role in {None, role}


def proved_by_meetings(
    session: Session, track_id: int, student_id: int | None = None, but: int | None = None
) -> tuple[ProvedByMeeting, ...]:
    """Return the milestones of a track that a meeting proves, in order; one statement.

    ``student_id``: those that this student has still to reach, and ``but`` in any case.
    """
    reached = exists().where(
        MilestoneProgress.milestone_id == Milestone.id,
        MilestoneProgress.student_id == student_id,
        MilestoneProgress.state.in_(DONE),
        Milestone.id != (but or 0),
    )
    rows = session.execute(
        select(Milestone.id, Milestone.title, Milestone.signer_role)
        .where(
            Milestone.track_id == track_id,
            Milestone.proof == Proof.MEETING,
            Milestone.retired_at.is_(None),
            ~reached,
        )
        .order_by(Milestone.position, Milestone.id)
    )
    return tuple(ProvedByMeeting(*row) for row in rows)


def held_for(session: Session, milestone: Milestone, student_id: int) -> tuple[bool, bool]:
    """Return whether a student had a meeting for a milestone, and whether one by the word of its mentor who signs it.

    One statement.
    """
    by_mentor = Meeting.recorded_by_id == Mentor.person_id
    rows = session.scalars(
        select(by_mentor)
        .select_from(Meeting)
        .join(Mentorship, Mentorship.id == Meeting.mentorship_id)
        .join(Mentor, Mentor.id == Mentorship.mentor_id)
        .where(
            Meeting.milestone_id == milestone.id,
            Meeting.state == MeetingState.HELD,
            Mentorship.student_id == student_id,
        )
    ).all()
    return bool(rows), milestone.signer is Signer.MENTOR and any(rows)


def stands_at(session: Session, milestone_id: int | None, student_id: int) -> ProgressState | None:
    """Return where a student stands with what a meeting was for; None: it was for nothing, or nothing happened."""
    return session.scalars(
        select(MilestoneProgress.state).where(
            MilestoneProgress.milestone_id == milestone_id, MilestoneProgress.student_id == student_id
        )
    ).one_or_none()
