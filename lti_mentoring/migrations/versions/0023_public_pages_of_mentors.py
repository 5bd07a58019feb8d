"""Mentors' public pages.

Revision ID: 0023
Revises: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table; no page is on."""
    op.create_table(
        "mentor_page",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("shows", sa.JSON(), nullable=False),
        sa.Column("address", sa.String(length=32), nullable=True),
        sa.Column("shared_at", TIME, nullable=True),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mentor_page_person_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_mentor_page_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentor_page")),
        sa.UniqueConstraint("institution_id", "person_id", name=op.f("uq_mentor_page_institution_id_person_id")),
        sa.UniqueConstraint("address", name=op.f("uq_mentor_page_address")),
    )
    op.create_index(op.f("ix_mentor_page_person_id"), "mentor_page", ["person_id"])
    op.create_index(op.f("ix_mentor_page_institution_id"), "mentor_page", ["institution_id"])


def downgrade() -> None:
    """Turn all of them off."""
    op.drop_table("mentor_page")
