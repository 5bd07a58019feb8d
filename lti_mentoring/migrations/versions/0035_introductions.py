"""Introductions of students to somebody, by a mentor of theirs.

Revision ID: 0035
Revises: 0034
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; nobody has introduced anybody yet."""
    op.create_table(
        "introduction",
        sa.Column("track_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("to_mentor_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("does", sa.String(length=160), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'met', 'not_needed', 'taken_back')", name=op.f("ck_introduction_state")),
        sa.CheckConstraint("(to_mentor_id IS NULL) = (name <> '')", name=op.f("ck_introduction_to")),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_introduction_track_id")),
        sa.ForeignKeyConstraint(["student_id"], ["person.id"], name=op.f("fk_introduction_student_id")),
        sa.ForeignKeyConstraint(["mentor_id"], ["mentor.id"], name=op.f("fk_introduction_mentor_id")),
        sa.ForeignKeyConstraint(["to_mentor_id"], ["mentor.id"], name=op.f("fk_introduction_to_mentor_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_introduction_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introduction")),
    )
    op.create_index("ix_introduction_student", "introduction", ["track_id", "student_id"])
    for column in ("student_id", "mentor_id", "to_mentor_id", "institution_id"):
        op.create_index(op.f(f"ix_introduction_{column}"), "introduction", [column])


def downgrade() -> None:
    """Forget the introductions."""
    op.drop_table("introduction")
