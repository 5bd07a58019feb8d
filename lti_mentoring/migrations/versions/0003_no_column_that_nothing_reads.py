"""Without three columns that were written and never read."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("score") as score:
        score.drop_column("sent_value")
    with op.batch_alter_table("assessment") as assessment:
        assessment.drop_column("opened_at")
    with op.batch_alter_table("context") as context:
        context.drop_column("grade_scopes")


def downgrade() -> None:
    with op.batch_alter_table("context") as context:
        context.add_column(sa.Column("grade_scopes", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("context") as context:
        context.alter_column("grade_scopes", server_default=None)
    with op.batch_alter_table("assessment") as assessment:
        assessment.add_column(sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE assessment SET opened_at = saved_at")
    with op.batch_alter_table("assessment") as assessment:
        assessment.alter_column("opened_at", existing_type=sa.DateTime(timezone=True), nullable=False)
    with op.batch_alter_table("score") as score:
        score.add_column(sa.Column("sent_value", sa.Double(), nullable=True))
