"""A track may ask students for a test before they are given a mentor; nobody is asked for one that is there already.

Revision ID: 0033
Revises: 0032
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add which test it is."""
    op.add_column("track", sa.Column("student_test", sa.String(length=32), nullable=True))


def downgrade() -> None:
    """Drop it; who was held back can be matched again."""
    op.drop_column("track", "student_test")
