"""Since when somebody is in a course, and why a mentorship ended.

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

CAUSES = "'mentor_left', 'mentor_stops', 'student_left', 'moved', 'taken_back', 'other'"


def upgrade() -> None:
    """Add both; of before only moves and rounds that were taken back say why, and nobody's joining is known."""
    op.add_column("membership", sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True))
    # In one statement that both databases know: a table to which others refer is not built anew (SQLite).
    op.execute(
        "ALTER TABLE mentorship ADD COLUMN end_cause VARCHAR(32) "
        f"CONSTRAINT ck_mentorship_end_cause CHECK (end_cause IN ({CAUSES}))"
    )
    op.execute("UPDATE mentorship SET end_cause = 'moved' WHERE state = 'transferred'")
    op.execute("UPDATE mentorship SET end_cause = 'taken_back' WHERE end_reason = 'round_taken_back'")


def downgrade() -> None:
    """Forget both."""
    op.drop_column("mentorship", "end_cause")
    op.drop_column("membership", "joined_at")
