"""Whom an observer may see, where somebody with several seats chose to sit, and ids of LTI 1.1.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SEATS = "'student', 'mentor', 'faculty', 'administrator', 'observer', 'guest'"


def upgrade() -> None:
    """Add the columns; nobody observes or has chosen before the next launch."""
    op.add_column("person", sa.Column("legacy_user_id", sa.String(255), nullable=True))
    with op.batch_alter_table("membership") as batch_op:
        batch_op.add_column(sa.Column("observed", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("chosen_role", sa.String(32), nullable=True))
        batch_op.create_check_constraint(batch_op.f("ck_membership_chosen_role"), f"chosen_role IN ({SEATS})")


def downgrade() -> None:
    """Forget them."""
    with op.batch_alter_table("membership") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_membership_chosen_role"), type_="check")
        batch_op.drop_column("chosen_role")
        batch_op.drop_column("observed")
    op.drop_column("person", "legacy_user_id")
