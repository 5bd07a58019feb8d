"""A student's own plan: goals, and the steps to them. Faculty read none of it, only how many there are."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lti_mentoring.domain.goals import LONGEST_ACTION, LONGEST_SUCCESS, LONGEST_TITLE, GoalState
from lti_mentoring.domain.vocabularies import MentoringDomain
from lti_mentoring.models.base import Model, OfInstitution, UTCDateTime, check_enum, enum_column


class Goal(OfInstitution, Model):
    """What a student of a track wants to reach by a day. It belongs to no mentorship and stays with the student."""

    __tablename__ = "goal"
    __table_args__ = (
        check_enum("domain", MentoringDomain),
        check_enum("state", GoalState),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended"),
        Index("ix_goal_student", "track_id", "student_id"),
    )

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    student_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    domain: Mapped[MentoringDomain] = enum_column(MentoringDomain)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    success: Mapped[str] = mapped_column(String(LONGEST_SUCCESS), default="")
    """How the student will know that they are there."""
    due_on: Mapped[date]
    shared: Mapped[bool] = mapped_column(default=False)
    """Whether the student's present mentors may read it."""
    state: Mapped[GoalState] = enum_column(GoalState, default=GoalState.OPEN)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)
    """Raised by each change; a form that was opened on an older one is a conflict."""


class Action(OfInstitution, Model):
    """One step to a goal. ``done_at`` None: not done yet."""

    __tablename__ = "goal_action"
    __table_args__ = (CheckConstraint("position >= 1", name="position"),)

    goal_id: Mapped[int] = mapped_column(ForeignKey("goal.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(LONGEST_ACTION))
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
