"""Registrations that wait for the operator."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let every registration of before stay as it is: none waits."""
    op.add_column("registration", sa.Column("waits_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Switch off what still waits: without the column it would be let in."""
    op.execute("UPDATE registration SET state = 'disabled' WHERE waits_since IS NOT NULL")
    op.drop_column("registration", "waits_since")
