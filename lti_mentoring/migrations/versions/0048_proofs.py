"""Two more kinds of proof: a meeting that took place, and an activity of the course.

Revision ID: 0048
Revises: 0047
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

CHECKS = (
    ("milestone", "proof", "proof IN ('evidence', 'assessment', 'word', 'test'", ", 'meeting', 'activity')"),
    ("evidence", "kind", "kind IN ('text', 'link', 'file'", ", 'word')"),
    (
        "milestone_step",
        "kind",
        "kind IN ('submitted', 'withdrawn', 'returned', 'accepted', 'reopened', 'excused', 'excuse_lifted', "
        "'extended', 'appealed', 'appeal_granted', 'appeal_declined', 'passed'",
        ", 'met', 'reported', 'unmet', 'doubted')",
    ),
)
"""Table, column, what may stand there already, and what comes to it."""


def upgrade() -> None:
    """Let a milestone name an activity, and a meeting the milestone that it is for; none does yet."""
    op.add_column("milestone", sa.Column("activity_url", sa.Text(), nullable=False, server_default=""))
    # In place, as both databases understand it: a batch would copy the table, and break what refers to its rows.
    op.execute(
        "ALTER TABLE meeting ADD COLUMN milestone_id INTEGER "
        "CONSTRAINT fk_meeting_milestone_id REFERENCES milestone (id)"
    )
    op.create_index(op.f("ix_meeting_milestone_id"), "meeting", ["milestone_id"])
    for table, column, before, more in CHECKS:
        _allow(table, column, before + ")", before + more)


def downgrade() -> None:
    """Let a word prove what a meeting did, and something sent what an activity did."""
    op.execute("UPDATE milestone SET proof = 'word' WHERE proof = 'meeting'")
    op.execute("UPDATE milestone SET proof = 'evidence' WHERE proof = 'activity'")
    op.execute("UPDATE evidence SET kind = 'text' WHERE kind = 'word'")
    op.execute("UPDATE milestone_step SET kind = 'accepted' WHERE kind = 'met'")
    op.execute("UPDATE milestone_step SET kind = 'submitted' WHERE kind = 'reported'")
    op.execute("UPDATE milestone_step SET kind = 'reopened' WHERE kind = 'unmet'")
    op.execute(
        "UPDATE milestone_step SET kind = 'extended' WHERE kind = 'doubted'"
    )  # the other step that moves nothing
    for table, column, before, more in CHECKS:
        _allow(table, column, before + more, before + ")")
    op.drop_index(op.f("ix_meeting_milestone_id"), "meeting")
    op.drop_column("meeting", "milestone_id")
    op.drop_column("milestone", "activity_url")


def _allow(table: str, column: str, before: str, after: str) -> None:
    """Change a check in place, for the same reason."""
    name = op.f(f"ck_{table}_{column}")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(name, table, type_="check")
        op.create_check_constraint(name, table, after)
        return
    # https://sqlite.org/lang_altertable.html#otheralter: the way for a check that holds for every row that is there.
    op.execute("PRAGMA writable_schema = ON")
    op.get_bind().execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :before, :after) WHERE type = 'table' AND name = :name"),
        {"before": before, "after": after, "name": table},
    )
    op.execute("PRAGMA writable_schema = RESET")
