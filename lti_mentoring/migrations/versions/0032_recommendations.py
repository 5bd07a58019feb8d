"""Whether students would choose a mentor again, and what is told of it.

Revision ID: 0032
Revises: 0031
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

ANSWERS = "('yes', 'reserved', 'no')"


def upgrade() -> None:
    """Make the two tables; nobody has answered yet."""
    op.create_table(
        "recommendation",
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=32), nullable=True),
        sa.Column("told", sa.String(length=32), nullable=True),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"answer IN {ANSWERS}", name=op.f("ck_recommendation_answer")),
        sa.CheckConstraint(f"told IN {ANSWERS}", name=op.f("ck_recommendation_told")),
        sa.ForeignKeyConstraint(
            ["mentor_id"], ["mentor.id"], name=op.f("fk_recommendation_mentor_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_recommendation_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_recommendation_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation")),
        sa.UniqueConstraint("mentor_id", "person_id", name=op.f("uq_recommendation_mentor_id_person_id")),
    )
    op.create_index(op.f("ix_recommendation_person_id"), "recommendation", ["person_id"])
    op.create_index(op.f("ix_recommendation_institution_id"), "recommendation", ["institution_id"])
    op.create_table(
        "recommendation_count",
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("yes", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("yes >= 0 AND reserved >= 0 AND no >= 0", name=op.f("ck_recommendation_count_numbers")),
        sa.ForeignKeyConstraint(
            ["mentor_id"], ["mentor.id"], name=op.f("fk_recommendation_count_mentor_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_recommendation_count_institution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation_count")),
        sa.UniqueConstraint("mentor_id", name=op.f("uq_recommendation_count_mentor_id")),
    )
    op.create_index(op.f("ix_recommendation_count_institution_id"), "recommendation_count", ["institution_id"])


def downgrade() -> None:
    """Forget what students said."""
    op.drop_table("recommendation_count")
    op.drop_table("recommendation")
