"""Whoever verifies a credential may say since when its holder practises, and which subjects were seen.

Revision ID: 0034
Revises: 0033
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both; what was verified before has seen neither."""
    op.add_column("credential_step", sa.Column("since", sa.Integer(), nullable=True))
    seen = sa.Column("specialties", sa.JSON(), nullable=False, server_default="[]")
    op.add_column("credential_step", seen)


def downgrade() -> None:
    """Drop both."""
    op.drop_column("credential_step", "specialties")
    op.drop_column("credential_step", "since")
