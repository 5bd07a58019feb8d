"""By which rule the next round is to be answered, as students are told when they give their wishes.

Revision ID: 0040
Revises: 0038
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go on with the rule that new rounds began with, and of which students were told what holds of it."""
    with op.batch_alter_table("matching_policy") as batch_op:
        batch_op.add_column(sa.Column("strategy", sa.String(length=60), server_default="stable", nullable=False))


def downgrade() -> None:
    """Leave the rule to whoever draws a round up."""
    with op.batch_alter_table("matching_policy") as batch_op:
        batch_op.drop_column("strategy")
