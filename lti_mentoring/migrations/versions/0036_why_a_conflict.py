"""Whoever declares a conflict says what is between the two; of those that are there it is something else.

Revision ID: 0036
Revises: 0035
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

REASONS = "'manager', 'relative', 'workplace', 'grader', 'complaint', 'other'"


def upgrade() -> None:
    """Add the reason; one side may give several."""
    op.drop_index("uq_conflict_open", table_name="conflict")
    with op.batch_alter_table("conflict") as batch_op:  # nothing refers to a conflict
        batch_op.add_column(sa.Column("reason", sa.String(length=32), nullable=False, server_default="other"))
        batch_op.create_check_constraint(batch_op.f("ck_conflict_reason"), f"reason IN ({REASONS})")
    _one_open(["mentor_id", "person_id", "kind", "reason"])


def downgrade() -> None:
    """Keep of several reasons the first. A complaint stays what it is to everybody else, or faculty would read it."""
    op.drop_index("uq_conflict_open", table_name="conflict")
    op.execute("UPDATE conflict SET kind = 'concern' WHERE reason = 'complaint'")
    op.execute(
        "UPDATE conflict SET ended_at = CURRENT_TIMESTAMP WHERE ended_at IS NULL AND id NOT IN"
        " (SELECT min(id) FROM conflict WHERE ended_at IS NULL GROUP BY mentor_id, person_id, kind)"
    )
    with op.batch_alter_table("conflict") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_conflict_reason"), type_="check")
        batch_op.drop_column("reason")
    _one_open(["mentor_id", "person_id", "kind"])


def _one_open(columns: list[str]) -> None:
    where = sa.text("ended_at IS NULL")
    op.create_index("uq_conflict_open", "conflict", columns, unique=True, sqlite_where=where, postgresql_where=where)
