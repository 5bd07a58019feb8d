"""Whose data a seat was opened to look at."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("seat", sa.Column("about_subject", sa.String(length=255), nullable=True))


def downgrade() -> None:
    op.drop_column("seat", "about_subject")
