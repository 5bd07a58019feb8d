"""Badges of mentors: an award says a mentor's level, or is a student's certificate.

Revision ID: 0031
Revises: 0030
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

LIVE = sa.text("revoked_at IS NULL")


def upgrade() -> None:
    """Every award so far is a certificate."""
    op.add_column("award", sa.Column("level", sa.String(16), nullable=False, server_default=""))
    _index("track_id", "person_id", "level")


def downgrade() -> None:
    """Forget the badges: nothing before could show them."""
    op.execute("DELETE FROM award WHERE level <> ''")
    _index("track_id", "person_id")
    op.drop_column("award", "level")


def _index(*columns: str) -> None:
    op.drop_index("uq_award_live", "award")
    op.create_index("uq_award_live", "award", columns, unique=True, sqlite_where=LIVE, postgresql_where=LIVE)
