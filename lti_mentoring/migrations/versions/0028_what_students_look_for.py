"""What students look for in a mentor.

Revision ID: 0028
Revises: 0027
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; nobody has said anything yet."""
    op.create_table(
        "seeking",
        sa.Column("track_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("career", sa.String(length=32), nullable=True),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("style", sa.JSON(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "career IN ('studying', 'training', 'early', 'established', 'retired')", name=op.f("ck_seeking_career")
        ),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_seeking_track_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_seeking_person_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_seeking_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seeking")),
        sa.UniqueConstraint("track_id", "person_id", name=op.f("uq_seeking_track_id_person_id")),
    )
    op.create_index(op.f("ix_seeking_person_id"), "seeking", ["person_id"])
    op.create_index(op.f("ix_seeking_institution_id"), "seeking", ["institution_id"])


def downgrade() -> None:
    """Forget what students said."""
    op.drop_table("seeking")
