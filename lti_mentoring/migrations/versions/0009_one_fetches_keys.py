"""One of all processes fetches a platform's keys."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("platform_key_set", schema=None) as batch_op:
        batch_op.add_column(sa.Column("asking_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("platform_key_set", schema=None) as batch_op:
        batch_op.drop_column("asking_until")
