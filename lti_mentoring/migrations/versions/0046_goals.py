"""A student's own plan: goals, and the steps to them.

Revision ID: 0046
Revises: 0045
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; nobody has a goal yet."""
    op.create_table(
        "goal",
        sa.Column("track_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("domain", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("success", sa.String(length=500), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("domain IN ('academic', 'practice', 'research', 'career')", name=op.f("ck_goal_domain")),
        sa.CheckConstraint("state IN ('open', 'met', 'dropped')", name=op.f("ck_goal_state")),
        sa.CheckConstraint("(state = 'open') = (ended_at IS NULL)", name=op.f("ck_goal_ended")),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_goal_track_id")),
        sa.ForeignKeyConstraint(["student_id"], ["person.id"], name=op.f("fk_goal_student_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_goal_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal")),
    )
    op.create_index("ix_goal_student", "goal", ["track_id", "student_id"])
    for column in ("student_id", "institution_id"):
        op.create_index(op.f(f"ix_goal_{column}"), "goal", [column])
    op.create_table(
        "goal_action",
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=160), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("position >= 1", name=op.f("ck_goal_action_position")),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_action_goal_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_goal_action_institution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_action")),
    )  # fmt: skip
    for column in ("goal_id", "institution_id"):
        op.create_index(op.f(f"ix_goal_action_{column}"), "goal_action", [column])


def downgrade() -> None:
    """Forget the goals."""
    op.drop_table("goal_action")
    op.drop_table("goal")
