"""What whoever takes a test reads first.

Revision ID: 0041
Revises: 0040
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; no test has anything to read yet."""
    with op.batch_alter_table("test") as batch_op:
        batch_op.add_column(sa.Column("reading", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Forget what was to be read."""
    with op.batch_alter_table("test") as batch_op:
        batch_op.drop_column("reading")
