"""How far mentors are, as far as faculty say it, and after how many months of guiding a track calls one practising.

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
SAID = ("trained", "lead")


def upgrade() -> None:
    """Add the columns; nobody was named or confirmed before."""
    op.add_column("track", sa.Column("practising_months", sa.Integer(), nullable=False, server_default="6"))
    for name in SAID:
        op.add_column("mentor", sa.Column(f"{name}_at", TIME, nullable=True))
        # In one statement that both databases know: a table to which others refer is not built anew (SQLite).
        op.execute(
            f"ALTER TABLE mentor ADD COLUMN {name}_by_id INTEGER "
            f"CONSTRAINT fk_mentor_{name}_by_id REFERENCES person (id)"
        )


def downgrade() -> None:
    """Forget it."""
    for name in reversed(SAID):
        op.execute(f"ALTER TABLE mentor DROP COLUMN {name}_by_id")
        op.drop_column("mentor", f"{name}_at")
    op.drop_column("track", "practising_months")
