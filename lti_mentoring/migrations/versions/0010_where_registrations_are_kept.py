"""Where a platform keeps our registration."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("registration") as table:
        table.add_column(sa.Column("client_uri", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("registration") as table:
        table.drop_column("client_uri")
