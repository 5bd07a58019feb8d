"""A job may check a round again.

Revision ID: 0029
Revises: 0028
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

KINDS_BEFORE = "kind IN ('roster', 'certificates', 'round', 'publishing', 'taking_back')"
KINDS = "kind IN ('roster', 'certificates', 'round', 'publishing', 'taking_back', 'checking')"


def upgrade() -> None:
    """Allow that kind of work."""
    _allow(KINDS_BEFORE, KINDS)


def downgrade() -> None:
    """Drop the jobs that did it."""
    op.execute("DELETE FROM job WHERE kind = 'checking'")
    _allow(KINDS, KINDS_BEFORE)


def _allow(before: str, after: str) -> None:
    """Change the check in place, as 0015 does: nothing is copied, and every row that is there satisfies it."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_job_kind"), "job", type_="check")
        op.create_check_constraint(op.f("ck_job_kind"), "job", after)
        return
    op.execute("PRAGMA writable_schema = ON")
    op.get_bind().execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :before, :after) WHERE type = 'table' AND name = :name"),
        {"before": before, "after": after, "name": "job"},
    )
    op.execute("PRAGMA writable_schema = RESET")
