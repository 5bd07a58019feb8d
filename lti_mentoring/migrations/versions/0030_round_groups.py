"""A round may keep groups together, and faculty may write groups by hand; rounds that are there matched people alone.

Revision ID: 0030
Revises: 0029
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

KINDS_BEFORE = "kind IN ('section', 'group')"
KINDS = "kind IN ('section', 'group', 'by_hand')"
ADDED = (
    ("round", sa.Column("kept_together", sa.String(length=300), nullable=False, server_default="")),
    ("round", sa.Column("group_size", sa.Integer(), nullable=False, server_default="1")),
    ("match", sa.Column("unit", sa.Integer(), nullable=True)),
    ("match", sa.Column("group_name", sa.String(length=255), nullable=False, server_default="")),
    ("round_change", sa.Column("act", sa.String(length=32), nullable=False, server_default="")),
)


def upgrade() -> None:
    """Add what is kept of groups. In place: a batch would copy tables of a hundred thousand rows."""
    for table, column in ADDED:
        op.add_column(table, column)
    _allow(KINDS_BEFORE, KINDS)


def downgrade() -> None:
    """Drop it; groups that were written by hand go, and with them who was in them."""
    by_hand = "SELECT id FROM course_group WHERE kind = 'by_hand'"
    op.execute(f"DELETE FROM course_group_membership WHERE group_id IN ({by_hand})")  # noqa: S608  # put together from what stands in this file alone
    op.execute(f"UPDATE mentor_limit SET group_id = NULL WHERE group_id IN ({by_hand})")  # noqa: S608  # as above
    op.execute("DELETE FROM course_group WHERE kind = 'by_hand'")
    _allow(KINDS, KINDS_BEFORE)
    for table, column in reversed(ADDED):
        op.drop_column(table, column.name)


def _allow(before: str, after: str) -> None:
    """Change the check in place, as 0025 does: nothing is copied, and every row that is there satisfies it."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_course_group_kind"), "course_group", type_="check")
        op.create_check_constraint(op.f("ck_course_group_kind"), "course_group", after)
        return
    op.execute("PRAGMA writable_schema = ON")
    op.get_bind().execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :before, :after) WHERE type = 'table' AND name = :name"),
        {"before": before, "after": after, "name": "course_group"},
    )
    op.execute("PRAGMA writable_schema = RESET")
