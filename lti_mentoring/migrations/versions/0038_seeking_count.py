"""How many students of a track look for what, as faculty are told it.

Revision ID: 0038
Revises: 0037
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; the next hour counts."""
    op.create_table(
        "seeking_count",
        sa.Column("track_id", sa.Integer(), nullable=False),
        sa.Column("students", sa.JSON(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_seeking_count_institution_id")),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_seeking_count_track_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seeking_count")),
        sa.UniqueConstraint("track_id", name=op.f("uq_seeking_count_track_id")),
    )
    op.create_index(op.f("ix_seeking_count_institution_id"), "seeking_count", ["institution_id"])


def downgrade() -> None:
    """Forget the counts."""
    op.drop_table("seeking_count")
