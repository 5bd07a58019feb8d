"""Meetings of a mentor and a student, and the notes that each keeps to themselves.

Revision ID: 0047
Revises: 0046
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; nobody has proposed a meeting yet."""
    op.create_table(
        "meeting",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("join_url", sa.String(length=500), nullable=False),
        sa.Column("agenda", sa.String(length=500), nullable=False),
        sa.Column("domains", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'agreed', 'cancelled', 'held', 'missed')", name=op.f("ck_meeting_state")
        ),
        sa.CheckConstraint("minutes >= 10 AND minutes <= 240", name=op.f("ck_meeting_minutes")),
        sa.CheckConstraint("place <> '' OR join_url <> ''", name=op.f("ck_meeting_somewhere")),
        sa.CheckConstraint(
            "(state IN ('held', 'missed')) = (recorded_at IS NOT NULL)", name=op.f("ck_meeting_recorded")
        ),
        sa.ForeignKeyConstraint(["mentorship_id"], ["mentorship.id"], name=op.f("fk_meeting_mentorship_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["person.id"], name=op.f("fk_meeting_proposed_by_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_meeting_recorded_by_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_meeting_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("key", name=op.f("uq_meeting_key")),
    )
    op.create_index("ix_meeting_mentorship", "meeting", ["mentorship_id", "starts_at"])
    for column in ("proposed_by_id", "recorded_by_id", "institution_id"):
        op.create_index(op.f(f"ix_meeting_{column}"), "meeting", [column])
    op.create_table(
        "meeting_note",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("sealed_text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_note_meeting_id")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_meeting_note_author_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_meeting_note_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_note")),
        sa.UniqueConstraint("key", name=op.f("uq_meeting_note_key")),
        sa.UniqueConstraint("meeting_id", "author_id", name=op.f("uq_meeting_note_meeting_id_author_id")),
    )
    for column in ("author_id", "institution_id"):
        op.create_index(op.f(f"ix_meeting_note_{column}"), "meeting_note", [column])


def downgrade() -> None:
    """Forget the meetings and the notes."""
    op.drop_table("meeting_note")
    op.drop_table("meeting")
